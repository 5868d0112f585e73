"""Lists that go on while one scrolls."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import dom, when

AHEAD = "800px"
"""So far below the window the end of a list may be when more of it is loaded."""


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
