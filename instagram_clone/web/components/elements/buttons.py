"""Buttons used on many screens: copy a link, go back, create a post, remove a row."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.browser.core import dom, js, name, ref, use, when, window
from instagram_clone.web.browser.layers.focus import focus_neighbour
from instagram_clone.web.browser.layers.overlays import open_composer
from instagram_clone.web.browser.page.clipboard import copy_link
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.layout.layers import menu_item


@rx.memo
def copy_link_button(*, words: rx.Var[str], path: rx.Var[str], look: rx.Var[str]) -> rx.Component:
    """A button that copies the link of a page."""
    return rx.el.button(words, type="button", class_name=look, **dom(on_click=lambda: copy_link(path)))


@rx.memo
def copy_link_item(*, path: rx.Var[str]) -> rx.Component:
    """A menu item that copies the link of a page."""
    return menu_item(icon("link", 20), "Copy link", **dom(on_click=lambda: copy_link(path)))


@rx.memo
def back_button() -> rx.Component:
    """Back to the previous page, or home if there is none."""
    navigate = use("useNavigate", library="react-router")
    return rx.el.button(
        icon("chevron-left"),
        type="button",
        aria_label="Back",
        class_name="ic-iconbtn",
        **dom(on_click=lambda: when(window.history.state.idx > 0, navigate(-1), navigate(routes.HOME))),
    )


@rx.memo
def create_button(
    children: rx.Var[rx.Component], *, look: rx.Var[str], label: rx.Var[str] = ""
) -> rx.Component:
    """A button that opens the composer."""
    return rx.el.button(
        children,
        type="button",
        class_name=look,
        aria_label=rx.cond(label == "", name("undefined"), label),
        aria_haspopup="dialog",
        **dom(on_click=open_composer),
    )


@rx.memo
def remove_button(
    *, words: rx.Var[str], label: rx.Var[str], look: rx.Var[str], act: rx.Var[Any]
) -> rx.Component:
    """A button that disappears, usually with its row, once the server has done what it asks for.

    Rows without a link must be focusable, and have `data-row` unless they are list items.
    """
    button = ref("button")
    return rx.fragment(
        focus_neighbour(button),
        rx.el.button(
            words,
            type="button",
            aria_label=label,
            class_name=look,
            **dom(ref=button, on_click=lambda: js(act)()),
        ),
    )
