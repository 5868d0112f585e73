"""The field of a password. What is typed stays in it until the form is sent."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.domain.passwords import MIN_CHARACTERS
from instagram_clone.web.browser.core import Js, dom, js, let, state
from instagram_clone.web.browser.passwords import LEVELS, is_short, strength
from instagram_clone.web.components.basics import icon
from instagram_clone.web.components.fields import described, error_or, field, hint

_ADVICE = (
    f"Use at least {MIN_CHARACTERS} characters; a short sentence works well.",
    "Weak. Use at least 10 characters; a short sentence works well.",
    "Fair. A few more characters make it hard to guess.",
    "Good. One more word makes it strong.",
    "Strong. Easy to remember, hard to guess.",
)


def password_field(error: Any, *, typed: Js) -> rx.Component:
    """The password of an account. `typed` is called with the field's name as it is written in."""
    return _field(error, rx.fragment(), "current-password", on_input=lambda _: typed("password"))


def new_password_field(error: Any, *, typed: Js) -> rx.Component:
    """A password to be, with how strong it is; too short a one is spoken of once its field was left."""
    level, set_level = state("level", 0)
    short, set_short = state("short", False)

    def judge(event: Js) -> list[Any]:
        now = event.target.value
        return [typed("password"), set_level(strength(now)), set_short(short & is_short(now))]

    return _field(
        let(js(error) | (short & f"Use at least {MIN_CHARACTERS} characters.")),
        hint("password", js(_ADVICE)[level]),
        "new-password",
        meter=_meter(level),
        on_input=judge,
        on_blur=lambda event: set_short(is_short(event.target.value)),
    )


def _field(
    error: Any, note: rx.Component, auto_complete: str, meter: rx.Component | None = None, **events: Any
) -> rx.Component:
    shown, set_shown = state("shown", False)
    caps, set_caps = state("caps", False)
    return field(
        "password",
        "Password",
        rx.el.span(
            rx.el.input(
                name="password",
                type=rx.cond(shown, "text", "password"),
                auto_complete=auto_complete,
                auto_capitalize="none",
                spell_check=False,
                required=True,
                class_name="ic-input",
                **described("password", error, by_hint=meter is not None or caps),
                **dom(on_key_up=lambda event: set_caps(event.getModifierState("CapsLock")), **events),
            ),
            rx.el.button(
                rx.cond(shown, icon("eye-off", 20), icon("eye", 20)),
                type="button",
                class_name="ic-iconbtn is-muted ic-input-end",
                aria_label=rx.cond(shown, "Hide password", "Show password"),
                aria_pressed=shown,
                **dom(on_click=lambda: set_shown(~shown)),
            ),
            class_name="ic-inputwrap",
        ),
        rx.fragment() if meter is None else meter,
        error_or("password", error, rx.cond(caps, hint("password", "Caps lock is on"), note)),
    )


def _meter(level: Js) -> rx.Component:
    return rx.el.span(
        *[rx.el.i() for _ in LEVELS[1:]],
        aria_label="Password strength",
        aria_valuemin=0,
        aria_valuemax=len(LEVELS) - 1,
        aria_valuenow=level,
        aria_valuetext=js(LEVELS)[level],
        class_name="ic-strength",
        **dom(role="meter", data_level=level),
    )
