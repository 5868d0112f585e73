"""Choosing photos on this device."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import Js, dom, ref, state, when, where
from instagram_clone.web.browser.toasts import announce
from instagram_clone.web.browser.uploads import ACCEPT, chosen, percent, refusal, send
from instagram_clone.web.states.account import SettingsState


def file_input(box: Js, take: Callable[[Js], Any], label: str, *, many: bool = False) -> rx.Component:
    """A choice of files that a button opens by `box.current.click()`; `take` is given a list of them."""
    return rx.el.input(
        type="file",
        accept=ACCEPT,
        multiple=many,
        hidden=True,
        aria_label=label,
        **dom(ref=box, on_change=chosen(take)),
    )


@rx.memo
def avatar_button() -> rx.Component:
    """Chooses, sends and sets a profile photo."""
    box = ref("box")
    sent, set_sent = state("sent", -1)

    def failed(why: Any) -> list[Any]:
        return [set_sent(-1), announce(why, error=True)]

    def done(draft: Js) -> list[Any]:
        return [set_sent(-1), SettingsState.use_photo(draft.id)]

    def begin(file: Js) -> list[Any]:
        return [set_sent(0), send(file, progress=set_sent, done=done, failed=failed)]

    def take(files: Js) -> Js:
        file = files[0]
        return where(refusal(file), lambda why: when(why, failed(why), begin(file)))

    return rx.fragment(
        rx.el.button(
            rx.cond(sent < 0, "Change photo", "Uploading " + percent(sent) + "%"),
            type="button",
            class_name="ic-btn is-sm",
            disabled=sent >= 0,
            **dom(on_click=lambda: box.current.click()),
        ),
        file_input(box, take, "Profile photo"),
    )
