"""Appearance and notification settings."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.browser.core import default, when
from instagram_clone.web.browser.page.device import choose, latest_choice
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.forms.choices import theme_choice
from instagram_clone.web.device import IMAGE_DESCRIPTIONS, LETTER_KEYS, OFF, ON, REDUCED_MOTION
from instagram_clone.web.pages.settings.frame import settings_page, switch_row
from instagram_clone.web.states.people.account import SettingsState


def appearance() -> rx.Component:
    """Look, motion and keyboard shortcuts on this device."""
    return settings_page(
        "Appearance",
        "How Instaclone looks on this device.",
        rx.el.div(
            rx.el.h2("Theme", class_name="ic-card-title"),
            theme_choice(),
            class_name="ic-card",
        ),
        rx.el.div(
            device_switch(
                label="Reduce motion",
                text="Turn off animations. Your system's setting applies as well.",
                preference=REDUCED_MOTION,
                usual=OFF,
            ),
            device_switch(
                label="Always show alt text",
                text="Show the description on each photo.",
                preference=IMAGE_DESCRIPTIONS,
                usual=OFF,
            ),
            device_switch(
                label="Single-letter keys",
                text="Like, comment, go to the next post and more with one key. The ? key lists them.",
                preference=LETTER_KEYS,
                usual=ON,
            ),
            class_name="ic-card",
        ),
        address=routes.SETTINGS_APPEARANCE,
    )


@rx.memo
def device_switch(
    *, label: rx.Var[str], text: rx.Var[str], preference: rx.Var[str], usual: rx.Var[str]
) -> rx.Component:
    """A switch for this device only; `usual` is its position until something is chosen."""
    on = default(latest_choice(preference), usual) == ON
    return switch_row(label, text, on, lambda is_on: choose(preference, when(is_on, ON, OFF)))


def notifications() -> rx.Component:
    """Which notifications the viewer gets, and about whose actions."""
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
        "Choose what we notify you about.",
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
