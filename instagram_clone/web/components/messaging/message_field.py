"""The field for writing a message. Typing re-renders this field only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from instagram_clone.domain.messaging.messages import LENGTH
from instagram_clone.web.browser.core import (
    Js,
    dom,
    effect,
    fn,
    let,
    name,
    ref,
    state,
    when,
    where,
)
from instagram_clone.web.browser.forms import drafts, fields, uploads
from instagram_clone.web.browser.layers.toasts import announce
from instagram_clone.web.browser.messaging import outbox, quotes
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.elements.emoji import emoji_button
from instagram_clone.web.components.forms.fields import growing
from instagram_clone.web.components.messaging.quotes import reply_bar
from instagram_clone.web.states.messaging.thread import ThreadState

MAX_PHOTOS = 10
"""At most this many photos can be chosen at once."""

TYPING_MS = 3_000
"""At most one typing notification is sent per this interval."""


@rx.memo
def message_field(*, chat: rx.Var[str], me: rx.Var[str]) -> rx.Component:
    """The message field of a conversation, with the message being replied to above it."""
    field = ref("field")
    text, set_text = state("text", lambda: drafts.draft(me, chat))
    quoted = let(quotes.replying_to(chat))
    empty = let(text.trim() == "")

    def write(words: Any) -> list[Any]:
        return [set_text(words), drafts.keep(me, chat, words)]

    def change(event: Js) -> list[Any]:
        words = event.target.value
        return [*write(words), when(words.trim(), ThreadState.typing(chat).throttle(TYPING_MS))]

    def cancel_reply() -> list[Any]:
        return [quotes.cancel_reply(chat), field.current.focus()]

    def send_text() -> Js:
        text_sent = outbox.send(me, chat, quoted, text=text.trim())
        return when(empty, None, [text_sent, *cancel_reply(), *write("")])

    def send_heart() -> list[Any]:
        return [outbox.send(me, chat, quoted, like=True), *cancel_reply()]

    def send_photo(file: Js) -> Js:
        sent = outbox.send_photo(me, chat, quoted, file)
        return where(uploads.refusal(file), lambda why: when(why, announce(why, error=True), sent))

    def send_photos(files: Js) -> list[Any]:
        chosen = name("Array.from")(files).slice(0, MAX_PHOTOS)
        return [chosen.forEach(lambda file: send_photo(file)), *cancel_reply()]

    def press(event: Js) -> list[Any]:
        give_up = [event.preventDefault(), event.stopPropagation(), *cancel_reply()]
        return [
            when(fields.sends(event), [event.preventDefault(), send_text()]),
            when((event.key == "Escape") & quoted & ~fields.is_composing(event), give_up),
        ]

    def paste(event: Js) -> Js:
        files = event.clipboardData.files
        return when(files.length > 0, [event.preventDefault(), *send_photos(files)])

    def drag(event: Js) -> Js:
        return when(uploads.carries_files(event), event.preventDefault())

    def drop(event: Js) -> Js:
        dropped = [event.preventDefault(), *send_photos(event.dataTransfer.files)]
        return when(uploads.carries_files(event), dropped)

    return rx.fragment(
        effect(
            lambda: when(
                quoted | name("matchMedia")("(hover: hover)").matches,
                field.current.focus({"preventScroll": True}),
            ),
            quoted,
        ),
        rx.cond(quoted, reply_bar(quoted, me, cancel_reply), rx.fragment()),
        rx.el.div(
            *_photo_button(send_photos),
            growing(
                rx.el.textarea(
                    rows="1",
                    max_length=LENGTH,
                    placeholder="Message…",
                    aria_label="Message",
                    auto_complete="off",
                    enter_key_hint="send",
                    dir="auto",
                    class_name="ic-bare",
                    **dom(ref=field, value=text, on_change=change, on_key_down=press, on_paste=paste),
                ),
                text,
            ),
            emoji_button(choose=fn(lambda emoji: fields.insert(field.current, emoji))),
            rx.cond(empty, _heart_button(send_heart), _send_button(send_text)),
            class_name="ic-composer",
            **dom(on_drag_over=drag, on_drop=drop),
        ),
    )


def _photo_button(send: Callable[[Js], Any]) -> list[rx.Component]:
    files = ref("files")
    return [
        rx.el.input(
            type="file",
            accept=uploads.ACCEPT,
            multiple=True,
            hidden=True,
            **dom(ref=files, on_change=uploads.on_choose(send)),
        ),
        _button("image", 22, "Add photo", lambda: files.current.click()),
    ]


def _send_button(send: Callable[[], Any]) -> rx.Component:
    return _button("send", 20, "Send", send, "ic-iconbtn ic-send")


def _heart_button(send: Callable[[], Any]) -> rx.Component:
    """Replaces Send while the field is empty; ignores the second click of a double click on Send."""
    return _button("heart", 22, "Send a heart", lambda event: when(event.detail < 2, send()))


def _button(tag: str, size: int, label: str, act: Any, class_name: str = "ic-iconbtn") -> rx.Component:
    return rx.el.button(
        icon(tag, size), type="button", aria_label=label, class_name=class_name, **dom(on_click=act)
    )
