"""Notifications as a page, for phones."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.components.alerts import alerts_list
from instagram_clone.web.components.shell import LOAD, shell
from instagram_clone.web.states.alerts import AlertsState


def page() -> rx.Component:
    """The page of what one has been told."""
    return shell(
        rx.el.div(
            rx.el.h1("Notifications", class_name="ic-h1 ic-not-phone"),
            alerts_list(),
            class_name="ic-alerts",
        ),
        title="Notifications · Instaclone",
        here="Notifications",
        back="Notifications",
        headed=True,
    )


def add(app: rx.App) -> None:
    """Add the page to the app."""
    app.add_page(
        page,
        route=routes.NOTIFICATIONS,
        title="Notifications · Instaclone",
        on_load=[*LOAD, AlertsState.open_panel],
    )
