"""The log-in and sign-up pages."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.browser.core import Js, assign, dom, js, let, when
from instagram_clone.web.browser.forms.forms import Submission, submission
from instagram_clone.web.browser.page.address import query
from instagram_clone.web.components.forms.fields import error_hint, error_or, field, note, ok_hint
from instagram_clone.web.components.forms.passwords import new_password_field, password_field
from instagram_clone.web.components.people.auth import (
    alternative_link,
    auth_form,
    auth_input,
    auth_page,
    form_outcome,
    intro,
    login_field,
    query_parameter,
)
from instagram_clone.web.states.people.account import SignUpState
from instagram_clone.web.states.session import SessionState


def log_in() -> rx.Component:
    """The log-in page."""
    return auth_page("Log in · Instaclone", log_in_form())


def sign_up() -> rx.Component:
    """The sign-up page."""
    return auth_page("Create an account · Instaclone", sign_up_form())


@rx.memo
def log_in_form() -> rx.Component:
    """The log-in form; a successful answer starts the session."""
    form = submission()
    changed = let((js(query_parameter("password")) == "changed") & ~form.alert)
    return _form(
        form,
        "Log in",
        intro("Welcome back", "Log in to see what your people are looking at."),
        note(when(changed, "Your password has been changed. Log in with the new one.", "")),
        login_field(form),
        password_field(form.errors.password, typed=form.forget),
        action=routes.API_LOGIN,
        button="Log in",
        other=("New here? ", "Create an account", routes.SIGN_UP),
    )


@rx.memo
def sign_up_form() -> rx.Component:
    """The form that creates an account. Errors are shown while it is being filled in."""
    form = submission()
    return _form(
        form,
        "Create an account",
        intro("Create your account", "Free, open source and without ads."),
        _checked_field(form, "email", "Email", type="email"),
        _checked_field(form, "name", "Full name", auto_capitalize="words"),
        _username_field(form),
        new_password_field(form.errors.password, typed=form.forget),
        action=routes.API_SIGN_UP,
        button="Create account",
        other=("Have an account? ", "Log in", routes.LOGIN),
    )


def _checked_field(form: Submission, key: str, label: str, **more: Any) -> rx.Component:
    error = _error(form, key)
    box = auth_input(
        key,
        form,
        error,
        auto_complete=key,
        on_blur=lambda text: SignUpState.leave(key, text),
        on_change=lambda text: SignUpState.write(key, text).debounce(300),
        **more,
    )
    return field(key, label, box, error_or(key, error))


def _username_field(form: Submission) -> rx.Component:
    error = _error(form, "username")
    free = SignUpState.username_free
    box = auth_input(
        "username",
        form,
        error,
        by_hint=free,
        auto_complete="username",
        on_blur=lambda text: SignUpState.leave("username", text),
        on_change=SignUpState.write_username.debounce(300),
    )
    available = rx.cond(free, ok_hint("username", free, " is available"), rx.fragment())
    return field(
        "username",
        "Username",
        box,
        rx.cond(
            SignUpState.username_ideas.length() > 0, _ideas(form), error_or("username", error, available)
        ),
    )


def _ideas(form: Submission) -> rx.Component:
    def fill(idea: Any) -> list[Any]:
        box = form.form.current.elements.username
        return [assign(box, value=idea), SignUpState.write_username(idea), box.focus()]

    def choice(idea: Any, place: Any) -> rx.Component:
        button = rx.el.button(idea, type="button", class_name="ic-link", **dom(on_click=lambda: fill(idea)))
        return rx.fragment(rx.cond(place > 0, " or ", ""), button)

    return error_hint(
        "username",
        SignUpState.errors["username"],
        " How about ",
        rx.foreach(SignUpState.username_ideas, choice),
        "?",
    )


def _error(form: Submission, key: str) -> Js:
    return let(js(form.errors[key]) | SignUpState.errors[key])


def _form(
    form: Submission,
    label: str,
    *content: rx.Component,
    action: str,
    button: str,
    other: tuple[str, str, str],
) -> rx.Component:
    question, link_label, route = other
    return auth_form(
        form,
        label,
        *content[:1],
        form_outcome(form),
        rx.el.input(type="hidden", name="next", value=js(query_parameter("next")) | "", read_only=True),
        *content[1:],
        action=action,
        button=button,
        foot=alternative_link(question, link_label, js(route) + query()),
    )


def add(app: rx.App) -> None:
    """Add the pages to the app."""
    app.add_page(
        log_in,
        route=routes.LOGIN,
        title="Log in · Instaclone",
        description="Log in to Instaclone and see what your people are looking at.",
        on_load=SessionState.load,
    )
    app.add_page(
        sign_up,
        route=routes.SIGN_UP,
        title="Create an account · Instaclone",
        description="Share photos with people you know. Free, open source and without ads.",
        on_load=[SessionState.load, SignUpState.reset_form],
    )
