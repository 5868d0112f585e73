"""Everything that can be done with a message: reacting, replying, copying, unsending."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.domain.messaging.messages import EMOJI, Message
from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import dom, fn, js, let, when
from instagram_clone.web.browser.messaging import quotes, thread
from instagram_clone.web.browser.page.clipboard import copy
from instagram_clone.web.browser.page.facts import learn
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.layout.layers import confirmed_item, menu, menu_item
from instagram_clone.web.states.messaging.thread import ThreadState


def react(chat_id: Any, message: Any, emoji: Any) -> list[Any]:
    """React to a message, or take the reaction back with "": an optimistic update, then the request."""
    return [
        learn({fact_keys.optimistic_key(message.id): {"rev": message.rev, "emoji": emoji}}),
        ThreadState.react(chat_id, message.id, emoji),
    ]


@rx.memo
def message_options(
    *,
    chat: rx.Var[str],
    message: rx.Var[Message],
    mine: rx.Var[bool],
    chosen: rx.Var[str],
    may_reply: rx.Var[bool],
) -> rx.Component:
    """The menu beside a bubble. `chosen` is the viewer's own reaction."""
    unsend, confirmation = confirmed_item(
        lambda ask: menu_item(icon("trash-2", 20), "Unsend", danger=True, **dom(on_click=ask)),
        label="Unsend message?",
        asked="Unsend this message?",
        text="It will be removed for everyone in this conversation.",
        action="Unsend",
        act=fn(lambda: ThreadState.unsend(chat, message.id)),
    )
    return rx.fragment(
        menu(
            message_choices(chat=chat, message=message, chosen=chosen, may_reply=may_reply),
            rx.cond(mine, unsend, rx.fragment()),
            trigger=icon("smile-plus", 18),
            label=rx.cond(
                mine,
                "Message options for your message",
                f"Message options for message by {message.username}",
            ),
            title="Message options",
            look="ic-iconbtn is-sm ic-bubble-menu",
            start=~mine,
        ),
        confirmation,
    )


@rx.memo
def message_choices(
    *, chat: rx.Var[str], message: rx.Var[Message], chosen: rx.Var[str], may_reply: rx.Var[bool]
) -> rx.Component:
    """The part of the menu that every message has."""
    words = let(thread.words_of(message))
    return rx.fragment(
        rx.el.div(
            *(_reaction(chat, message, chosen, emoji) for emoji in EMOJI),
            role="group",
            aria_label="Reactions",
            class_name="ic-emojirow",
        ),
        rx.cond(
            may_reply,
            menu_item(icon("reply", 20), "Reply", **dom(on_click=lambda: quotes.reply(chat, message))),
            rx.fragment(),
        ),
        rx.cond(
            words == "",
            rx.fragment(),
            menu_item(icon("copy", 20), "Copy", **dom(on_click=lambda: copy(words, "Message copied"))),
        ),
    )


def _reaction(chat: Any, message: Any, chosen: Any, emoji: str) -> rx.Component:
    on = js(chosen) == emoji
    return rx.el.button(
        emoji,
        type="button",
        role="menuitem",
        tab_index=-1,
        aria_label=rx.cond(on, f"Take {emoji} back", f"React with {emoji}"),
        class_name=rx.cond(on, "is-on", ""),
        **dom(on_click=lambda: react(chat, message, when(on, "", emoji))),
    )
