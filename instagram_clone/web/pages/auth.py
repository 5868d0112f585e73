"""Log in and sign up."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.web import islands
from instagram_clone.web.components.basics import logo
from instagram_clone.web.components.toasts import toaster
from instagram_clone.web.states.account import SignUpState
from instagram_clone.web.states.session import SessionState

_LOGIN = [
    {"name": "login", "label": "Username or email", "type": "text", "autocomplete": "username"},
    {"name": "password", "label": "Password", "type": "password", "autocomplete": "current-password"},
]
_SIGN_UP = [
    {"name": "email", "label": "Email", "type": "email", "autocomplete": "email"},
    {"name": "name", "label": "Full name", "type": "text", "autocomplete": "name"},
    {"name": "username", "label": "Username", "type": "text", "autocomplete": "username"},
    {
        "name": "password",
        "label": "Password",
        "type": "password",
        "autocomplete": "new-password",
        "meter": True,
    },
]


def log_in() -> rx.Component:
    """The log-in page."""
    return _page(
        "Log in · Instaclone",
        islands.AuthForm.create(
            _intro("Welcome back", "Log in to see what your people are looking at."),
            rx.el.p(
                "New here? ",
                islands.KeepNext.create("Create an account", to=routes.SIGN_UP, class_name="ic-link"),
                class_name="ic-auth-alt",
            ),
            label="Log in",
            action=routes.API_LOGIN,
            button="Log in",
            fields=_LOGIN,
        ),
    )


def sign_up() -> rx.Component:
    """The sign-up page."""
    return _page(
        "Create an account · Instaclone",
        islands.AuthForm.create(
            _intro("Create your account", "Free, open source and without ads."),
            rx.el.p(
                "Have an account? ",
                islands.KeepNext.create("Log in", to=routes.LOGIN, class_name="ic-link"),
                class_name="ic-auth-alt",
            ),
            label="Create an account",
            action=routes.API_SIGN_UP,
            button="Create account",
            fields=_SIGN_UP,
            errors={
                "email": SignUpState.email_error,
                "name": SignUpState.name_error,
                "username": SignUpState.username_error,
            },
            free=SignUpState.username_free,
            on_email=SignUpState.check_email,
            on_name=SignUpState.check_name,
            on_username=SignUpState.check_username,
        ),
    )


def _intro(title: str, sentence: str) -> rx.Component:
    return rx.el.div(
        logo(),
        rx.el.h1(title, class_name="ic-auth-title"),
        rx.el.p(sentence, class_name="ic-auth-sub"),
    )


def _page(title: str, form: rx.Component) -> rx.Component:
    return rx.el.main(
        islands.PageFocus.create(title=title),
        rx.el.div(
            rx.el.div(
                rx.el.img(src="/hero.svg", alt="", class_name="ic-hero"),
                rx.el.div(
                    rx.el.p("Small moments, beautifully kept."),
                    rx.el.p("Share photos with people you know. No ads, no noise."),
                    class_name="ic-auth-quote",
                ),
                class_name="ic-auth-art",
            ),
            class_name="ic-auth-hero",
        ),
        rx.el.div(form, class_name="ic-auth-form"),
        toaster(),
        id="main",
        tab_index=-1,
        class_name="ic-auth",
    )


def add(app: rx.App) -> None:
    """Add the pages to the app."""
    app.add_page(log_in, route=routes.LOGIN, title="Log in · Instaclone", on_load=SessionState.load)
    app.add_page(
        sign_up,
        route=routes.SIGN_UP,
        title="Create an account · Instaclone",
        on_load=[SessionState.load, SignUpState.reset_form],
    )
