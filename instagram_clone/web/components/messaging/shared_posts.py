"""A post shared in a conversation, visible only to those who may see it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.domain.messaging.message_cards import Message, SharedPost
from instagram_clone.web.browser.core import effect, js, name, when
from instagram_clone.web.components.elements.basics import avatar
from instagram_clone.web.states.messaging.thread import ThreadState


@rx.memo
def shared_post(
    *, chat: rx.Var[str], message: rx.Var[Message], card: rx.Var[SharedPost | None]
) -> rx.Component:
    """A shared post. A message that has just arrived requests its card from the server."""
    loaded = js(card)
    return rx.fragment(
        effect(
            lambda: when(loaded, None, ThreadState.show_post(chat, message.id)), loaded == name("undefined")
        ),
        rx.cond(
            loaded,
            rx.cond(
                loaded.username,
                _card(loaded),
                rx.el.p("This post is unavailable.", class_name="ic-bubble ic-unavailable"),
            ),
            rx.el.span(aria_busy="true", class_name="ic-sharecard ic-sharecard-wait"),
        ),
    )


def _card(card: Any) -> rx.Component:
    return rx.el.a(
        rx.el.span(
            avatar(card.avatar, card.username, 24),
            rx.el.bdi(card.username, class_name="ic-user"),
            class_name="ic-sharecard-head",
        ),
        rx.el.img(
            src=card.photo,
            width="640",
            height="360",
            alt="",
            loading="lazy",
            decoding="async",
            class_name="ic-shareimg",
        ),
        rx.el.p(
            rx.el.b(card.username, class_name="ic-user"),
            " ",
            card.caption,
            dir="auto",
            class_name="ic-truncate",
        ),
        href=f"/p/{card.id}",
        aria_label=f"Shared post by {card.username}",
        class_name="ic-sharecard",
    )
