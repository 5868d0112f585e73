"""Accessible page changes: the title, and moving the focus to the main part of the page."""

from __future__ import annotations

import reflex as rx

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import assign, default, document, effect, js, let, use, when
from instagram_clone.web.browser.layers import dialogs
from instagram_clone.web.browser.messaging import unread
from instagram_clone.web.browser.page.facts import fact, learn
from instagram_clone.web.states.activity import AlertsState
from instagram_clone.web.states.messaging.inbox import InboxState
from instagram_clone.web.states.session import SessionState


@rx.memo
def page_title(*, title: rx.Var[str]) -> rx.Component:
    """The title of the page, with the unread count, and the focus at the start of the content."""
    path = use("useLocation", library="react-router").pathname
    chats = unread.unread_conversations(InboxState.unread, InboxState.unread_at, SessionState.user_id)
    count = let(js(AlertsState.unread) + chats)
    # Kept as a fact of the tab, since each page mounts a new component without memory of the last one.
    previous_path = fact(fact_keys.path_key())

    def focus_main() -> list[object]:
        main = document.getElementById("main")
        # A field that the page has focused keeps the focus, and a list over the page takes it by itself.
        is_typing = document.activeElement.matches("input, textarea")
        should_move = (
            previous_path
            & (previous_path != path)
            & (previous_path != dialogs.path_under(path))
            & ~is_typing
        )
        back = dialogs.path_under(previous_path) == path
        opener = document.querySelector(f'a[href="{previous_path}"]')
        target = when(back, default(opener, main), main)
        return [
            when(should_move, target.focus({"preventScroll": True})),
            learn({fact_keys.path_key(): path}),
        ]

    return rx.fragment(
        effect(focus_main, path),
        effect(
            lambda: when(
                title, assign(document, title=when(count > 0, js("(") + count + ") " + title, title))
            ),
            title,
            count,
            path,
        ),
    )
