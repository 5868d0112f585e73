"""The search field, wherever there is one."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import Js, dom
from instagram_clone.web.browser.discovery.searching import SearchInput
from instagram_clone.web.components.elements.basics import icon


def search_field(
    field: SearchInput,
    label: str,
    box: Js,
    *,
    hint: rx.Component | None = None,
    placeholder: str = "",
    **more: Any,
) -> rx.Component:
    """A labelled search field with a magnifier, and a clear button, or a `hint` while it is empty.

    `field` comes from `search_input`, whose effects the caller places. `box` is the ref of the input, and
    `more` are further properties of it.
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
