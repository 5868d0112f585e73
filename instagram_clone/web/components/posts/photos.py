"""Photos: the picture itself, and a post's photo with its double tap and description."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.domain.media.media import Photo
from instagram_clone.domain.posts.post_cards import PostCard
from instagram_clone.web.browser.core import Js, assign, default, dom, effect, let, name, ref, state, when
from instagram_clone.web.browser.page.address import to_login
from instagram_clone.web.browser.page.device import latest_choice
from instagram_clone.web.browser.posts import photos
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.posts.hearts import like_once
from instagram_clone.web.device import IMAGE_DESCRIPTIONS, ON
from instagram_clone.web.states.session import SessionState


@rx.memo
def picture(
    *, photo: rx.Var[Photo], alt: rx.Var[str], sizes: rx.Var[str], eager: rx.Var[bool] = False
) -> rx.Component:
    """A photo in the rendition that fits; it fades in once loaded."""
    image = ref("image")
    shown, set_shown = state("shown", False)
    return rx.fragment(
        effect(lambda: when(image.current.complete, set_shown(True))),
        rx.el.img(
            alt=alt,
            class_name=rx.cond(shown, "ic-fadein is-shown", "ic-fadein"),
            **dom(
                ref=image,
                src=photos.usual_source(photo),
                src_set=photos.source_set(photo),
                sizes=sizes,
                width=photo.width,
                height=photo.height,
                loading=when(eager, "eager", "lazy"),
                fetch_priority=when(eager, "high", name("undefined")),
                decoding="async",
                on_load=lambda: set_shown(True),
            ),
        ),
    )


@rx.memo
def post_photo(
    *, post: rx.Var[PostCard], sizes: rx.Var[str], aspect: rx.Var[float], eager: rx.Var[bool]
) -> rx.Component:
    """The photo of a post: a double tap likes it, and never takes a like back.

    The heart button and the `l` key do the same for people without a pointer. `aspect` is the ratio it is
    cropped to, 0 for none.
    """
    last = ref("last", 0)
    burst, set_burst = state("burst", 0)
    override, describe = state("described", None)
    described = let(default(override, latest_choice(IMAGE_DESCRIPTIONS) == ON))

    def like() -> Js:
        burst_again = set_burst(lambda number: number + 1)
        return when(SessionState.signed_in, [like_once(post), burst_again], to_login())

    def tap(event: Js) -> Js:
        double = photos.is_double(event.timeStamp, last.current)
        first, second = assign(last, current=event.timeStamp), [assign(last, current=0), like()]
        return when(~event.target.closest("button"), when(double, second, first))

    return rx.el.div(
        picture(
            photo=post.photo,
            alt=rx.cond(post.photo.alt == "", f"Photo by {post.username}", post.photo.alt),
            sizes=sizes,
            eager=eager,
        ),
        rx.cond(
            post.photo.alt == "",
            rx.fragment(),
            rx.fragment(
                _alt_button(described, describe),
                rx.cond(described, _description(post.photo.alt, describe), rx.fragment()),
            ),
        ),
        rx.el.span(
            icon("heart", 104),
            # A new key makes a new element, which restarts the animation.
            key=burst,
            class_name=rx.cond(burst > 0, "ic-burst is-on", "ic-burst"),
            aria_hidden="true",
        ),
        role="group",
        aria_label="Photos",
        class_name="ic-media",
        **dom(
            aria_roledescription="carousel",
            style={"--ph": f'url("{post.photo.placeholder}")', "--ar": when(aspect, aspect, None)},
            on_click=tap,
        ),
    )


def _alt_button(described: Js, describe: Js) -> rx.Component:
    return rx.el.button(
        type="button",
        class_name="ic-media-alt",
        aria_label="Show image description",
        aria_expanded=described,
        **dom(on_click=lambda: describe(~described)),
    )


def _description(alt: Any, describe: Js) -> rx.Component:
    return rx.el.p(
        rx.el.span(alt, dir="auto"),
        rx.el.button(
            icon("x", 18),
            type="button",
            class_name="ic-iconbtn is-sm",
            aria_label="Hide image description",
            **dom(on_click=lambda: describe(False)),
        ),
        class_name="ic-media-desc",
    )
