"""Messages being sent: how they are sent, and how they are shown at the end of a conversation."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, after, dom, effect, js, let, name, state, when
from instagram_clone.web.browser.forms import uploads
from instagram_clone.web.browser.messaging import outbox
from instagram_clone.web.browser.messaging.outbox import Pending
from instagram_clone.web.browser.page.connection import connection_id, is_broken, viewer_id
from instagram_clone.web.browser.page.facts import fact, retain
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.messaging.bubbles import heart, row_class
from instagram_clone.web.components.messaging.quotes import pending_quote
from instagram_clone.web.states.messaging.thread import ThreadState


@rx.memo
def message_outbox() -> rx.Component:
    """Send messages in the order they were written. Every page has it, so leaving a conversation cancels
    none.
    """
    pending = let(outbox.pending_by(viewer_id()))

    def item(message: Any, at: Any) -> rx.Component:
        sent = delivery(message=message, before=outbox.previous(pending, at))
        return rx.fragment(sent, key=message["key"])

    return rx.fragment(
        retain("outbox", let(pending.map(lambda message: message.key))),
        rx.foreach(pending.to(list[Pending]), item),
    )


@rx.memo
def delivery(*, message: rx.Var[Pending], before: rx.Var[str]) -> rx.Component:
    """Send a message once its photo is uploaded and the message with key `before` has been answered, on
    every retry, and on every new connection: a request on a lost connection is lost, and the server adds
    each key only once. Discard it as soon as it arrives, whatever page is shown.

    While the connection is down, nothing is sent: Reflex would keep it until there is a new one, and then
    send it before what the old one lost.
    """
    connection, broken = connection_id(), is_broken()
    answer, previous_answer = fact(fact_keys.sent_key(message.key)), fact(fact_keys.sent_key(before))
    is_next = let((js(before) == "") | name("Boolean")(previous_answer))
    is_uploaded = let(~js(message.file) | name("Boolean")(message.media))
    send = when(~broken & ~answer & is_next & is_uploaded, _send(message))
    has_arrived = let(outbox.has_arrived(message))
    return rx.fragment(
        effect(lambda: send, connection, message.tries, is_next, is_uploaded),
        effect(lambda: when(has_arrived, outbox.discard(message)), has_arrived),
    )


def _send(message: Any) -> Js:
    message = js(message)
    chat, answering = message.chat, message.quote.id | js("")
    return when(
        message.like,
        ThreadState.send_like(chat, message.key, answering),
        when(
            message.media,
            ThreadState.send_photo(chat, message.key, message.media, answering),
            ThreadState.send(chat, message.key, message.text, answering),
        ),
    )


@rx.memo
def pending_message(
    rest: rx.RestProp, *, message: rx.Var[Pending], me: rx.Var[str], begins: rx.Var[bool]
) -> rx.Component:
    """A message being sent, which is mounted again under another React key to retry it."""
    answer = fact(fact_keys.sent_key(message.key))
    is_late, set_is_late = state("is_late", False)
    is_uploading = let(js(message.file) & ~js(message.media))
    patience = let(when(js(message).media, outbox.PHOTO_PATIENCE_MS, outbox.PATIENCE_MS))
    refused = let(js(answer) & ~answer.ok)
    return rx.fragment(
        # Confirmed while another page was shown, and not in the page of messages just read, which starts
        # later: the server announces it again.
        effect(lambda: when(answer.ok, outbox.retry(message))),
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
            refused | is_late,
            _not_sent(message, answer, is_uploading),
            _sending(is_uploading, let(outbox.progress(message.key))),
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


def _not_sent(message: Any, answer: Any, is_uploading: Js) -> rx.Component:
    return rx.el.p(
        icon("circle-alert", 14),
        rx.el.span("Not sent. ", answer.why),
        _button("Retry", lambda: [outbox.retry(message), when(is_uploading, outbox.upload(message))]),
        _button("Discard", lambda: outbox.discard(message)),
        role="alert",
        class_name="ic-sendstate is-error",
    )


def _button(label: str, act: Any) -> rx.Component:
    return rx.el.button(label, type="button", class_name="ic-textbtn", **dom(on_click=act))
