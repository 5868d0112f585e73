"""What a change of page means for who cannot see it: a title, and the focus on the page's main part."""

from __future__ import annotations

import reflex as rx

from instagram_clone.web.browser import unread
from instagram_clone.web.browser.core import assign, document, effect, js, let, ref, use, when
from instagram_clone.web.states.alerts import AlertsState
from instagram_clone.web.states.inbox import InboxState
from instagram_clone.web.states.session import SessionState


@rx.memo
def page_title(*, title: rx.Var[str]) -> rx.Component:
    """The title of the page, with how much is unread, and the focus where reading begins."""
    path = use("useLocation", library="react-router").pathname
    chats = unread.unread_conversations(InboxState.unread, InboxState.unread_at, SessionState.user_id)
    count = let(js(AlertsState.unread) + chats)
    opened = ref("opened", False)

    def begin() -> list[object]:
        main = document.getElementById("main")
        # A field that the page has put the focus into keeps it.
        written = document.activeElement.matches("input, textarea")
        return [
            when(opened.current & ~written, main.focus({"preventScroll": True})),
            assign(opened, current=True),
        ]

    return rx.fragment(
        effect(begin, path),
        effect(
            lambda: when(
                title, assign(document, title=when(count > 0, js("(") + count + ") " + title, title))
            ),
            title,
            count,
            path,
        ),
    )
