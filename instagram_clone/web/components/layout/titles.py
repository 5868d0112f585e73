"""What a change of page means for who cannot see it: a title, and the focus on the page's main part."""

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
    """The title of the page, with how much is unread, and the focus where reading begins."""
    path = use("useLocation", library="react-router").pathname
    chats = unread.unread_conversations(InboxState.unread, InboxState.unread_at, SessionState.user_id)
    count = let(js(AlertsState.unread) + chats)
    # A fact of the tab: another page is another component, which remembers nothing of the one before.
    before = fact(fact_keys.path_key())

    def begin() -> list[object]:
        main = document.getElementById("main")
        # A field that the page has put the focus into keeps it, and a list over the page takes it itself.
        written = document.activeElement.matches("input, textarea")
        moved = before & (before != path) & (before != dialogs.path_under(path)) & ~written
        back = dialogs.path_under(before) == path
        opener = document.querySelector(f'a[href="{before}"]')
        place = when(back, default(opener, main), main)
        return [when(moved, place.focus({"preventScroll": True})), learn({fact_keys.path_key(): path})]

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
