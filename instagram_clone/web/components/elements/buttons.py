"""Buttons used on many screens: copy a link, go back, create a post."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.browser.core import dom, name, use, when, window
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
