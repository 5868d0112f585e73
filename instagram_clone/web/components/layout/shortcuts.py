"""Keyboard shortcuts on every page, and the list of them."""

from __future__ import annotations

import reflex as rx

from instagram_clone.web.browser.core import dom, listen, window
from instagram_clone.web.browser.layers import overlays
from instagram_clone.web.browser.page.shortcuts import run_shortcut
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.layout.layers import dialog, dialog_head, menu_item
from instagram_clone.web.components.layout.overlays import overlay
from instagram_clone.web.device import SHORTCUTS

_KEYS = (
    (
        "Feed",
        (
            ("Next post", "j"),
            ("Previous post", "k"),
            ("Like or unlike", "l"),
            ("Save or remove", "s"),
            ("Open post", "Enter"),
            ("Comment", "c"),
        ),
    ),
    ("Anywhere", (("Search", "/"), ("Create", "n"), ("Close", "Esc"), ("This list", "?"))),
)


@rx.memo
def shortcuts() -> rx.Component:
    """The shortcuts of a page, and the dialog that lists them."""
    shortcuts_overlay = overlay(SHORTCUTS)
    return rx.fragment(
        shortcuts_overlay.effects,
        listen(lambda: window, "keydown", run_shortcut),
        rx.cond(
            shortcuts_overlay.is_open,
            dialog(
                rx.fragment(
                    dialog_head("Keyboard shortcuts", shortcuts_overlay.close),
                    rx.el.div(
                        rx.el.div(*[_group(name, keys) for name, keys in _KEYS], class_name="ic-keys"),
                        class_name="ic-dialog-body",
                    ),
                ),
                label="Keyboard shortcuts",
                width="640px",
                close=shortcuts_overlay.close,
            ),
            rx.fragment(),
        ),
    )


def _group(name: str, keys: tuple[tuple[str, str], ...]) -> rx.Component:
    rows = [rx.el.div(rx.el.dt(what), rx.el.dd(rx.el.kbd(key, class_name="ic-kbd"))) for what, key in keys]
    return rx.el.div(rx.el.h3(name, class_name="ic-overline"), rx.el.dl(*rows))


@rx.memo
def shortcuts_item() -> rx.Component:
    """The menu item that opens the list of shortcuts."""
    return menu_item(
        icon("keyboard", 20),
        "Keyboard shortcuts",
        rx.el.span("?", class_name="ic-end", aria_hidden="true"),
        **dom(on_click=overlays.open_shortcuts),
    )
