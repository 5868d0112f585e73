"""A post's own page: for links, new tabs and phones."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.components.layout.shell import LOAD, shell
from instagram_clone.web.components.posts.detail import loading_post, post_page
from instagram_clone.web.pages.not_found import TITLE, not_found
from instagram_clone.web.states.people.people import PeopleState
from instagram_clone.web.states.posts.detail import DetailState
from instagram_clone.web.states.status import MISSING


def page() -> rx.Component:
    """The post page."""
    return shell(
        rx.match(
            DetailState.status,
            (MISSING, not_found()),
            rx.cond(
                DetailState.post,
                rx.el.div(
                    rx.el.h1(f"Post by {DetailState.post.username}", class_name="ic-sr"),
                    post_page(),
                    class_name="ic-page-post",
                ),
                loading_post(),
            ),
        ),
        title=rx.cond(
            DetailState.status == MISSING,
            TITLE,
            rx.cond(DetailState.post, f"{DetailState.post.username} · Instaclone", "Instaclone"),
        ),
        back="Post",
        tabs=False,
        public=True,
    )


def add(app: rx.App) -> None:
    """Add the page to the app."""
    app.add_page(
        page,
        route=routes.POST,
        title="Instaclone",
        on_load=[*LOAD, PeopleState.leave, DetailState.load_page],
    )
