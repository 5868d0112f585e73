"""Everything that can be done with a conversation: its people, its name, muting, leaving."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.domain.messaging.conversations import INBOX
from instagram_clone.domain.messaging.inbox import Conversation, Member
from instagram_clone.web.browser.core import Js, dom, fn, js, state, when
from instagram_clone.web.components.elements.basics import avatar
from instagram_clone.web.components.forms.choices import switch
from instagram_clone.web.components.forms.fields import NativeForm
from instagram_clone.web.components.layout.layers import dialog, dialog_head, question
from instagram_clone.web.states.messaging.thread import ThreadState


@rx.memo
def chat_details(*, chat: rx.Var[Conversation], me: rx.Var[str], close: rx.Var[Any]) -> rx.Component:
    """The details of a conversation; anything irreversible replaces them with a question first."""
    asked, ask = state("asked", None)
    partner = chat.members[0]

    def ask_first(words: Any, action: str, act: Any) -> Js:
        return ask({"words": words, "action": action, "act": fn(lambda: act)})

    return rx.cond(
        asked,
        question(
            label=asked.words,
            asked=asked.words,
            action=asked.action,
            act=fn(lambda: [js(close)(), asked.act()]),
            close=fn(lambda: ask(None)),
        ),
        dialog(
            rx.fragment(
                dialog_head("Details", close),
                rx.el.div(
                    rx.cond(chat.group & (chat.folder == INBOX), _name(chat, close), rx.fragment()),
                    rx.el.div(
                        rx.el.span(rx.el.span("Mute messages"), class_name="ic-setrow-text"),
                        switch(
                            label="Mute messages",
                            on=chat.muted,
                            turn=fn(lambda on: ThreadState.mute(chat.id, on)),
                        ),
                        class_name="ic-setrow",
                    ),
                    rx.el.h3("People", class_name="ic-overline"),
                    rx.el.ul(rx.foreach(chat.members, lambda member: _member(member, chat, me, ask_first))),
                    rx.el.div(
                        rx.cond(
                            chat.group,
                            _button(
                                "Leave group",
                                lambda: ask_first("Leave this group?", "Leave", ThreadState.leave(chat.id)),
                            ),
                            _button(
                                f"Block {partner.username}",
                                lambda: ask_first(
                                    f"Block {partner.username}?",
                                    "Block",
                                    ThreadState.block(chat.id, partner.id),
                                ),
                            ),
                        ),
                        _button(
                            "Delete conversation",
                            lambda: ask_first(
                                "Delete this conversation for you?", "Delete", ThreadState.clear(chat.id)
                            ),
                        ),
                        class_name="ic-details-foot",
                    ),
                    class_name="ic-dialog-body ic-details",
                ),
            ),
            label="Conversation details",
            width="420px",
            close=close,
        ),
    )


def _name(chat: Any, close: Any) -> rx.Component:
    name, set_name = state("name", when(chat.named, chat.title, ""))
    return NativeForm.create(
        rx.el.input(
            aria_label="Group name",
            placeholder="Group name",
            max_length=50,
            class_name="ic-input",
            **dom(dir="auto", value=name, on_change=lambda event: set_name(event.target.value)),
        ),
        rx.el.button("Save", type="submit", class_name="ic-btn"),
        class_name="ic-details-name",
        **dom(
            on_submit=lambda event: [
                event.preventDefault(),
                ThreadState.rename(chat.id, name),
                js(close)(),
            ]
        ),
    )


def _member(member: rx.Var[Member], chat: Any, me: Any, ask_first: Any) -> rx.Component:
    remove = rx.el.button(
        "Remove",
        type="button",
        aria_label=f"Remove {member.username}",
        class_name="ic-btn is-sm",
        **dom(
            on_click=lambda: ask_first(
                f"Remove {member.username}?", "Remove", ThreadState.remove(chat.id, member.id)
            )
        ),
    )
    return rx.el.li(
        avatar(member.avatar, member.username, 44),
        rx.el.span(
            rx.el.a(
                rx.el.bdi(member.username), href=f"/{member.username}", class_name="ic-user ic-truncate"
            ),
            rx.el.bdi(member.name, class_name="ic-muted ic-truncate"),
            class_name="ic-person-text",
        ),
        rx.cond(chat.group & (chat.starter == me), remove, rx.fragment()),
        class_name="ic-panel-row",
        key=member.id,
    )


def _button(words: Any, on_click: Any) -> rx.Component:
    return rx.el.button(words, type="button", class_name="ic-textbtn ic-danger", **dom(on_click=on_click))
