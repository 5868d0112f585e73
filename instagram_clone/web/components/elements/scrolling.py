"""Lists that load more as the reader scrolls, or on request."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import (
    Js,
    assign,
    dom,
    fn,
    js,
    layout_effect,
    listen,
    name,
    ref,
    use,
    when,
    window,
)
from instagram_clone.web.browser.layers.focus import FIRST, NEXT, focus_handoff
from instagram_clone.web.browser.page.facts import learn, peek

AHEAD = "800px"
"""More of a list is loaded once its end is within this distance below the viewport."""

_ROWS = "li, .ic-notif, [role=option], [data-row]"
"""The rows of a paged list."""


class InView(rx.Component):
    """An element that reports when it enters or leaves the viewport, or a margin around it."""

    library = "react-intersection-observer@11.0.1"
    tag = "InView"
    root_margin: rx.Var[str]


def load_more(reads: Any, load: Any) -> rx.Component:
    """The end of a list: sends the event `load` as it approaches the viewport.

    It gets a new key with every read, counted by `reads`, so an end that is still near loads again: even
    after a page without rows, or on a new connection after the event was lost with the old one.
    """
    return InView.create(
        key=reads.to_string(),
        root_margin=AHEAD,
        **dom(aria_hidden=True, on_change=lambda near: when(near, load)),
    )


def paged(
    rows: rx.Component, *, done: Any, more: Any, past_start: Any, load_first: Any, first: str
) -> rx.Component:
    """A list with a "Show more" button. If its first rows have been dropped (`past_start`), a button
    labelled `first` above it loads them again.
    """

    def button(words: str, event: Any, place: str) -> rx.Component:
        look = "ic-btn is-ghost is-block"
        return list_button(words=words, look=look, act=fn(lambda: event), rows=_ROWS, place=place)

    return rx.fragment(
        rx.cond(past_start, button(first, load_first, FIRST), rx.fragment()),
        rows,
        rx.cond(done, rx.fragment(), button("Show more", more, NEXT)),
    )


@rx.memo
def list_button(
    *,
    words: rx.Var[str],
    look: rx.Var[str],
    act: rx.Var[Any],
    rows: rx.Var[str],
    place: rx.Var[str],
    within: rx.Var[str] = "",
) -> rx.Component:
    """A button at an end of a list that disappears once it has done its work.

    The focus then moves to the row at `place`, among the rows matching the selector `rows` inside the
    nearest ancestor matching `within`, or inside the parent if `within` is empty.
    """
    button = ref("button")
    remember, focus_effect = focus_handoff(button, js(within), js(rows), js(place))
    return rx.fragment(
        focus_effect,
        rx.el.button(
            words,
            type="button",
            class_name=look,
            **dom(ref=button, on_click=lambda: [remember(), js(act)()]),
        ),
    )


@rx.memo
def scroll_restoration(*, shown: rx.Var[int]) -> rx.Component:
    """Restore the scroll position of a list the reader comes back to, though it loads page by page.

    It scrolls again each time the list grows, since the router's own attempt comes before the first page
    has loaded, and stops once the reader scrolls, taps or types. `shown` is the length of the list.
    """
    key = use("useLocation", library="react-router").key
    place, target = fact_keys.scroll_key(key), ref("target", None)

    def start() -> list[object]:
        return [assign(target, current=peek(place)), lambda: learn({place: window.scrollY})]

    def restore() -> list[Js]:
        return [when(target.current, window.scrollTo(0, target.current)), name("undefined")]

    return rx.fragment(
        layout_effect(start, key),
        layout_effect(restore, key, shown),
        *[
            listen(lambda: window, event, lambda _: assign(target, current=None))
            for event in ("wheel", "touchstart", "pointerdown", "keydown")
        ],
    )
