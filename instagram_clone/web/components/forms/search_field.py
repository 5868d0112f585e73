"""The field to search with, wherever there is one."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import dom
from instagram_clone.web.browser.discovery.searching import Typed
from instagram_clone.web.components.elements.basics import icon


def search_field(
    field: Typed, label: str, *beside: rx.Component, placeholder: str = "", **more: Any
) -> rx.Component:
    """A field that says what is searched for there, with a magnifier before it and what stands `beside` it.

    `field` is of `typed`, whose effects are the caller's to place. `more` are properties of the control.
    """
    return rx.el.label(
        icon("search", 20),
        rx.el.input(
            type="search",
            aria_label=label,
            placeholder=placeholder or label,
            class_name="ic-input",
            **dom(**more, **field.props),
        ),
        *beside,
        class_name="ic-search",
    )
