"""The frame around every page of somebody who is signed in: navigation, messages, the composer."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone import routes
from instagram_clone.web import islands
from instagram_clone.web.components.alerts import alerts_panel
from instagram_clone.web.components.basics import avatar, bone, icon, logo
from instagram_clone.web.components.connection import connection_strip
from instagram_clone.web.components.hearts import kept_posts
from instagram_clone.web.components.inbox import messages_link
from instagram_clone.web.components.layers import menu, menu_link
from instagram_clone.web.components.pending_comments import comment_outbox
from instagram_clone.web.components.people import people_dialog
from instagram_clone.web.components.session import signed_out_watch
from instagram_clone.web.components.times import ticking_clock
from instagram_clone.web.components.toasts import toaster
from instagram_clone.web.states.alerts import AlertsState
from instagram_clone.web.states.composer import ComposerState
from instagram_clone.web.states.inbox import InboxState
from instagram_clone.web.states.session import SessionState
from instagram_clone.web.states.timeline import TimelineState

LOAD = [SessionState.load, AlertsState.load_badge, InboxState.load_badge]
"""What every page in the frame loads first."""

_alerts_name = rx.cond(
    AlertsState.unread > 0, f"Notifications, {AlertsState.unread} unread", "Notifications"
)


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

    `title` is the document's, `here` the current navigation item, `back` the title of a top bar with
    a way back on phones, which `headed` makes the heading there; `phone_bar` is another top bar instead;
    without `tabs` phones have no bar below; `public` pages are for visitors too.
    """
    # Before anything is known the navigation is there already, except where a visitor may look.
    member = SessionState.signed_in if public else SessionState.signed_in | ~SessionState.ready
    look = "ic-app" if tabs else "ic-app has-no-tabbar"
    return rx.el.div(
        islands.PageFocus.create(
            title=title,
            alerts=AlertsState.unread,
            chats=InboxState.unread,
            chats_at=InboxState.unread_at,
            me=SessionState.user_id,
        ),
        rx.el.elements.a("Skip to content", href="#main", class_name="ic-skip"),
        rx.cond(member, _sidebar(here), _visitor_sidebar()),
        phone_bar
        if phone_bar is not None
        else _topbar(back, rx.el.h1 if headed else rx.el.span, here, member),
        rx.el.main(connection_strip(), *content, id="main", tab_index=-1, class_name="ic-main"),
        rx.cond(member, _tabbar(here), rx.fragment()),
        rx.cond(
            SessionState.signed_in,
            islands.Composer.create(
                avatar=SessionState.avatar, username=SessionState.username, on_share=ComposerState.share
            ),
            rx.fragment(),
        ),
        rx.cond(SessionState.signed_in, alerts_panel(), rx.fragment()),
        toaster(),
        signed_out_watch(),
        islands.Shortcuts.create(),
        ticking_clock(),
        comment_outbox(),
        people_dialog(),
        kept_posts(),
        # Buttons that cannot answer yet take no clicks: assets/app.css.
        class_name=rx.cond(SessionState.ready, look, f"{look} is-early"),
    )


def _current(here: str | rx.Var, name: str) -> dict[str, Any]:
    if isinstance(here, rx.Var):
        return {"aria-current": rx.cond(here == name, "page", "false")}
    return {"aria-current": "page"} if here == name else {}


def _home_again(here: str | rx.Var) -> dict[str, Any]:
    """Have a link home read the feed again where it is on screen; the router scrolls to the top."""
    return {"on_click": TimelineState.refresh} if isinstance(here, str) and here == "Home" else {}


def _nav_link(name: str, tag: str, href: Any, here: str | rx.Var) -> rx.Component:
    return rx.el.a(
        icon(tag),
        rx.el.span(name, class_name="ic-navlabel"),
        href=href,
        class_name="ic-navitem",
        custom_attrs=_current(here, name),
        **(_home_again(here) if name == "Home" else {}),
    )


def _own_link(*name: Any, size: int, here: str | rx.Var, **more: Any) -> rx.Component:
    """The way to one's own page; until its address is known the server leads there."""
    more["custom_attrs"] = _current(here, "Profile")
    own = avatar(SessionState.avatar, SessionState.username, size)
    blank = bone(f"{size}px", f"{size}px", round_=True)
    return rx.cond(
        SessionState.ready,
        rx.el.a(own, *name, href=f"/{SessionState.username}", **more),
        rx.el.elements.a(blank, *name, href=routes.API_ME, **more),
    )


