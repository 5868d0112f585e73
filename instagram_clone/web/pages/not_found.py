"""The page for anything that does not exist, or that this viewer may not see."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.components.elements import art
from instagram_clone.web.components.layout.shell import LOAD, shell

TITLE = "Page not found · Instaclone"


def not_found() -> rx.Component:
    """The drawing, the message, and two links onward."""
    return rx.el.div(
        art.drawing(art.NOT_FOUND),
        rx.el.p("Page not found", class_name="ic-overline"),
        rx.el.h1("This print never developed"),
        rx.el.p("The page may have been removed, or the link has a small mistake in it."),
        rx.el.div(
            rx.el.a("Go home", href=routes.HOME, class_name="ic-btn is-primary"),
            rx.el.a("Explore photos", href=routes.EXPLORE, class_name="ic-btn"),
            class_name="ic-404-actions",
        ),
        class_name="ic-404",
    )


def page() -> rx.Component:
    """The page for unknown addresses."""
    return shell(not_found(), title=TITLE, back=" ", public=True)


def add(app: rx.App) -> None:
    """Add the page to the app."""
    app.add_page(page, route="404", title=TITLE, on_load=LOAD)
