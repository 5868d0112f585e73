"""Explore: everybody's newest photos, and people to follow, so that there is always something to see."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.components.discovery.search import search_link
from instagram_clone.web.components.discovery.suggestions import suggested_row
from instagram_clone.web.components.elements.basics import failed
from instagram_clone.web.components.elements.buttons import create_button
from instagram_clone.web.components.elements.scrolling import scroll_restoration
from instagram_clone.web.components.layout.shell import LOAD, shell
from instagram_clone.web.components.posts.detail import post_dialog
from instagram_clone.web.components.posts.list_ends import list_end, list_start
from instagram_clone.web.components.posts.tiles import tile_grid, tile_skeletons
from instagram_clone.web.states.people.people import PeopleState
from instagram_clone.web.states.posts.detail import DetailState
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.status import FAILED, LOADING, READY


def page() -> rx.Component:
    """The explore page."""
    return shell(
        rx.el.div(
            rx.el.h1("Explore", class_name="ic-sr"),
            search_link(),
            rx.cond(
                PeopleState.suggestions.length() > 0,
                rx.el.section(
                    rx.el.h2("People to follow", class_name="ic-h2"),
                    rx.el.ul(
                        rx.foreach(
                            PeopleState.suggestions,
                            lambda person: suggested_row(person, size=44),
                        ),
                        class_name="ic-explorepeople",
                    ),
                    class_name="ic-explorehead",
                ),
                rx.fragment(),
            ),
            list_start(),
            rx.match(
                TimelineState.status,
                (LOADING, tile_skeletons(12)),
                (FAILED, failed("We could not load the photos.", TimelineState.refresh)),
                rx.cond(
                    TimelineState.posts.length() > 0,
                    tile_grid(mosaic=True),
                    rx.cond(
                        ~TimelineState.done,
                        tile_skeletons(12),
                        rx.el.div(
                            rx.el.h2("Nothing to explore yet"),
                            rx.el.p("Be the first to share a photo here."),
                            create_button(rx.fragment("Create your first post"), look="ic-btn is-primary"),
                            class_name="ic-empty",
                        ),
                    ),
                ),
            ),
            rx.cond((TimelineState.status == READY) & ~TimelineState.done, list_end(), rx.fragment()),
            class_name="ic-explore",
        ),
        scroll_restoration(shown=TimelineState.posts.length()),
        post_dialog(),
        title="Explore · Instaclone",
        here="Explore",
    )


def add(app: rx.App) -> None:
    """Add the page to the app."""
    app.add_page(
        page,
        route=routes.EXPLORE,
        title="Explore · Instaclone",
        on_load=[
            *LOAD,
            TimelineState.load_explore,
            DetailState.load_dialog,
            PeopleState.leave,
            PeopleState.load_suggestions,
        ],
    )
