"""The field to search with, wherever there is one."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import Js, dom
from instagram_clone.web.browser.discovery.searching import Typed
from instagram_clone.web.components.elements.basics import icon


def search_field(
    field: Typed,
    label: str,
    box: Js,
    *,
    hint: rx.Component | None = None,
    placeholder: str = "",
    **more: Any,
) -> rx.Component:
    """A field that says what is searched for there, with a magnifier before it, and after it a button that
    empties it, or a `hint` while it is empty.

    `field` is of `typed`, whose effects are the caller's to place, `box` the ref of the control. `more` are
    properties of that.
    """
    return rx.el.label(
        icon("search", 20),
        rx.el.input(
            type="search",
            aria_label=label,
            placeholder=placeholder or label,
            class_name="ic-input",
            **dom(ref=box, **more, **field.props),
        ),
        rx.cond(
            field.text == "",
            hint or rx.fragment(),
            rx.el.button(
                icon("circle-x", 20),
                type="button",
                aria_label="Clear search",
                class_name="ic-iconbtn is-sm is-muted ic-clear",
                **dom(on_click=lambda: [field.write(""), box.current.focus()]),
            ),
        ),
        class_name="ic-search",
    )
