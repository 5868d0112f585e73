"""Direct messages: the inbox, the requests, and an open conversation beside them."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.domain.messaging.conversations import REQUEST
from instagram_clone.web.components.elements import art
from instagram_clone.web.components.elements.basics import icon, skeleton
from instagram_clone.web.components.elements.buttons import back_button
from instagram_clone.web.components.layout.shell import LOAD, shell
from instagram_clone.web.components.messaging.inbox import conversation_skeletons, conversations
from instagram_clone.web.components.messaging.pickers import new_message
from instagram_clone.web.components.messaging.thread import open_thread
from instagram_clone.web.pages.not_found import not_found
from instagram_clone.web.states.messaging.inbox import InboxState
from instagram_clone.web.states.messaging.thread import ThreadState
from instagram_clone.web.states.session import SessionState
from instagram_clone.web.states.status import LOADING, MISSING


def page() -> rx.Component:
    """The inbox, with no conversation open."""
    return _page(
        rx.el.section(
            rx.el.div(
                art.drawing(art.TALK),
                rx.el.h2("Your messages"),
                rx.el.p("Send photos and words to a friend, or to a small group."),
                new_message(rx.fragment(icon("square-pen", 18), "New message"), look="ic-btn is-primary"),
                class_name="ic-empty",
            ),
            class_name="ic-thread is-empty",
        ),
        title="Messages · Instaclone",
    )


def conversation() -> rx.Component:
    """One conversation, with the inbox beside it where there is room."""
    chat = ThreadState.chat
    return _page(
        rx.match(
            ThreadState.status,
            (MISSING, rx.el.section(not_found(), class_name="ic-thread is-empty")),
            rx.cond(
                chat,
                open_thread(chat=chat, me=SessionState.user_id, key=chat.id),
                _thread_skeleton(),
            ),
        ),
        title=rx.cond(chat, f"{chat.title} · Instaclone", "Messages · Instaclone"),
        is_open=True,
    )


_SKELETONS = ((False, "180px"), (False, "120px"), (True, "150px"), (False, "220px"), (True, "90px"))
"""For each placeholder message: whether it is the viewer's own, and its width."""


def _thread_skeleton() -> rx.Component:
    return rx.el.section(
        rx.el.p("Loading messages", class_name="ic-sr", role="status"),
        rx.el.div(
            rx.el.a(
                icon("chevron-left"),
                href=routes.MESSAGES,
                aria_label="Back",
                class_name="ic-iconbtn ic-only-phone",
            ),
            skeleton("44px", "44px", round_=True),
            rx.el.div(skeleton("110px", "12px"), skeleton("70px", "9px"), class_name="ic-boneset"),
            class_name="ic-thread-head",
        ),
        rx.el.div(
            rx.el.div(*[_bubble_skeleton(mine, width) for mine, width in _SKELETONS]),
            class_name="ic-thread-body",
        ),
        rx.el.div(skeleton("100%", "50px"), class_name="ic-composerbone"),
        aria_busy="true",
        class_name="ic-thread ic-threadbones ic-late",
    )


def _bubble_skeleton(mine: bool, width: str) -> rx.Component:
    return rx.el.div(
        rx.fragment() if mine else skeleton("28px", "28px", round_=True),
        rx.el.div(skeleton(width, "40px"), class_name="ic-bubbles"),
        class_name="ic-msg is-me is-first" if mine else "ic-msg is-first",
    )


def _page(content: rx.Component, *, title: rx.Var[str] | str, is_open: bool = False) -> rx.Component:
    shows_requests = InboxState.folder == REQUEST
    heading = rx.cond(shows_requests, "Message requests", "Messages")
    return shell(
        # Phones show only the conversation, without the list and its heading.
        rx.el.h1("Messages", class_name="ic-sr ic-only-phone") if is_open else rx.fragment(),
        rx.el.div(
            rx.el.div(
                rx.el.header(
                    rx.el.h1(heading, class_name="ic-h1 ic-truncate"),
                    rx.cond(
                        shows_requests,
                        rx.el.a("Inbox", href=routes.MESSAGES, class_name="ic-textbtn"),
                        new_message(icon("square-pen", 22), label="New message", look="ic-iconbtn"),
                    ),
                    class_name="ic-inbox-head",
                ),
                rx.cond(InboxState.status == LOADING, conversation_skeletons(), conversations()),
                class_name="ic-inbox-list",
            ),
            content,
            class_name="ic-inbox has-thread" if is_open else "ic-inbox",
        ),
        title=title,
        here="Messages",
        phone_bar=rx.fragment() if is_open else _phone_bar(heading),
        tabs=not is_open,
    )


def _phone_bar(heading: rx.Var[str]) -> rx.Component:
    return rx.el.header(
        back_button(),
        rx.el.h1(heading, class_name="ic-topbar-title ic-truncate"),
        new_message(icon("square-pen", 22), label="New message", look="ic-iconbtn"),
        class_name="ic-topbar has-back",
    )


def add(app: rx.App) -> None:
    """Add the pages to the app."""
    load = [*LOAD, InboxState.load]
    for view, route, more in (
        (page, routes.MESSAGES, []),
        (page, routes.MESSAGE_REQUESTS, []),
        (conversation, routes.CHAT, [ThreadState.load]),
    ):
        app.add_page(view, route=route, title="Messages · Instaclone", on_load=[*load, *more])
