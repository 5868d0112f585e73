"""Overlays that open over any page, by a button, a key or the address."""

from __future__ import annotations

from typing import NamedTuple

from instagram_clone.web.browser.core import Js, default, effect, fn, let, when
from instagram_clone.web.browser.layers import overlays
from instagram_clone.web.browser.layers.dialogs import leave_address
from instagram_clone.web.states.ui import UIState


class Overlay(NamedTuple):
    """Whether an overlay is open, the function that closes it, and the effects to add as children."""

    is_open: Js
    close: Js
    effects: Js


def overlay(name: str) -> Overlay:
    """An overlay that is opened in this tab or by the address. For use in an `rx.memo`."""
    by_address, leave = let(UIState.opened == name), leave_address()
    return Overlay(
        is_open=let(default(overlays.open_state(name), by_address)),
        close=fn(lambda: when(by_address, [overlays.leave(name), leave()], overlays.close(name))),
        effects=effect(lambda: when(~by_address, overlays.reset_after_navigation(name)), by_address),
    )
