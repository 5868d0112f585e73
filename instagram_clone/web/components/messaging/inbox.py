"""The list of conversations, and the link to it."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.domain.messaging.conversations import INBOX, REQUEST
from instagram_clone.domain.messaging.inbox import Conversation
from instagram_clone.domain.people.accounts import Person
from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import default, dom, effect, js, let, ref, state, use, when
from instagram_clone.web.browser.discovery.searching import latest, search_input
from instagram_clone.web.browser.messaging import inbox, unread
from instagram_clone.web.browser.page.facts import facts
from instagram_clone.web.browser.people import presence
from instagram_clone.web.components.elements import art
from instagram_clone.web.components.elements.basics import avatar, icon, row_skeleton, skeleton
from instagram_clone.web.components.elements.scrolling import paged
from instagram_clone.web.components.elements.times import time_ago
from instagram_clone.web.components.forms.search_field import search_field
from instagram_clone.web.components.messaging.pickers import new_message
from instagram_clone.web.components.messaging.thread_head import chat_avatar
from instagram_clone.web.states.discovery.search import PEOPLE
from instagram_clone.web.states.messaging.inbox import MAX_ROWS, InboxState
from instagram_clone.web.states.session import SessionState


@rx.memo
def messages_link(
    children: rx.Var[rx.Component], *, look: rx.Var[str], current: rx.Var[bool] = False
) -> rx.Component:
    """The link to the messages; its accessible name includes how many conversations are unread."""
    count = unread.unread_conversations(InboxState.unread, InboxState.unread_at, SessionState.user_id)
    number = let(unread.badge_text(count))
    return rx.el.a(
        children,
        rx.cond(count > 0, rx.el.span(number, class_name="ic-badge", aria_hidden="true"), rx.fragment()),
        href=routes.MESSAGES,
        class_name=look,
        **dom(
            aria_current=when(current, "page"),
            aria_label=when(count > 0, js("Messages, ") + number + " unread", "Messages"),
        ),
    )


@rx.memo
def conversations() -> rx.Component:
    """The conversations of a folder, a search in them, and people to start a conversation with."""
    updates, reads = facts(fact_keys.chat_keys()), facts(fact_keys.read_keys())
    field = search_input()
    query = let(field.text.trim().toLowerCase())
    answer, answer_effect = latest(InboxState.found, field.query, PEOPLE)
    shown = let(inbox.rows_to_show(InboxState.rows, updates, reads, SessionState.user_id, query))
    others = let(inbox.other_people(InboxState.rows, default(answer.people, ()), query))
    loaded = let(js(InboxState.rows).length)
    is_incomplete = let((query != "") & ~js(InboxState.done) & (loaded < MAX_ROWS))
    missing = let(inbox.missing(InboxState.rows, updates, InboxState.unread_at))
    path = use("useLocation", library="react-router").pathname
    mounted, set_mounted = state("mounted", False)
    return rx.fragment(
        # Pages are prerendered without their address, so no row is current before mounting.
        effect(lambda: set_mounted(True)),
        effect(lambda: when(missing, InboxState.refresh), missing),
        # Titles are searched only here, so a search loads as many conversations as one screen keeps.
        effect(lambda: when(is_incomplete, InboxState.more), is_incomplete, loaded),
        *field.effects,
        answer_effect,
        effect(lambda: when(field.query, InboxState.search(field.query)), field.query),
        rx.el.div(search_field(field, "Search messages", ref("box")), class_name="ic-inbox-tools"),
        rx.cond((InboxState.folder == INBOX) & (InboxState.requests > 0), _requests_link(), rx.fragment()),
        rx.el.nav(
            paged(
                rx.el.ul(
                    rx.foreach(
                        shown.to(list[Conversation]),
                        lambda chat: conversation_row(
                            chat=chat, is_current=mounted & (path == f"/messages/{chat.id}"), key=chat.id
                        ),
                    )
                ),
                done=InboxState.done | is_incomplete,
                more=InboxState.more,
                past_start=InboxState.past_start & (query == ""),
                load_first=InboxState.load_first,
                first="Return to the newest",
            ),
            rx.cond((InboxState.rows.length() == 0) & (query == ""), _empty(), rx.fragment()),
            rx.cond(
                others.length > 0,
                rx.fragment(
                    rx.el.h2("More people", class_name="ic-overline ic-inbox-more"),
                    rx.el.ul(rx.foreach(others.to(list[Person]), _person_row)),
                ),
                rx.fragment(),
            ),
            rx.cond(
                query
                & (shown.length == 0)
                & js(InboxState.done)
                & (others.length == 0)
                & (answer.text == field.text.trim()),
                rx.el.p("Nobody by that name.", class_name="ic-muted ic-sm ic-inbox-none", role="status"),
                rx.fragment(),
            ),
            class_name="ic-inbox-scroll",
            aria_label="Conversations",
        ),
    )


def conversation_skeletons() -> rx.Component:
    """The skeleton of the conversations until they are loaded."""
    return rx.el.div(
        rx.el.div(skeleton("100%", "44px"), class_name="ic-inbox-tools"),
        rx.el.ul(
            *[row_skeleton(52, "140px", "90px", row="ic-conv") for _ in range(6)],
            class_name="ic-inbox-scroll",
        ),
        aria_busy="true",
        class_name="ic-late",
    )


def _requests_link() -> rx.Component:
    number = let(unread.badge_text(InboxState.requests))
    return rx.el.a(
        icon("message-circle-dashed", 22),
        rx.el.span("Message requests", class_name="ic-grow ic-strong"),
        rx.el.span(number, class_name="ic-badge"),
        icon("chevron-right", 18),
        href=routes.MESSAGE_REQUESTS,
        aria_label=js("Message requests, ") + number,
        class_name="ic-reqrow",
    )


def _empty() -> rx.Component:
    return rx.cond(
        InboxState.folder == REQUEST,
        rx.el.div(
            art.drawing(art.TALK),
            rx.el.h2("No requests"),
            rx.el.p("Messages from people you do not follow appear here."),
            class_name="ic-empty ic-inbox-none",
        ),
        rx.el.div(
            art.drawing(art.TALK),
            rx.el.h2("No conversations yet"),
            rx.el.p("Send a message to someone you follow."),
            new_message(rx.fragment("Find somebody"), look="ic-btn"),
            class_name="ic-empty ic-inbox-none ic-only-phone",
        ),
    )


@rx.memo
def conversation_row(
    rest: rx.RestProp, *, chat: rx.Var[Conversation], is_current: rx.Var[bool]
) -> rx.Component:
    """A conversation in the list."""
    writer, typing_effects = presence.typing_in(chat.id)
    partner = let(when(chat.group, None, chat.members[0]))
    online = let(presence.of(partner, InboxState.unread_at).online)
    count = let(js(chat.last) - js(chat.seen))
    is_unread = let((chat.folder == INBOX) & (count > 0))
    described = use("useId")
    return rx.el.li(
        rest,
        *typing_effects,
        rx.el.a(
            chat_avatar(chat, 52, online),
            rx.el.span(
                rx.el.span(
                    rx.el.bdi(chat.title, class_name="ic-user ic-truncate ic-grow"),
                    rx.cond(
                        chat.muted,
                        rx.el.span(
                            icon("bell-off", 14),
                            role="img",
                            aria_label="Muted",
                            class_name="ic-muted",
                        ),
                        rx.fragment(),
                    ),
                    rx.el.span(time_ago(at=chat.at), class_name="ic-time"),
                ),
                rx.el.span(
                    rx.cond(
                        writer,
                        rx.el.span("typing…", class_name="ic-typingline ic-grow"),
                        rx.el.bdi(
                            inbox.preview(chat, SessionState.username), class_name="ic-truncate ic-grow"
                        ),
                    ),
                    # Always takes up its space, so that times align whether or not there is a count.
                    rx.el.span(
                        rx.cond(
                            is_unread,
                            rx.el.span(when(count > 99, "99+", count), class_name="ic-badge ic-convcount"),
                            rx.fragment(),
                        ),
                        aria_hidden="true",
                        class_name="ic-convmark",
                    ),
                    class_name="ic-preview",
                ),
                class_name="ic-conv-text",
                **dom(id=described),
            ),
            href=f"/messages/{chat.id}",
            class_name=rx.cond(is_unread, "ic-conv is-unread", "ic-conv"),
            **dom(
                aria_label=js("Conversation with ") + chat.title + when(is_unread, ", unread", ""),
                aria_describedby=described,
                aria_current=when(is_current, "page"),
                prevent_scroll_reset=True,
            ),
        ),
    )


def _person_row(person: rx.Var[Person]) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            avatar(person.avatar, person.username, 52),
            rx.el.span(
                rx.el.span(rx.el.bdi(person.username, class_name="ic-user ic-truncate ic-grow")),
                rx.el.bdi(person.name, class_name="ic-preview ic-truncate"),
                class_name="ic-conv-text",
            ),
            href=f"{routes.MESSAGES}?to={person.id}",
            aria_label=f"Write to {person.username}",
            class_name="ic-conv",
        ),
        key=person.id,
    )
