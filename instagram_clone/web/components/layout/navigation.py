"""The main navigation: the sidebar, and the tab bar on phones."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.browser.core import dom
from instagram_clone.web.components.discovery.search import search_button
from instagram_clone.web.components.elements.basics import avatar, icon, logo
from instagram_clone.web.components.elements.buttons import create_button
from instagram_clone.web.components.forms.choices import theme_item
from instagram_clone.web.components.layout.layers import menu, menu_link
from instagram_clone.web.components.layout.panels import panel_button
from instagram_clone.web.components.layout.session import log_out
from instagram_clone.web.components.layout.shortcuts import shortcuts_item
from instagram_clone.web.components.messaging.inbox import messages_link
from instagram_clone.web.components.notifications import panel
from instagram_clone.web.states.activity import AlertsState
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.session import SessionState

_alerts_name = rx.cond(
    AlertsState.unread > 0, f"Notifications, {AlertsState.unread} unread", "Notifications"
)


def _current(here: str | rx.Var, name: str) -> dict[str, Any]:
    if isinstance(here, rx.Var):
        return {"aria-current": rx.cond(here == name, "page", "false")}
    return {"aria-current": "page"} if here == name else {}


def refresh_home_props(here: str | rx.Var) -> dict[str, Any]:
    """Make a link to home refresh the feed if it is already on screen; the router scrolls to the top."""
    return {"on_click": TimelineState.refresh} if isinstance(here, str) and here == "Home" else {}


def _nav_link(name: str, tag: str, href: Any, here: str | rx.Var) -> rx.Component:
    return rx.el.a(
        icon(tag),
        rx.el.span(name, class_name="ic-navlabel"),
        href=href,
        class_name="ic-navitem",
        custom_attrs=_current(here, name),
        **(refresh_home_props(here) if name == "Home" else {}),
    )


def _own_link(*name: Any, size: int, here: str | rx.Var, **more: Any) -> rx.Component:
    """A link to the viewer's own profile; until the username is known, the server redirects there."""
    more["custom_attrs"] = _current(here, "Profile")
    own = avatar(SessionState.avatar, SessionState.username, size)
    blank = rx.el.span(class_name="ic-avatar", **dom(style={"--sz": f"{size}px"}))
    return rx.cond(
        SessionState.ready,
        rx.el.a(own, *name, href=f"/{SessionState.username}", **more),
        rx.el.elements.a(blank, *name, href=routes.API_ME, **more),
    )


def sidebar(here: str | rx.Var) -> rx.Component:
    return rx.el.aside(
        logo(**refresh_home_props(here)),
        rx.el.nav(
            _nav_link("Home", "house", routes.HOME, here),
            search_button(isinstance(here, str) and here == "Search"),
            _nav_link("Explore", "compass", routes.EXPLORE, here),
            messages_link(
                rx.fragment(icon("message-circle"), rx.el.span("Messages", class_name="ic-navlabel")),
                current=here == "Messages",
                look="ic-navitem",
            ),
            panel_button(
                rx.fragment(
                    icon("bell"),
                    rx.el.span("Notifications", class_name="ic-navlabel"),
                    rx.cond(
                        AlertsState.unread > 0,
                        rx.el.span(class_name="ic-badge is-dot", aria_hidden="true"),
                        rx.fragment(),
                    ),
                ),
                name=panel.NAME,
                label=_alerts_name,
                look="ic-navitem",
            ),
            _own_link(
                rx.el.span("Profile", class_name="ic-navlabel"), size=26, here=here, class_name="ic-navitem"
            ),
            create_button(
                rx.fragment(icon("plus", 20), rx.el.span("Create", class_name="ic-navlabel")),
                look="ic-btn is-primary is-lg ic-nav-create",
            ),
            class_name="ic-nav",
            aria_label="Primary",
        ),
        rx.el.div(
            menu(
                menu_link(icon("settings", 20), "Settings", href=routes.SETTINGS_ACCOUNT),
                menu_link(icon("bookmark", 20), "Saved", href=f"/{SessionState.username}/saved"),
                theme_item(),
                shortcuts_item(),
                rx.el.hr(),
                log_out(
                    icon("log-out", 20), "Log out", class_name="ic-menuitem", role="menuitem", tab_index=-1
                ),
                trigger=rx.fragment(icon("menu"), rx.el.span("More", class_name="ic-navlabel")),
                title="More",
                look="ic-navitem",
                above=True,
                start=True,
            ),
            class_name="ic-sidebar-foot",
        ),
        class_name="ic-sidebar",
    )


def visitor_sidebar() -> rx.Component:
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


def _tab(name: str, tag: str, href: Any, here: str | rx.Var) -> rx.Component:
    refresh = refresh_home_props(here) if name == "Home" else {}
    return rx.el.a(icon(tag), href=href, aria_label=name, custom_attrs=_current(here, name), **refresh)


def tabbar(here: str | rx.Var) -> rx.Component:
    # On phones, search is reached through Explore.
    exploring = "Explore" if isinstance(here, str) and here == "Search" else here
    return rx.el.nav(
        _tab("Home", "house", routes.HOME, here),
        _tab("Explore", "search", routes.EXPLORE, exploring),
        create_button(rx.el.span(icon("plus"), class_name="ic-plus"), look="ic-tabbtn", label="Create"),
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
