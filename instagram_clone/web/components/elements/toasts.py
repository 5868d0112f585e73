"""Short messages in the corner of the screen."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import (
    Js,
    assign,
    default,
    delay,
    document,
    dom,
    effect,
    let,
    portal,
    ref,
    send,
    state,
    use,
    when,
)
from instagram_clone.web.browser.layers import dialogs, toasts
from instagram_clone.web.components.elements.basics import icon


@rx.memo
def toaster() -> rx.Component:
    """The messages of a page, rendered inside the topmost dialog, since anything below it is inert."""
    top = dialogs.topmost()
    return rx.fragment(when(top, portal(announcements(), top), announcements()))


@rx.memo
def announcements() -> rx.Component:
    """One message at a time; it stays while it has the pointer or the focus."""
    waiting = toasts.waiting()
    key = let(toasts.current(waiting))
    toast = let(waiting[key])
    held, hold = state("held", False)
    came_from = ref("came_from")
    navigate = use("useNavigate", library="react-router")

    def dismiss() -> list[Any]:
        return [hold(False), toasts.dismiss(waiting, key)]

    def focused(event: Js) -> list[Any]:
        return [hold(True), assign(came_from, current=event.relatedTarget)]

    def act() -> list[Any]:
        return [
            # The button disappears, so the focus goes back where it came from instead of getting lost.
            default(came_from.current, document.getElementById("main")).focus({"preventScroll": True}),
            dismiss(),
            when(toast.act, toast.act()),
            when(toast.event, send(toast.event)),
            when(toast.link, navigate(toast.link)),
        ]

    return rx.el.div(
        effect(lambda: when(toast.id & ~held, delay(toasts.duration(toast), dismiss)), toast.id, held),
        rx.cond(
            key,
            rx.el.div(
                rx.cond(toast.error, icon("circle-alert", 20), icon("circle-check", 20)),
                rx.el.span(toast.text, class_name="ic-toast-text"),
                rx.cond(
                    toast.label,
                    rx.el.button(toast.label, type="button", **dom(on_click=act)),
                    rx.fragment(),
                ),
                class_name=rx.cond(toast.error, "ic-toast is-error", "ic-toast"),
                key=toast.id,
            ),
            rx.fragment(),
        ),
        role="status",
        aria_live="polite",
        aria_label="Announcements",
        class_name="ic-toasts",
        **dom(
            on_mouse_enter=lambda: hold(True),
            on_mouse_leave=lambda: hold(False),
            on_focus=focused,
            on_blur=lambda: hold(False),
        ),
    )
