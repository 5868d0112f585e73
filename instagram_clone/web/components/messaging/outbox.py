"""Messages being sent, at the end of a conversation."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, after, dom, effect, js, let, state, when
from instagram_clone.web.browser.forms import uploads
from instagram_clone.web.browser.messaging import outbox
from instagram_clone.web.browser.messaging.outbox import Pending
from instagram_clone.web.browser.page.facts import fact
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.messaging.bubbles import heart, row_class
from instagram_clone.web.components.messaging.quotes import pending_quote
from instagram_clone.web.states.messaging.thread import ThreadState


@rx.memo
def pending_message(
    rest: rx.RestProp,
    *,
    chat: rx.Var[str],
    message: rx.Var[Pending],
    me: rx.Var[str],
    begins: rx.Var[bool],
) -> rx.Component:
    """A message being sent. Mounting it sends it; to retry, it is mounted again under another React key.

    A photo's file is uploaded first, for as long as that takes.
    """
    answer = fact(fact_keys.sent_key(message.key))
    is_late, set_is_late = state("is_late", False)
    is_uploading = let(js(message.file) & ~js(message.media))
    patience = let(when(js(message).media, outbox.PHOTO_PATIENCE_MS, outbox.PATIENCE_MS))
    return rx.fragment(
        effect(lambda: when(js(answer) | is_uploading, None, deliver(chat, message))),
        after(patience, lambda: set_is_late(~is_uploading), is_uploading),
        rx.el.div(
            rest,
            rx.el.div(
                rx.el.div(
                    rx.el.div(
                        rx.cond(message.quote, pending_quote(message.quote, me), rx.fragment()),
                        _content(message),
                        class_name="ic-unreacted",
                    ),
                    class_name="ic-bubblerow is-mine",
                ),
                class_name="ic-bubbles",
            ),
            class_name=row_class(True, begins, True),
        ),
        rx.cond(
            js(answer) | is_late,
            _not_sent(chat, message, answer, is_uploading),
            _sending(is_uploading, let(outbox.progress(message.key))),
        ),
    )


def deliver(chat: Any, message: Any) -> Js:
    """Send a message to the server. A photo's file must have been uploaded already."""
    message = js(message)
    answering = message.quote.id | js("")
    return when(
        message.like,
        ThreadState.send_like(chat, message.key, answering),
        when(
            message.media,
            ThreadState.send_photo(chat, message.key, message.media, answering),
            ThreadState.send(chat, message.key, message.text, answering),
        ),
    )


def _content(message: Any) -> rx.Component:
    return rx.cond(
        message.like,
        heart(),
        rx.cond(
            message.url,
            rx.el.div(rx.el.img(src=message.url, alt=""), class_name="ic-bubble is-media"),
            rx.el.p(message.text, dir="auto", class_name="ic-bubble ic-breaks"),
        ),
    )


def _sending(is_uploading: Js, progress: Js) -> rx.Component:
    percent = uploads.percent(progress)
    return rx.el.p(
        icon("clock", 14),
        when(is_uploading, js("Sending ") + percent + "%", "Sending"),
        class_name="ic-sendstate",
    )


def _not_sent(chat: Any, message: Any, answer: Any, is_uploading: Js) -> rx.Component:
    upload_again = outbox.upload(chat, message, lambda sent: deliver(chat, sent))
    return rx.el.p(
        icon("circle-alert", 14),
        rx.el.span("Not sent. ", answer.why),
        _button("Retry", lambda: [outbox.retry(chat, message), when(is_uploading, upload_again)]),
        _button("Discard", lambda: outbox.discard(chat, message.key)),
        role="alert",
        class_name="ic-sendstate is-error",
    )


def _button(label: str, act: Any) -> rx.Component:
    return rx.el.button(label, type="button", class_name="ic-textbtn", **dom(on_click=act))
