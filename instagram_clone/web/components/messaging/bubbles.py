"""Messages in a conversation: their authors and times, quotes and reactions."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.domain.messaging.conversations import REQUEST
from instagram_clone.domain.messaging.inbox import Conversation
from instagram_clone.domain.messaging.message_cards import LIKE, PHOTO, POST, Message, SharedPost
from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import assign, default, dom, js, let, when
from instagram_clone.web.browser.layers import menus
from instagram_clone.web.browser.layers.touches import long_press
from instagram_clone.web.browser.messaging import thread
from instagram_clone.web.browser.page import clock
from instagram_clone.web.browser.page.facts import fact
from instagram_clone.web.components.elements.basics import avatar, icon, rich_text
from instagram_clone.web.components.messaging.message_options import message_options, react
from instagram_clone.web.components.messaging.quotes import message_quote
from instagram_clone.web.components.messaging.shared_posts import shared_post

WIDE_ENOUGH = 640


@rx.memo
def message_row(
    rest: rx.RestProp,
    *,
    chat: rx.Var[Conversation],
    message: rx.Var[Message],
    card: rx.Var[SharedPost | None],
    me: rx.Var[str],
    day: rx.Var[str],
    unread: rx.Var[bool],
    begins: rx.Var[bool],
    ends: rx.Var[bool],
    quote_is_loaded: rx.Var[bool],
    may_reply: rx.Var[bool],
    seen: rx.Var[str],
) -> rx.Component:
    """A message, with its day, unread line and receipt."""
    mine = let(message.by == me)
    return rx.fragment(
        rx.cond(day == "", rx.fragment(), rx.el.p(day, class_name="ic-day")),
        rx.cond(
            unread,
            rx.el.p("New messages", class_name="ic-day ic-unreadline", **dom(data_start=True)),
            rx.fragment(),
        ),
        rx.el.div(
            rest,
            rx.cond(ends & ~mine, avatar(message.avatar, message.username, 28), rx.fragment()),
            rx.el.div(
                rx.cond(
                    js(chat.group) & begins & ~mine,
                    rx.el.bdi(message.username, class_name="ic-xs ic-muted ic-bubble-by"),
                    rx.fragment(),
                ),
                bubble(
                    chat=chat,
                    message=message,
                    card=card,
                    me=me,
                    quote_is_loaded=quote_is_loaded,
                    may_reply=may_reply,
                ),
                class_name="ic-bubbles",
            ),
            class_name=row_class(mine, begins, ends),
        ),
        rx.cond(seen == "", rx.fragment(), _seen(seen)),
    )


def row_class(mine: Any, begins: Any, ends: Any) -> Any:
    """Return the classes of a row, by its author and its place in its group."""
    own, first, last = (
        rx.cond(test, class_name, "")
        for test, class_name in ((mine, " is-me"), (begins, " is-first"), (ends, " is-last"))
    )
    return f"ic-msg{own}{first}{last}"


def _seen(words: Any) -> rx.Component:
    return rx.el.p(
        rx.cond(words == "Sent", rx.fragment(), icon("check-check", 14)),
        rx.el.bdi(words),
        class_name="ic-seen",
    )


@rx.memo
def bubble(
    *,
    chat: rx.Var[Conversation],
    message: rx.Var[Message],
    card: rx.Var[SharedPost | None],
    me: rx.Var[str],
    quote_is_loaded: rx.Var[bool],
    may_reply: rx.Var[bool],
) -> rx.Component:
    """The message itself. Messages of a request can't be reacted to until it is accepted."""
    mine, is_request = let(message.by == me), chat.folder == REQUEST
    pairs = let(thread.reactions(message, fact(fact_keys.optimistic_key(message.id)), me))
    chosen = let(default(pairs.find(lambda pair: pair[0] == me), ["", ""])[1])
    return rx.el.div(
        rx.el.div(
            rx.el.span(when(mine, "You: ", js(message.username) + ": "), class_name="ic-sr"),
            rx.cond(
                message.quote["id"],
                message_quote(chat=chat.id, message=message, me=me, quote_is_loaded=quote_is_loaded),
                rx.fragment(),
            ),
            content(chat.id, message, card),
            rx.cond(pairs.length > 0, reactions(pairs, chat.members, me), rx.fragment()),
            class_name=rx.cond(pairs.length > 0, "ic-reacted", "ic-unreacted"),
            **dom(
                on_double_click=lambda: when(
                    ~js(is_request) & (chosen != thread.HEART), react(chat.id, message, thread.HEART)
                )
            ),
        ),
        rx.cond(
            is_request,
            rx.fragment(),
            message_options(chat=chat.id, message=message, mine=mine, chosen=chosen, may_reply=may_reply),
        ),
        class_name=rx.cond(mine, "ic-bubblerow is-mine", "ic-bubblerow"),
        # Formatting hundreds of dates is slow, so each title is set only when the pointer enters.
        **dom(
            data_message=message.id,
            on_pointer_enter=lambda event: assign(
                event.currentTarget, title=clock.full_date_and_time(message.at)
            ),
            **long_press(menus.open_in),
        ),
    )


def content(chat_id: Any, message: Any, card: Any) -> rx.Component:
    """The content of a message, by its kind."""
    return rx.match(
        message.kind,
        (PHOTO, _photo(message)),
        (POST, rx.fragment(shared_post(chat=chat_id, message=message, card=card), _text(message))),
        (LIKE, heart()),
        _text(message),
    )


def heart() -> rx.Component:
    """A heart sent instead of text."""
    return rx.el.p(
        rx.icon(
            tag="heart", size=36, class_name="ic-icon", custom_attrs={"aria-label": "Heart", "role": "img"}
        ),
        class_name="ic-bubble is-heart",
    )


def _text(message: Any) -> rx.Component:
    return rx.cond(
        message.text.length() > 0,
        rx.el.p(rich_text(message.text), dir="auto", class_name="ic-bubble ic-breaks"),
        rx.fragment(),
    )


def _photo(message: Any) -> rx.Component:
    photo = js(message.photo)
    best = default(photo.widths.find(lambda width: width >= WIDE_ENOUGH), photo.widths.at(-1))
    return rx.el.elements.a(
        rx.el.img(
            src=f"/media/{photo.id}/{best}",
            alt="",
            loading="lazy",
            decoding="async",
            **dom(width=photo.width, height=photo.height),
        ),
        href=f"/media/{photo.id}/2048",
        target="_blank",
        rel="noopener",
        aria_label=f"Photo from {message.username}",
        class_name="ic-bubble is-media",
        **dom(style={"--ph": f'url("{photo.placeholder}")'}),
    )


def reactions(pairs: Any, members: Any, me: Any) -> rx.Component:
    """The reactions to a message and their number; the accessible name says who reacted."""
    kinds = let(thread.kinds_of(pairs))
    return rx.el.span(
        rx.foreach(
            kinds.to(list[str]),
            lambda emoji: rx.cond(emoji == thread.HEART, icon("heart", 13), rx.el.span(emoji)),
        ),
        rx.cond(pairs.length > 1, rx.el.span(pairs.length, class_name="ic-xs"), rx.fragment()),
        role="img",
        aria_label=thread.reaction_words(pairs, members, me).to(str),
        class_name="ic-reaction",
    )
