"""Log in and sign up."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.browser.address import query
from instagram_clone.web.browser.core import Js, assign, dom, js, let, name, new
from instagram_clone.web.browser.forms import Posted, posted
from instagram_clone.web.components.basics import icon, logo
from instagram_clone.web.components.device import device_preferences
from instagram_clone.web.components.fields import (
    NativeForm,
    alert,
    described,
    error_hint,
    error_or,
    field,
    ok_hint,
)
from instagram_clone.web.components.heads import preview_watch
from instagram_clone.web.components.passwords import new_password_field, password_field
from instagram_clone.web.components.titles import page_title
from instagram_clone.web.components.toasts import toaster
from instagram_clone.web.states.account import SignUpState
from instagram_clone.web.states.session import SessionState


def log_in() -> rx.Component:
    """The log-in page."""
    return _page("Log in · Instaclone", log_in_form())


def sign_up() -> rx.Component:
    """The sign-up page."""
    return _page("Create an account · Instaclone", sign_up_form())


@rx.memo
def log_in_form() -> rx.Component:
    """The form that is answered with a session."""
    form = posted()
    return _form(
        form,
        "Log in",
        _intro("Welcome back", "Log in to see what your people are looking at."),
        field(
            "login",
            "Username or email",
            _input("login", form, form.errors.login, auto_complete="username"),
            error_or("login", form.errors.login),
        ),
        password_field(form.errors.password, typed=form.forget),
        action=routes.API_LOGIN,
        button="Log in",
        other=("New here? ", "Create an account", routes.SIGN_UP),
    )


@rx.memo
def sign_up_form() -> rx.Component:
    """The form that makes an account. What is wrong with a field is said while it is filled in."""
    form = posted()
    return _form(
        form,
        "Create an account",
        _intro("Create your account", "Free, open source and without ads."),
        _checked_field(form, "email", "Email", type="email"),
        _checked_field(form, "name", "Full name", auto_capitalize="words"),
        _username_field(form),
        new_password_field(form.errors.password, typed=form.forget),
        action=routes.API_SIGN_UP,
        button="Create account",
        other=("Have an account? ", "Log in", routes.LOGIN),
    )


def _checked_field(form: Posted, key: str, label: str, **more: Any) -> rx.Component:
    error = _error(form, key)
    box = _input(
        key,
        form,
        error,
        auto_complete=key,
        on_blur=lambda text: SignUpState.leave(key, text),
        on_change=lambda text: SignUpState.write(key, text).debounce(300),
        **more,
    )
    return field(key, label, box, error_or(key, error))


def _username_field(form: Posted) -> rx.Component:
    error = _error(form, "username")
    free = SignUpState.username_free
    box = _input(
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


def _ideas(form: Posted) -> rx.Component:
    def fill(idea: Any) -> list[Any]:
        box = form.form.current.elements.username
        return [assign(box, value=idea), SignUpState.write_username(idea), box.focus()]

    def choice(idea: Any, place: Any) -> rx.Component:
        take = rx.el.button(idea, type="button", class_name="ic-link", **dom(on_click=lambda: fill(idea)))
        return rx.fragment(rx.cond(place > 0, " or ", ""), take)

    return error_hint(
        "username",
        SignUpState.errors["username"],
        " How about ",
        rx.foreach(SignUpState.username_ideas, choice),
        "?",
    )


def _error(form: Posted, key: str) -> Js:
    return let(js(form.errors[key]) | SignUpState.errors[key])


def _input(key: str, form: Posted, error: Any, *, by_hint: Any = False, **more: Any) -> rx.Component:
    return rx.el.input(
        name=key,
        spell_check=False,
        required=True,
        class_name="ic-input",
        **{"auto_capitalize": "none", **more},
        **described(key, error, by_hint=by_hint),
        **dom(on_input=lambda _: form.forget(key)),
    )


def _form(
    form: Posted,
    label: str,
    intro: rx.Component,
    *fields: rx.Component,
    action: str,
    button: str,
    other: tuple[str, str, str],
) -> rx.Component:
    asked, there, route = other
    wanted = new(name("URLSearchParams"), query()).get("next")
    return NativeForm.create(
        form.focus,
        intro,
        alert(form.alert),
        rx.el.input(type="hidden", name="next", value=js(wanted) | "", read_only=True),
        *fields,
        rx.el.div(
            rx.el.button(
                rx.cond(form.busy, icon("loader-circle", 20, "ic-spin"), rx.fragment()),
                button,
                type="submit",
                disabled=form.busy,
                aria_busy=form.busy,
                class_name="ic-btn is-primary is-lg is-block",
            ),
            class_name="ic-auth-actions",
        ),
        rx.el.p(
            asked,
            rx.el.a(there, href=js(route) + query(), class_name="ic-link"),
            class_name="ic-auth-alt",
        ),
        action=action,
        method="post",
        no_validate=True,
        aria_label=label,
        class_name="ic-auth-box",
        **dom(ref=form.form, on_submit=form.submit),
    )


def _intro(title: str, sentence: str) -> rx.Component:
    return rx.el.div(
        logo(),
        rx.el.h1(title, class_name="ic-auth-title"),
        rx.el.p(sentence, class_name="ic-auth-sub"),
    )


def _page(title: str, form: rx.Component) -> rx.Component:
    return rx.el.main(
        page_title(title=title),
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
        device_preferences(),
        preview_watch(),
        id="main",
        tab_index=-1,
        class_name="ic-auth",
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
