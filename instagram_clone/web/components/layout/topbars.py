"""The bar at the top of a page on phones."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.components.elements.basics import icon, logo
from instagram_clone.web.components.elements.buttons import back_button, create_button
from instagram_clone.web.components.layout.navigation import refresh_home_props
from instagram_clone.web.components.messaging.inbox import messages_link
from instagram_clone.web.states.session import SessionState


def topbar(back: Any, title_element: Any, here: str | rx.Var, member: Any) -> rx.Component:
    if isinstance(back, str) and not back:
        return rx.el.header(
            logo(**refresh_home_props(here)),
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
        back_button(),
        title_element(back, class_name="ic-topbar-title ic-truncate"),
        rx.el.span(style={"width": "44px"}),
        class_name="ic-topbar has-back",
    )


def own_topbar(title: Any) -> rx.Component:
    """The phone's top bar on the viewer's own profile: create, settings."""
    return rx.el.header(
        rx.el.h1(title, class_name="ic-h2 ic-grow ic-truncate"),
        create_button(icon("plus"), look="ic-iconbtn", label="Create"),
        rx.el.a(icon("menu"), href=routes.SETTINGS, aria_label="Settings", class_name="ic-iconbtn"),
        class_name="ic-topbar",
    )