def _sidebar(here: str | rx.Var) -> rx.Component:
    return rx.el.aside(
        logo(**_home_again(here)),
        rx.el.nav(
            _nav_link("Home", "house", routes.HOME, here),
            _nav_link("Explore", "compass", routes.EXPLORE, here),
            messages_link(
                rx.fragment(icon("message-circle"), rx.el.span("Messages", class_name="ic-navlabel")),
                current=here == "Messages",
                look="ic-navitem",
            ),
            islands.PanelButton.create(
                icon("bell"),
                rx.el.span("Notifications", class_name="ic-navlabel"),
                rx.cond(
                    AlertsState.unread > 0,
                    rx.el.span(class_name="ic-badge is-dot", aria_hidden="true"),
                    rx.fragment(),
                ),
                name="notifications",
                label=_alerts_name,
                class_name="ic-navitem",
            ),
            _own_link(
                rx.el.span("Profile", class_name="ic-navlabel"),
                size=26,
                here=here,
                class_name="ic-navitem",
            ),
            islands.OpenComposer.create(
                icon("plus", 20),
                rx.el.span("Create", class_name="ic-navlabel"),
                class_name="ic-btn is-primary is-lg ic-nav-create",
            ),
            class_name="ic-nav",
            aria_label="Primary",
        ),
        rx.el.div(
            menu(
                menu_link(icon("settings", 20), "Settings", href=routes.SETTINGS_ACCOUNT),
                islands.SwitchTheme.create(icon("sun-moon", 20), "Switch appearance"),
                islands.OpenKeys.create(
                    icon("keyboard", 20),
                    "Keyboard shortcuts",
                    rx.el.span("?", class_name="ic-end", aria_hidden="true"),
                ),
                rx.el.hr(),
                islands.LogOut.create(
                    icon("log-out", 20), "Log out", class_name="ic-menuitem", role="menuitem"
                ),
                face=rx.fragment(icon("menu"), rx.el.span("More", class_name="ic-navlabel")),
                title="More",
                look="ic-navitem",
                above=True,
                start=True,
            ),
            class_name="ic-sidebar-foot",
        ),
        class_name="ic-sidebar",
    )


def _visitor_sidebar() -> rx.Component:
    return rx.el.aside(
        logo(),
        rx.cond(
            SessionState.ready,
            rx.el.nav(
                rx.el.a(
                    icon("log-in"),
                    rx.el.span("Log in", class_name="ic-navlabel"),
                    href=routes.LOGIN,
                    class_name="ic-navitem",
                ),
                rx.el.a(
                    icon("user-plus"),
                    rx.el.span("Sign up", class_name="ic-navlabel"),
                    href=routes.SIGN_UP,
                    class_name="ic-navitem",
                ),
                class_name="ic-nav",
                aria_label="Primary",
            ),
            rx.fragment(),
        ),
        class_name="ic-sidebar",
    )


def _topbar(back: Any, title_of: Any, here: str | rx.Var, member: Any) -> rx.Component:
    if isinstance(back, str) and not back:
        return rx.el.header(
            logo(**_home_again(here)),
            rx.el.span(class_name="ic-grow"),
            rx.cond(
                SessionState.ready & ~SessionState.signed_in,
                rx.el.a("Log in", href=routes.LOGIN, class_name="ic-btn is-primary is-sm"),
                rx.fragment(),
            ),
            rx.cond(
                member,
                messages_link(icon("message-circle"), look="ic-iconbtn"),
                rx.fragment(),
            ),
            class_name="ic-topbar",
        )
    return rx.el.header(
        islands.GoBack.create(icon("chevron-left"), class_name="ic-iconbtn", label="Back"),
        title_of(back, class_name="ic-topbar-title ic-truncate"),
        rx.el.span(style={"width": "44px"}),
        class_name="ic-topbar has-back",
    )


def own_topbar(title: Any) -> rx.Component:
    """The phone's top bar over one's own profile: create, settings."""
    return rx.el.header(
        rx.el.h1(title, class_name="ic-h2 ic-grow ic-truncate"),
        islands.OpenComposer.create(icon("plus"), class_name="ic-iconbtn", label="Create"),
        rx.el.a(icon("menu"), href=routes.SETTINGS, aria_label="Settings", class_name="ic-iconbtn"),
        class_name="ic-topbar",
    )


def _tab(name: str, tag: str, href: Any, here: str | rx.Var) -> rx.Component:
    again = _home_again(here) if name == "Home" else {}
    return rx.el.a(icon(tag), href=href, aria_label=name, custom_attrs=_current(here, name), **again)


def _tabbar(here: str | rx.Var) -> rx.Component:
    return rx.el.nav(
        _tab("Home", "house", routes.HOME, here),
        _tab("Explore", "compass", routes.EXPLORE, here),
        islands.OpenComposer.create(
            rx.el.span(icon("plus"), class_name="ic-plus"), label="Create", class_name="ic-tabbtn"
        ),
        rx.el.a(
            icon("bell"),
            rx.cond(
                AlertsState.unread > 0, rx.el.span(class_name="ic-dot", aria_hidden="true"), rx.fragment()
            ),
            href=routes.NOTIFICATIONS,
            aria_label=_alerts_name,
            custom_attrs=_current(here, "Notifications"),
        ),
        _own_link(size=28, here=here, aria_label="Profile"),
        class_name="ic-tabbar",
        aria_label="Primary",
    )
