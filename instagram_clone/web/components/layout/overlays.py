"""What may lie over any page, opened by a button, by a key or by the address."""

from __future__ import annotations

from typing import NamedTuple

from instagram_clone.web.browser.core import Js, default, effect, fn, let, when
from instagram_clone.web.browser.layers import overlays
from instagram_clone.web.browser.layers.dialogs import leave_address
from instagram_clone.web.states.ui import UIState


class Overlay(NamedTuple):
    """Whether something is open, the function that closes it, and what its children need."""

    is_open: Js
    close: Js
    effects: Js


def overlay(name: str) -> Overlay:
    """Something that is opened here, or by the address. For bodies of `rx.memo`."""
    by_address, leave = let(UIState.opened == name), leave_address()
    return Overlay(
        is_open=let(default(overlays.opened(name), by_address)),
        close=fn(lambda: when(by_address, [overlays.leave(name), leave()], overlays.close(name))),
        effects=effect(lambda: when(~by_address, overlays.left(name)), by_address),
    )
