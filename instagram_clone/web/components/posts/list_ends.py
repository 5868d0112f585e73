"""Both ends of a list of posts: loading more, and returning to the newest."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import assign, fn, js, layout_effect, name, ref, when, window
from instagram_clone.web.browser.layers.focus import NEXT, focus_main_if_lost
from instagram_clone.web.components.elements.scrolling import list_button, load_more
from instagram_clone.web.states.posts.timeline import MAX_POSTS, TimelineState


def list_start() -> rx.Component:
    """Above the posts: a button back to the newest, if there are posts before these."""
    return rx.fragment(
        _scroll_to_top(part=TimelineState.part),
        rx.cond(
            TimelineState.part > 0,
            _button("Show the newest posts", TimelineState.newest),
            rx.fragment(),
        ),
    )


def list_end(*placeholders: rx.Component) -> rx.Component:
    """Below a list that continues: loads the next page by itself, or shows a button at MAX_POSTS posts.

    After a failure there is a button too, so that a page that cannot be read is not requested endlessly.
    """
    retry = list_button(
        words="Try again",
        look="ic-btn",
        act=fn(lambda: TimelineState.more),
        within="main",
        rows="article[data-post], .ic-tile",
        place=NEXT,
    )
    return rx.cond(
        TimelineState.posts.length() < MAX_POSTS,
        rx.cond(
            TimelineState.stalled,
            rx.el.div(retry, class_name="ic-listend"),
            rx.fragment(load_more(TimelineState.reads, TimelineState.more), *placeholders),
        ),
        _button("Show older posts", TimelineState.older),
    )


def _button(words: str, event: Any) -> rx.Component:
    return rx.el.div(
        rx.el.button(words, type="button", class_name="ic-btn", on_click=event), class_name="ic-listend"
    )


@rx.memo
def _scroll_to_top(*, part: rx.Var[int]) -> rx.Component:
    """Scroll to the top when another part of the list replaces the one on screen.

    The pressed button is gone then, and the focus with it, so the focus moves to the main part of the page.
    """
    previous_part = ref("previous_part", js(part))
    return rx.fragment(
        layout_effect(
            lambda: [
                when(
                    previous_part.current != js(part),
                    [window.scrollTo(0, 0), focus_main_if_lost()],
                ),
                assign(previous_part, current=part),
                name("undefined"),
            ],
            part,
        )
    )
