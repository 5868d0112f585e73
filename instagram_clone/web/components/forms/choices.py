"""Switches and the theme: controls that take effect at once."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import default, delay, dom, effect, js, let, state, use, when
from instagram_clone.web.browser.layers import toasts
from instagram_clone.web.browser.page.connection import LOST_MS, connection_id
from instagram_clone.web.browser.page.theme import device_theme, opposite
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.layout.layers import menu_item
from instagram_clone.web.device import SYSTEM

_THEMES = ((SYSTEM, "System"), ("light", "Light"), ("dark", "Dark"))


@rx.memo
def switch(*, label: rx.Var[str], on: rx.Var[bool | None], turn: rx.Var[Any]) -> rx.Component:
    """A switch that turns at once, and back if the server refuses or the connection is lost; `turn` is
    called with the new value.

    It is disabled while `on` is null or undefined, as there is no known value to toggle.
    """
    wanted, set_wanted = state("wanted", None)
    refused = let(toasts.latest_error(toasts.waiting()).id)
    is_on = let(default(wanted, on))
    drop_lost = set_wanted(lambda now: when(now == wanted, None, now))
    return rx.el.button(
        effect(lambda: when(js(on) == wanted, set_wanted(None)), on, wanted),
        effect(lambda: when(refused, set_wanted(None)), refused),
        # After a tap that was lost with its connection, `on` never changes.
        effect(lambda: delay(LOST_MS, lambda: drop_lost), connection_id()),
        type="button",
        role="switch",
        class_name="ic-switch",
        aria_label=label,
        aria_checked=default(is_on, False),
        disabled=default(is_on, None) == None,  # noqa: E711
        **dom(on_click=lambda: [set_wanted(~is_on), js(turn)(~is_on)]),
    )


@rx.memo
def theme_choice() -> rx.Component:
    """The theme of this device: the system's, light or dark."""
    theme, group = device_theme(), use("useId")

    def choice(mode: str, label: str) -> rx.Component:
        chosen = dom(checked=theme.rawColorMode == mode, on_change=lambda: theme.setColorMode(mode))
        return rx.el.label(
            rx.el.img(src=f"/theme-{mode}.svg", alt="", **dom(width=200, height=124)),
            rx.el.span(rx.el.input(type="radio", name=group, class_name="ic-radio", **chosen), label),
            class_name="ic-theme",
        )

    return rx.el.div(
        *[choice(mode, label) for mode, label in _THEMES],
        class_name="ic-themes",
        role="radiogroup",
        aria_label="Theme",
    )


@rx.memo
def theme_item() -> rx.Component:
    """The menu item that switches between light and dark."""
    theme = device_theme()
    return menu_item(
        icon("sun-moon", 20),
        "Switch appearance",
        **dom(on_click=lambda: theme.setColorMode(opposite(theme))),
    )
