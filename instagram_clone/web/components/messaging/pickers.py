"""Choosing people: to start a conversation with, or to send a post to."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.domain.people.accounts import Person
from instagram_clone.web.browser.core import (
    Js,
    default,
    document,
    dom,
    effect,
    fn,
    js,
    let,
    portal,
    ref,
    state,
    when,
)
from instagram_clone.web.browser.discovery.searching import latest, search_input
from instagram_clone.web.browser.forms import picking
from instagram_clone.web.browser.forms.attempts import Attempt, attempt
from instagram_clone.web.browser.page.clipboard import copy_link
from instagram_clone.web.components.elements.basics import avatar, icon, row_skeleton
from instagram_clone.web.components.forms.search_field import search_field
from instagram_clone.web.components.layout.layers import dialog, dialog_head
from instagram_clone.web.states.discovery.search import PEOPLE
from instagram_clone.web.states.messaging.inbox import InboxState


@rx.memo
def picker(*, chosen: rx.Var[list[Person]], choose: rx.Var[Any]) -> rx.Component:
    """People to choose from: likely ones, and search results. `choose` is called with the new choice."""
    field = search_input()
    written = let(field.text.trim())
    query = let(written.toLowerCase())
    answer, answer_effect = latest(InboxState.found, field.query, PEOPLE)
    shown = let(picking.suggestions(InboxState.people, default(answer.people, ()), chosen, query))
    return rx.fragment(
        *field.effects,
        answer_effect,
        effect(lambda: [InboxState.load_people]),
        effect(lambda: when(field.query, InboxState.search(field.query)), field.query),
        rx.el.div(
            search_field(field, "Search people", ref("box"), data_autofocus=True),
            class_name="ic-picker-search",
        ),
        rx.el.div(
            rx.foreach(shown.to(list[Person]), lambda person: _choice(person, chosen, choose)),
            rx.cond(
                (shown.length == 0) & when(query, answer.text == written, InboxState.people_read),
                rx.el.p(
                    rx.cond(query, "Nobody by that name.", "Follow people to find them here, or search."),
                    class_name="ic-muted ic-peoplenone",
                ),
                rx.fragment(),
            ),
            rx.cond(
                (query == "") & (shown.length == 0) & ~InboxState.people_read,
                rx.el.ul(
                    *[row_skeleton(44, "140px", "90px") for _ in range(5)],
                    aria_busy="true",
                    class_name="ic-late",
                ),
                rx.fragment(),
            ),
            class_name="ic-dialog-body ic-picker",
        ),
    )


def _choice(person: rx.Var[Person], chosen: Any, choose: Any) -> rx.Component:
    on = js(chosen).some(lambda one: one.id == person.id)
    return rx.el.button(
        avatar(person.avatar, person.username, 44),
        rx.el.span(
            rx.el.bdi(person.username, class_name="ic-user ic-truncate"),
            rx.el.bdi(person.name, class_name="ic-muted ic-truncate"),
            class_name="ic-person-text",
        ),
        rx.el.span(icon("check", 14), class_name=rx.cond(on, "ic-check is-on", "ic-check")),
        type="button",
        role="checkbox",
        aria_checked=on,
        aria_label=person.username,
        class_name="ic-panel-row",
        key=person.id,
        **dom(on_click=lambda: js(choose)(picking.toggled(chosen, person))),
    )


def _picker_dialog(title: str, label: str, close: Any, *content: rx.Component) -> rx.Component:
    return dialog(
        rx.fragment(dialog_head(title, close), *content),
        label=label,
        look="ic-pickerdialog",
        width="420px",
        close=close,
    )


@rx.memo
def new_message_dialog(*, close: rx.Var[Any]) -> rx.Component:
    """Ask whom to start a conversation with. Stays open, keeping the choice, until it exists."""
    chosen, choose = state("chosen", ())
    title, set_title = state("title", "")
    several = chosen.length > 1
    starting = attempt(
        lambda key: InboxState.start(picking.ids_of(chosen), title, key), done=lambda: js(close)()
    )
    return _picker_dialog(
        "New message",
        "New message",
        close,
        picker(chosen=chosen, choose=choose),
        rx.el.div(
            *starting.effects,
            _refusal(starting),
            rx.cond(
                several,
                rx.el.input(
                    aria_label="Group name",
                    placeholder="Group name (optional)",
                    max_length=50,
                    class_name="ic-input",
                    **dom(value=title, on_change=lambda event: set_title(event.target.value)),
                ),
                rx.fragment(),
            ),
            rx.el.button(
                rx.cond(several, f"Chat with {chosen.length}", "Chat"),
                type="button",
                disabled=(chosen.length == 0) | starting.is_sent,
                class_name="ic-btn is-primary is-block",
                **dom(on_click=lambda: starting.begin),
            ),
            class_name="ic-picker-foot",
        ),
    )


def _refusal(attempted: Attempt) -> rx.Component:
    return rx.cond(
        (attempted.refused != "") & ~attempted.is_sent,
        rx.el.p(attempted.refused, class_name="ic-failed ic-sm", role="alert"),
        rx.fragment(),
    )


@rx.memo
def new_message(
    children: rx.Var[rx.Component], *, look: rx.Var[str], label: rx.Var[str] = ""
) -> rx.Component:
    """A button that starts a conversation."""
    is_open, set_open = state("open", False)
    asking = new_message_dialog(close=fn(lambda: set_open(False)))
    return rx.fragment(
        rx.el.button(
            children,
            type="button",
            aria_label=rx.cond(label == "", js(None), label),
            aria_haspopup="dialog",
            class_name=look,
            **dom(on_click=lambda: set_open(True)),
        ),
        when(is_open, portal(asking, document.body)),
    )


@rx.memo
def share_dialog(*, post_id: rx.Var[str], close: rx.Var[Any]) -> rx.Component:
    """Ask whom to send a post to. Stays open, keeping the choice, until the post is sent."""
    chosen, choose = state("chosen", ())
    text, set_text = state("text", "")
    sharing = attempt(
        lambda key: InboxState.share_post(post_id, picking.ids_of(chosen), text, key),
        done=lambda: js(close)(),
    )

    def write(event: Js) -> list[Any]:
        # With a new text, people who have already received the post get it again.
        return [set_text(event.target.value), sharing.change]

    return _picker_dialog(
        "Share",
        "Share post",
        close,
        picker(chosen=chosen, choose=choose),
        rx.el.div(
            *sharing.effects,
            _refusal(sharing),
            rx.el.input(
                aria_label="Add a message",
                placeholder="Add a message…",
                max_length=2000,
                class_name="ic-input",
                **dom(dir="auto", value=text, on_change=write),
            ),
            rx.el.div(
                rx.el.button(
                    icon("link", 18),
                    "Copy link",
                    type="button",
                    class_name="ic-btn",
                    **dom(on_click=lambda: copy_link(f"/p/{post_id}")),
                ),
                rx.el.button(
                    icon("send", 18),
                    rx.cond(chosen.length > 0, f"Send to {chosen.length}", "Send"),
                    type="button",
                    disabled=(chosen.length == 0) | sharing.is_sent,
                    class_name="ic-btn is-primary ic-grow",
                    **dom(on_click=lambda: sharing.begin),
                ),
                class_name="ic-picker-actions",
            ),
            class_name="ic-picker-foot",
        ),
    )


@rx.memo
def share_button(*, post_id: rx.Var[str]) -> rx.Component:
    """The paper plane under a post."""
    is_open, set_open = state("open", False)
    asking = share_dialog(post_id=post_id, close=fn(lambda: set_open(False)))
    return rx.fragment(
        rx.el.button(
            icon("send"),
            type="button",
            aria_label="Share",
            aria_haspopup="dialog",
            class_name="ic-iconbtn",
            **dom(on_click=lambda: set_open(True)),
        ),
        when(is_open, portal(asking, document.body)),
    )
