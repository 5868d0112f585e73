"""The frame of the settings: the list of sections, the open section, and a row with a switch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.browser.core import Js, fn
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.forms.choices import switch
from instagram_clone.web.components.layout.shell import shell

_SECTIONS = (
    (
        "Your account",
        (
            ("Account", "user", routes.SETTINGS_ACCOUNT),
            ("Edit profile", "pencil", routes.SETTINGS_PROFILE),
            ("Privacy", "lock", routes.SETTINGS_PRIVACY),
            ("Security", "shield", routes.SETTINGS_SECURITY),
            ("Blocked accounts", "ban", routes.SETTINGS_BLOCKED),
        ),
    ),
    (
        "This app",
        (
            ("Appearance", "sun-moon", routes.SETTINGS_APPEARANCE),
            ("Notifications", "bell", routes.SETTINGS_NOTIFICATIONS),
        ),
    ),
)


def settings_page(title: str, sentence: str, *content: rx.Component, address: str) -> rx.Component:
    """A section of the settings, beside the list of all sections."""
    class_name = "ic-settings is-index" if address == routes.SETTINGS else "ic-settings"
    return shell(
        rx.el.div(
            _nav(address),
            rx.el.section(
                rx.el.header(rx.el.h2(title, class_name="ic-h1"), rx.el.p(sentence)),
                *content,
                class_name="ic-setmain",
            ),
            class_name=class_name,
        ),
        title=f"{title} · Instaclone",
        back="Settings" if address == routes.SETTINGS else title,
        headed=True,
    )


def _nav(address: str) -> rx.Component:
    parts: list[rx.Component] = [rx.el.h1("Settings", class_name="ic-h1")]
    for name, links in _SECTIONS:
        parts.append(rx.el.h2(name, class_name="ic-overline"))
        for label, tag, href in links:
            here = href == address or (address == routes.SETTINGS and href == routes.SETTINGS_ACCOUNT)
            parts.append(
                rx.el.a(
                    icon(tag, 20),
                    label,
                    rx.el.span(icon("chevron-right", 20), class_name="ic-chev"),
                    href=href,
                    class_name="ic-setlink",
                    custom_attrs={"aria-current": "page"} if here else {},
                )
            )
    return rx.el.nav(*parts, class_name="ic-setnav", aria_label="Settings")


def switch_row(name: Any, text: Any, on: Any, turn: Callable[[Js], Any]) -> rx.Component:
    """A switch with its name and explanation; `turn` is called with the new value."""
    return rx.el.div(
        rx.el.span(rx.el.span(name), rx.el.span(text), class_name="ic-setrow-text"),
        switch(label=name, on=on, turn=fn(turn)),
        class_name="ic-setrow",
    )
