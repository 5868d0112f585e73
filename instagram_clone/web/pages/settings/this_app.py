"""Appearance and notifications."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.browser.core import when
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.forms.choices import theme_choice
from instagram_clone.web.device import IMAGE_DESCRIPTIONS, LETTER_KEYS, OFF, ON, REDUCED_MOTION
from instagram_clone.web.pages.settings.frame import settings_page, switch_row
from instagram_clone.web.states.people.account import SettingsState
from instagram_clone.web.states.ui import UIState


def appearance() -> rx.Component:
    """How this device looks, moves and takes keys."""
    return settings_page(
        "Appearance",
        "How Instaclone looks on this device.",
        rx.el.div(
            rx.el.h2("Theme", class_name="ic-card-title"),
            theme_choice(),
            class_name="ic-card",
        ),
        rx.el.div(
            _device_switch(
                "Reduce motion",
                "Stills instead of animations. Your system's own setting counts as well.",
                REDUCED_MOTION,
                UIState.reduced_motion,
            ),
            _device_switch(
                "Always show alt text",
                "Show the description on each photo.",
                IMAGE_DESCRIPTIONS,
                UIState.image_descriptions,
            ),
            _device_switch(
                "Single-letter keys",
                "Like, comment, move on and more with one key. The ? key lists them.",
                LETTER_KEYS,
                UIState.letter_keys,
            ),
            class_name="ic-card",
        ),
        address=routes.SETTINGS_APPEARANCE,
    )


def _device_switch(name: str, text: str, preference: str, choice: rx.Var[str]) -> rx.Component:
    return switch_row(name, text, choice == ON, lambda on: UIState.prefer(preference, when(on, ON, OFF)))


def notifications() -> rx.Component:
    """Of what one is told, and of whom."""
    kinds = (
        ("like", "Likes"),
        ("comment_like", "Comment liked"),
        ("comment", "Comments"),
        ("reply", "Replies"),
        ("mention", "Mentions"),
        ("follow", "New followers"),
    )
    return settings_page(
        "Notifications",
        "Choose what we tell you about.",
        rx.el.div(*[_rule(kind, name) for kind, name in kinds], class_name="ic-card"),
        address=routes.SETTINGS_NOTIFICATIONS,
    )


def _rule(kind: str, name: str) -> rx.Component:
    choices = (("everyone", "From everyone"), ("following", "From people I follow"), ("off", "Off"))
    return rx.el.div(
        rx.el.label(rx.el.span(name), html_for=f"rule-{kind}", class_name="ic-setrow-text"),
        rx.el.span(
            rx.el.select(
                *[rx.el.option(label, value=value) for value, label in choices],
                id=f"rule-{kind}",
                value=SettingsState.alert_rules[kind],
                on_change=lambda rule: SettingsState.set_alert_rule(kind, rule),
                class_name="ic-select",
            ),
            icon("chevron-down", 20),
            class_name="ic-selectwrap ic-rule",
        ),
        class_name="ic-setrow",
    )
