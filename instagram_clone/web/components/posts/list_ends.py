"""Both ends of a list of posts: how it goes on, and the way back where it does not begin at the newest."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import assign, document, js, layout_effect, name, ref, when, window
from instagram_clone.web.components.elements.scrolling import load_more
from instagram_clone.web.states.posts.timeline import MAX_POSTS, TimelineState


def list_begin() -> rx.Component:
    """Above the posts: the way back to the newest, where others come before these."""
    return rx.fragment(
        _turned(part=TimelineState.part),
        rx.cond(
            TimelineState.part > 0,
            _button("Show the newest posts", TimelineState.newest),
            rx.fragment(),
        ),
    )


def list_end(*waiting: rx.Component) -> rx.Component:
    """Below the posts of a list that goes on: its next page comes by itself, until the screen is full."""
    return rx.cond(
        TimelineState.posts.length() < MAX_POSTS,
        rx.fragment(load_more(TimelineState.posts, TimelineState.more), *waiting),
        _button("Show older posts", TimelineState.older),
    )


def _button(words: str, event: Any) -> rx.Component:
    return rx.el.div(
        rx.el.button(words, type="button", class_name="ic-btn", on_click=event), class_name="ic-listend"
    )


@rx.memo
def _turned(*, part: rx.Var[int]) -> rx.Component:
    """Begin at the top when another part of the list comes in place of the one on screen.

    With the button that was pressed goes what was focused: keys go on at the main part of the page.
    """
    before = ref("before", js(part))
    lost = document.activeElement == document.body
    main = document.querySelector("main")
    return rx.fragment(
        layout_effect(
            lambda: [
                when(
                    before.current != js(part),
                    [window.scrollTo(0, 0), when(lost, main.focus({"preventScroll": True}))],
                ),
                assign(before, current=part),
                name("undefined"),
            ],
            part,
        )
    )
