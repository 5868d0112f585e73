"""The head of a conversation, its beginning, who is typing, and the answer to a request."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone import routes
from instagram_clone.domain.messaging.inbox import Conversation
from instagram_clone.web.browser.core import default, dom, fn, js, let, state, when
from instagram_clone.web.browser.people import presence
from instagram_clone.web.components.elements.basics import avatar, icon
from instagram_clone.web.components.messaging.chat_details import chat_details
from instagram_clone.web.states.messaging.thread import ThreadState


@rx.memo
def thread_head(*, chat: rx.Var[Conversation], me: rx.Var[str], read_at: rx.Var[float]) -> rx.Component:
    """The head of a conversation."""
    details, set_details = state("details", False)
    partner = let(when(chat.group, None, chat.members[0]))
    status = let(presence.of(partner, read_at))
    others = let(js(chat.members).length)
    return rx.el.header(
        rx.el.a(
            icon("chevron-left"),
            href=routes.MESSAGES,
            aria_label="Back",
            class_name="ic-iconbtn ic-only-phone",
        ),
        chat_avatar(chat, 44, status.online),
        rx.el.div(
            rx.cond(
                chat.group,
                rx.el.span(rx.el.bdi(chat.title), class_name="ic-user ic-truncate"),
                rx.el.a(
                    rx.el.bdi(chat.title), href=f"/{partner.username}", class_name="ic-user ic-truncate"
                ),
            ),
            rx.el.span(
                rx.cond(
                    chat.group,
                    when(others == 0, "Only you", others + 1 + " people"),
                    rx.el.bdi(
                        when(
                            status.online,
                            "Active now",
                            when(status.at, presence.active_words(status.at), partner.name),
                        )
                    ),
                ),
                class_name="ic-xs ic-muted ic-truncate",
            ),
            class_name="ic-grow ic-thread-who",
        ),
        rx.el.button(
            icon("info", 22),
            type="button",
            aria_label="Conversation details",
            aria_haspopup="dialog",
            class_name="ic-iconbtn",
            **dom(on_click=lambda: set_details(True)),
        ),
        rx.cond(
            details,
            chat_details(chat=chat, me=me, close=fn(lambda: set_details(False))),
            rx.fragment(),
        ),
        class_name="ic-thread-head",
    )


def chat_avatar(chat: Any, size: int, online: Any = False) -> rx.Component:
    """The avatar of a conversation: the other person's, or those of two members of a group."""
    first, second = js(chat.members)[0], js(chat.members)[1]
    small = round(size * 0.68)
    return rx.cond(
        js(chat.group) & second,
        rx.el.span(
            avatar(first.avatar, first.username, small),
            avatar(second.avatar, second.username, small),
            class_name="ic-chatface is-group",
            style={"--sz": f"{size}px"},
        ),
        rx.el.span(
            avatar(first.avatar, default(first.username, chat.title), size),
            rx.cond(online, rx.el.i(class_name="ic-on"), rx.fragment()),
            class_name="ic-chatface",
            style={"--sz": f"{size}px"},
        ),
    )


def beginning(chat: Any) -> rx.Component:
    """The beginning of a conversation."""
    first = js(chat.members)[0]
    names = js(chat.members).map(lambda member: member.username).join(", ")
    return rx.el.div(
        chat_avatar(chat, 88),
        rx.el.p(
            when(chat.group, chat.title, default(first.name, chat.title)), dir="auto", class_name="ic-h2"
        ),
        rx.el.p(rx.el.bdi(names), class_name="ic-muted ic-sm"),
        rx.cond(
            js(chat.group) | ~first,
            rx.fragment(),
            rx.el.a("View profile", href=f"/{first.username}", class_name="ic-btn is-sm"),
        ),
        class_name="ic-chatstart",
    )


@rx.memo
def typing_bubble(*, chat: rx.Var[Conversation]) -> rx.Component:
    """The typing indicator."""
    username, typing_effects = presence.typing_in(chat.id)
    writer = js(chat.members).find(lambda member: member.username == username)
    return rx.fragment(
        *typing_effects,
        rx.cond(
            username,
            rx.el.div(
                avatar(writer.avatar, username, 28),
                rx.el.div(
                    rx.el.span(
                        rx.el.i(),
                        rx.el.i(),
                        rx.el.i(),
                        role="status",
                        aria_label=f"{username} is typing",
                        class_name="ic-typing",
                    ),
                    class_name="ic-bubbles",
                ),
                class_name="ic-msg is-first is-last",
            ),
            rx.fragment(),
        ),
    )


def request(chat: Any) -> rx.Component:
    """Ask whether to accept a conversation."""
    members = js(chat.members)
    # The starter of a group may have left it, and none of the others has asked for anything.
    sender = let(when(chat.group, members.find(lambda member: member.id == chat.starter), members[0]))
    return rx.el.div(
        rx.el.p(
            rx.cond(
                chat.group,
                rx.cond(
                    sender,
                    rx.fragment(rx.el.bdi(sender.username), " wants to add you to this group"),
                    "You were added to this group",
                ),
                rx.fragment(rx.el.bdi(chat.title), " wants to send you a message"),
            ),
            class_name="ic-h3",
        ),
        rx.el.p("They will not know you have seen this until you accept."),
        rx.el.div(
            rx.cond(
                sender,
                rx.el.button(
                    "Block",
                    type="button",
                    class_name="ic-btn is-quiet-danger",
                    on_click=ThreadState.block(chat.id, sender.id),
                ),
                rx.fragment(),
            ),
            rx.el.button(
                "Delete",
                type="button",
                class_name="ic-btn is-outline",
                on_click=ThreadState.decline(chat.id),
            ),
            rx.el.button(
                "Accept",
                type="button",
                class_name="ic-btn is-primary",
                on_click=ThreadState.accept(chat.id),
            ),
            class_name="ic-request-actions",
        ),
        role="region",
        aria_label="Message request",
        class_name="ic-request",
    )
