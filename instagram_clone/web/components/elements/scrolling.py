"""Lists that go on while one scrolls, or asks for more."""

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
from instagram_clone.web.browser.layers.focus import FIRST, NEXT, handed_on
from instagram_clone.web.browser.page.facts import learn, peek

AHEAD = "800px"
"""So far below the window the end of a list may be when more of it is loaded."""

_ROWS = "li, .ic-notif, [role=option]"
"""The rows of a list in pages."""


class InView(rx.Component):
    """An element that says when it comes into view, or near it, and when it leaves."""

    library = "react-intersection-observer@11.0.1"
    tag = "InView"
    root_margin: rx.Var[str]


def load_more(shown: Any, load: Any) -> rx.Component:
    """The end of a list: sends the event `load` as it comes near.

    It is a new one whenever the list has grown: one that is still near then loads on.
    """
    return InView.create(
        key=shown.length().to_string(),
        root_margin=AHEAD,
        **dom(aria_hidden=True, on_change=lambda near: when(near, load)),
    )


def paged(
    rows: rx.Component, *, done: Any, more: Any, past_start: Any, load_first: Any, first: str
) -> rx.Component:
    """A list that goes on when it is asked to. One that has let go of its first rows, `past_start`, has a
    button above it, called `first`, that begins it again.
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
    """A button at an end of a list that goes away once it has done its work.

    The focus then goes to the row at a `place`, among those that fit the selector `rows` within the nearest
    box that fits `within`, or else in the parent.
    """
    button = ref("button")
    note, handing_on = handed_on(button, js(within), js(rows), js(place))
    return rx.fragment(
        handing_on,
        rx.el.button(
            words,
            type="button",
            class_name=look,
            **dom(ref=button, on_click=lambda: [note(), js(act)()]),
        ),
    )


@rx.memo
def kept_place(*, shown: rx.Var[int]) -> rx.Component:
    """Who comes back to a list finds their place in it, though its pages are read one after another.

    The router goes there when the first is not there yet. `shown` is how long the list is; what somebody
    does from then on goes before.
    """
    key = use("useLocation", library="react-router").key
    place, wanted = fact_keys.place_key(key), ref("wanted", None)

    def begin() -> list[object]:
        return [assign(wanted, current=peek(place)), lambda: learn({place: window.scrollY})]

    def go() -> list[Js]:
        return [when(wanted.current, window.scrollTo(0, wanted.current)), name("undefined")]

    return rx.fragment(
        layout_effect(begin, key),
        layout_effect(go, key, shown),
        *[
            listen(lambda: window, done, lambda _: assign(wanted, current=None))
            for done in ("wheel", "touchstart", "pointerdown", "keydown")
        ],
    )
