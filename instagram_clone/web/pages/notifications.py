"""Notifications as a page, for phones."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.components.layout.shell import LOAD, shell
from instagram_clone.web.components.notifications.activity import alerts_list, requests_link
from instagram_clone.web.states.activity import AlertsState
from instagram_clone.web.states.people.people import PeopleState


def page() -> rx.Component:
    """The notifications page."""
    return shell(
        rx.el.div(
            rx.el.h1("Notifications", class_name="ic-h1 ic-not-phone"),
            alerts_list(requests_link()),
            class_name="ic-alerts",
        ),
        title="Notifications · Instaclone",
        here="Notifications",
        back="Notifications",
        headed=True,
    )


def add(app: rx.App) -> None:
    """Add the page to the app, and the same page under the list of follow requests."""
    load = [*LOAD, AlertsState.open_panel]
    title = "Notifications · Instaclone"
    app.add_page(page, route=routes.NOTIFICATIONS, title=title, on_load=[*load, PeopleState.leave])
    load_requests = [*load, PeopleState.load_requests]
    app.add_page(page, route=routes.FOLLOW_REQUESTS, title=title, on_load=load_requests)
