"""Posts as tiles in a grid."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone import routes
from instagram_clone.domain.posts.post_cards import PostCard
from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import dom, when
from instagram_clone.web.browser.page.facts import fact
from instagram_clone.web.browser.page.words import abbreviated, photo_words
from instagram_clone.web.browser.posts.hearts import Truth, truth
from instagram_clone.web.browser.posts.posts import follow_link
from instagram_clone.web.browser.posts.renditions import GRID, MOSAIC, MOSAIC_BIG, sizes
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.posts.photos import picture
from instagram_clone.web.states.posts.timeline import TimelineState


@rx.memo
def tile(*, post: rx.Var[PostCard], sizes: rx.Var[str], look: rx.Var[str] = "") -> rx.Component:
    """A post as a link with its photo, until it is deleted; its numbers show on hover."""
    now = truth(post)
    link = rx.el.elements.a(
        *tile_content(post, now, sizes),
        href=routes.post_url(post.id),
        class_name=f"ic-tile {look}",
        aria_label=photo_words(now.likes, now.comments),
        **dom(
            data_open=True,
            style=tile_placeholder(post),
            on_click=lambda event: follow_link(event, post.id),
        ),
    )
    return rx.cond(fact(fact_keys.gone_key(post.id)), rx.fragment(), link)


def tile_content(post: Any, now: Truth, sizes: Any) -> list[rx.Component]:
    """The content of a tile: the photo, and the numbers shown on hover."""
    return [
        picture(photo=post.photo, alt="", sizes=sizes),
        rx.el.span(
            rx.el.span(icon("heart", 20), abbreviated(now.likes)),
            rx.el.span(icon("message-circle", 20), abbreviated(now.comments)),
            class_name="ic-tile-over",
            aria_hidden="true",
        ),
    ]


def tile_placeholder(post: Any) -> dict[str, Any]:
    """Return the style of a tile whose photo has not loaded yet."""
    return {"--ph": f'url("{post.photo.placeholder}") center/cover'}


def tile_grid(*, mosaic: bool = False) -> rx.Component:
    """The listed posts as tiles; in a mosaic some are large."""

    def item(post: rx.Var[PostCard], index: rx.Var[int]) -> rx.Component:
        if not mosaic:
            return rx.fragment(tile(post=post, sizes=sizes(post.photo, GRID)), key=post.id)
        big = (index % 12 == 0) | (index % 12 == 7)
        fitting_sizes = when(big, sizes(post.photo, MOSAIC_BIG), sizes(post.photo, MOSAIC))
        return rx.fragment(
            tile(post=post, sizes=fitting_sizes, look=rx.cond(big, "is-big", "")), key=post.id
        )

    return rx.el.div(rx.foreach(TimelineState.posts, item), class_name="ic-mosaic" if mosaic else "ic-grid")


def tile_skeletons(number: int = 9) -> rx.Component:
    """Tiles that are being loaded."""
    return rx.el.div(
        rx.el.p("Loading posts", class_name="ic-sr", role="status"),
        *[rx.el.span(class_name="ic-sk ic-tile", aria_hidden="true") for _ in range(number)],
        class_name="ic-grid",
        aria_busy="true",
    )
