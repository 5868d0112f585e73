"""The message that another one replies to: quoted in its bubble, above the field, and while being sent."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.domain.messaging.messages import Message
from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, dom, js, when
from instagram_clone.web.browser.messaging import quotes
from instagram_clone.web.browser.page.facts import fact
from instagram_clone.web.components.elements.basics import icon


@rx.memo
def message_quote(
    *, chat: rx.Var[str], message: rx.Var[Message], me: rx.Var[str], quote_is_loaded: rx.Var[bool]
) -> rx.Component:
    """The message that this one quotes, until that is unsent; links to it while it is among those shown."""
    quoted = message.quote
    unsent = fact(fact_keys.message_key(chat, quoted["id"])).gone
    words = quotes.words(when(unsent, {}, quoted), message.by, message.username, me)
    return rx.cond(
        js(unsent) | ~js(quoted["username"]),
        rx.el.p(rx.el.bdi(words), class_name="ic-quote"),
        rx.cond(
            quote_is_loaded,
            rx.el.button(
                *_lines(words, quoted["line"]),
                type="button",
                class_name="ic-quote",
                **dom(
                    on_click=lambda: quotes.show(quoted["id"]),
                    on_double_click=lambda event: event.stopPropagation(),
                ),
            ),
            rx.el.p(*_lines(words, quoted["line"]), class_name="ic-quote"),
        ),
    )


def pending_quote(quoted: Any, me: Any) -> rx.Component:
    """The quote in a message that the viewer is sending."""
    return rx.el.p(*_lines(quotes.words(quoted, me, "", me), quoted["line"]), class_name="ic-quote")


def _lines(words: Any, line: Any) -> list[rx.Component]:
    return [
        rx.el.span(icon("corner-up-left", 12), rx.el.bdi(words)),
        rx.el.span(line, dir="auto", class_name="ic-quote-line ic-truncate"),
    ]


def reply_bar(quoted: Js, me: Any, cancel: Any) -> rx.Component:
    """Above the field: the message being replied to, and a button to cancel."""
    return rx.el.div(
        rx.el.p(
            rx.el.span(
                "Replying to ",
                rx.el.b(when(quoted.by == me, "yourself", quoted.username)),
                class_name="ic-truncate",
            ),
            rx.el.span(quoted.line, dir="auto", class_name="ic-truncate"),
            role="status",
        ),
        rx.el.button(
            icon("x", 16),
            type="button",
            aria_label="Cancel reply",
            class_name="ic-iconbtn is-sm is-muted",
            **dom(on_click=cancel),
        ),
        class_name="ic-answering is-message",
    )
