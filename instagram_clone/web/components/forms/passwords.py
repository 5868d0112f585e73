"""Password fields. The server rates a new password as it is typed; no state ever holds it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone import routes
from instagram_clone.domain.people.credentials.passwords import MIN_CHARACTERS
from instagram_clone.web.browser.core import Js, after, dom, js, let, listen, ref, state, when
from instagram_clone.web.browser.forms import passwords
from instagram_clone.web.browser.forms.passwords import LEVELS, PAUSE_MS, is_short
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.forms.fields import aria_props, error_or, field, hint

_ADVICE = (
    f"Use at least {MIN_CHARACTERS} characters; a short sentence works well.",
    f"Weak. Use at least {MIN_CHARACTERS} characters; a short sentence works well.",
    "Fair. A few more characters make it hard to guess.",
    "Good. One more word makes it strong.",
    "Strong. Easy to remember, hard to guess.",
)


def password_field(
    error: Any, *, typed: Js, key: str = "password", label: str = "Password", forgot: bool = True
) -> rx.Component:
    """The field for an account's password. `typed` is called with the field's name on input."""
    # After the field in tab order, since people head for the field; displayed above it.
    forgot_link = rx.el.a("Forgot it?", href=routes.FORGOT, class_name="ic-link ic-field-aside")
    return _field(
        key,
        label,
        error,
        rx.fragment(),
        "current-password",
        forgot_link if forgot else rx.fragment(),
        on_input=lambda _: typed(key),
    )


def new_password_field(error: Any, *, typed: Js, label: str = "Password") -> rx.Component:
    """The field for a new password, with its strength; a short one is reported only on leaving the field.

    The server is asked while the field has the focus. Its verdict also depends on the rest of the form: the
    password must not be the person's name.
    """
    box = ref("password_box")
    text, set_text = state("text", "")
    about, set_about = state("about", "")
    verdict, set_verdict = state("verdict", {})
    is_focused, set_focused = state("is_focused", False)
    is_reported, set_reported = state("is_reported", False)
    form = box.current.form
    level = let(passwords.level(text, about, verdict))

    def read_fields() -> list[Any]:
        return [set_text(box.current.value), set_about(passwords.judged_input(form))]

    def request_verdict() -> Js:
        should_ask = is_focused & (text != "") & ~is_short(text) & (verdict.about != about)
        # Without an answer the strength stays unrated, and the password is judged on submission.
        return when(
            should_ask, passwords.request_verdict(form, about).then(set_verdict).catch(lambda _: None)
        )

    def change(event: Js) -> list[Any]:
        return [typed("password"), set_reported(is_reported & is_short(event.target.value))]

    return _field(
        "password",
        label,
        let(js(error) | (is_reported & f"Use at least {MIN_CHARACTERS} characters.")),
        hint(
            "password", when((level == passwords.WEAK) & ~is_short(text), verdict.why, js(_ADVICE)[level])
        ),
        "new-password",
        rx.fragment(
            listen(lambda: box.current.form, "input", read_fields),
            after(PAUSE_MS, request_verdict, text, about, is_focused),
        ),
        meter=_meter(level),
        ref=box,
        on_input=change,
        on_focus=lambda: [set_focused(True), read_fields()],
        on_blur=lambda event: [set_focused(False), set_reported(is_short(event.target.value))],
    )


def _field(
    key: str,
    label: str,
    error: Any,
    note: rx.Component,
    auto_complete: str,
    aside: rx.Component,
    meter: rx.Component | None = None,
    **events: Any,
) -> rx.Component:
    is_shown, set_is_shown = state(f"{key}_shown", False)
    caps, set_caps = state(f"{key}_caps", False)
    thing = label[0].lower() + label[1:]
    return field(
        key,
        label,
        rx.el.span(
            rx.el.input(
                name=key,
                type=rx.cond(is_shown, "text", "password"),
                auto_complete=auto_complete,
                auto_capitalize="none",
                spell_check=False,
                required=True,
                class_name="ic-input",
                **aria_props(key, error, by_hint=meter is not None or caps),
                **dom(on_key_up=lambda event: set_caps(event.getModifierState("CapsLock")), **events),
            ),
            rx.el.button(
                rx.cond(is_shown, icon("eye-off", 20), icon("eye", 20)),
                type="button",
                class_name="ic-iconbtn is-muted ic-input-end",
                aria_label=rx.cond(is_shown, f"Hide {thing}", f"Show {thing}"),
                aria_pressed=is_shown,
                **dom(on_click=lambda: set_is_shown(~is_shown)),
            ),
            class_name="ic-inputwrap",
        ),
        aside,
        rx.fragment() if meter is None else meter,
        error_or(key, error, rx.cond(caps, hint(key, "Caps lock is on"), note)),
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
