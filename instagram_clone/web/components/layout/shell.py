"""The frame around every page for signed-in people: navigation, messages, the composer."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.components.composer.composer import composer
from instagram_clone.web.components.discovery.search import search_panel
from instagram_clone.web.components.elements.device import device_preferences
from instagram_clone.web.components.elements.times import ticking_clock
from instagram_clone.web.components.elements.toasts import toaster
from instagram_clone.web.components.layout.connection import connection_strip
from instagram_clone.web.components.layout.heads import preview_watch
from instagram_clone.web.components.layout.navigation import sidebar, tabbar, visitor_sidebar
from instagram_clone.web.components.layout.session import signed_out_watch
from instagram_clone.web.components.layout.shortcuts import shortcuts
from instagram_clone.web.components.layout.titles import page_title
from instagram_clone.web.components.layout.topbars import topbar
from instagram_clone.web.components.messaging.outbox import message_outbox
from instagram_clone.web.components.notifications.panel import alerts_panel
from instagram_clone.web.components.people.people import people_dialog
from instagram_clone.web.components.posts.hearts import retained_posts
from instagram_clone.web.components.posts.pending_comments import comment_outbox
from instagram_clone.web.states.session import SessionState

LOAD = [SessionState.load_frame]
"""What every page in the frame loads first."""


def shell(
    *content: rx.Component,
    title: Any,
    here: str | rx.Var = "",
    back: Any = "",
    headed: bool = False,
    phone_bar: Any = None,
    tabs: bool = True,
    public: bool = False,
) -> rx.Component:
    """Put a page into the frame.

    `title` is the document's, and `here` the current navigation item. `back` is the title of a top bar with
    a back button on phones, which `headed` makes a heading; `phone_bar` replaces that bar. Without `tabs`,
    phones have no tab bar; `public` pages are open to visitors too.
    """
    # Show the navigation before the session is known, except where the viewer may turn out to be a visitor.
    member = SessionState.signed_in if public else SessionState.signed_in | ~SessionState.ready
    class_name = "ic-app" if tabs else "ic-app has-no-tabbar"
    return rx.el.div(
        page_title(title=title),
        rx.el.elements.a("Skip to content", href="#main", class_name="ic-skip"),
        rx.cond(member, sidebar(here), visitor_sidebar()),
        phone_bar
        if phone_bar is not None
        else topbar(back, rx.el.h1 if headed else rx.el.span, here, member),
        rx.el.main(connection_strip(), *content, id="main", tab_index=-1, class_name="ic-main"),
        rx.cond(member, tabbar(here), rx.fragment()),
        rx.cond(SessionState.signed_in, composer(), rx.fragment()),
        rx.cond(SessionState.signed_in, alerts_panel(), rx.fragment()),
        # The search page has a field of its own.
        rx.fragment()
        if isinstance(here, str) and here == "Search"
        else rx.cond(SessionState.signed_in, search_panel(), rx.fragment()),
        toaster(),
        device_preferences(),
        signed_out_watch(),
        shortcuts(),
        ticking_clock(),
        comment_outbox(),
        message_outbox(),
        people_dialog(),
        retained_posts(),
        preview_watch(),
        # Buttons that can't respond yet don't take clicks: see assets/app.css.
        class_name=rx.cond(SessionState.ready, class_name, f"{class_name} is-early"),
    )
