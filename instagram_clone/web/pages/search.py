"""Search as a page: for phones, and at any width for anyone who opens its address."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.browser.core import dom, use, when, window
from instagram_clone.web.components.discovery.search import search_page_content
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.layout.shell import LOAD, shell
from instagram_clone.web.states.people.people import PeopleState


def page() -> rx.Component:
    """The search page."""
    return shell(
        rx.el.div(
            rx.el.h1("Search", class_name="ic-h1 ic-not-phone"),
            search_page_content(),
            class_name="ic-alerts ic-searchpage",
        ),
        title="Search · Instaclone",
        here="Search",
        phone_bar=rx.el.header(
            rx.el.h1("Search", class_name="ic-h2 ic-grow"), _close_button(), class_name="ic-topbar"
        ),
    )


@rx.memo
def _close_button() -> rx.Component:
    """A button back to the previous page, or to Explore if there is none."""
    navigate = use("useNavigate", library="react-router")
    return rx.el.button(
        icon("x"),
        type="button",
        aria_label="Close",
        class_name="ic-iconbtn",
        **dom(on_click=lambda: when(window.history.state.idx > 0, navigate(-1), navigate(routes.EXPLORE))),
    )


def add(app: rx.App) -> None:
    """Add the page to the app."""
    app.add_page(page, route=routes.SEARCH, title="Search · Instaclone", on_load=[*LOAD, PeopleState.leave])
