"""Questions asked before unsaved work is discarded."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import dom, js
from instagram_clone.web.browser.forms.forms import confirm_leaving
from instagram_clone.web.components.layout.layers import dialog


@rx.memo
def leave_guard(*, unsaved: rx.Var[bool]) -> rx.Component:
    """Ask before the reader leaves a page with unsaved changes, by a link or by closing the tab."""
    unload, blocker = confirm_leaving(unsaved)
    return rx.fragment(
        unload,
        rx.cond(
            blocker.state == "blocked",
            discard_question(
                label="Discard changes?",
                asked="Discard your changes?",
                text="What you changed has not been saved.",
                discard=blocker.proceed,
                keep=blocker.reset,
            ),
            rx.fragment(),
        ),
    )


@rx.memo
def discard_question(
    *, label: rx.Var[str], asked: rx.Var[str], text: rx.Var[str], discard: rx.Var[Any], keep: rx.Var[Any]
) -> rx.Component:
    """Ask whether to discard unsaved work. Calls `discard` or `keep`; both must close the question."""
    return dialog(
        rx.el.div(
            rx.el.h2(asked, class_name="ic-h2"),
            rx.el.p(text),
            rx.el.div(
                rx.el.button(
                    "Discard",
                    type="button",
                    class_name="ic-btn is-quiet-danger",
                    **dom(on_click=lambda: js(discard)()),
                ),
                rx.el.button(
                    "Keep editing",
                    type="button",
                    class_name="ic-btn",
                    **dom(data_autofocus=True, on_click=lambda: js(keep)()),
                ),
                class_name="ic-confirm-actions",
            ),
            class_name="ic-confirm",
        ),
        label=label,
        width="460px",
        close=keep,
    )
