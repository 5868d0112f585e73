"""Account recovery, and the pages that links in emails lead to."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone import routes
from instagram_clone.domain.people.credentials.recovery import DEAD_LINK, NO_MAIL
from instagram_clone.web.browser.core import dom, js, let, when
from instagram_clone.web.browser.forms.forms import Submission, submission
from instagram_clone.web.components.elements.basics import logo
from instagram_clone.web.components.forms.fields import NativeForm, alert
from instagram_clone.web.components.forms.passwords import new_password_field
from instagram_clone.web.components.people.auth import (
    alternative_link,
    auth_form,
    auth_page,
    form_outcome,
    intro,
    login_field,
    query_parameter,
    submit,
)
from instagram_clone.web.states.people.credentials import RecoveryState
from instagram_clone.web.states.session import SessionState


def forgot() -> rx.Component:
    """The page for requesting a link to reset the password."""
    return auth_page(
        "Reset password · Instaclone", rx.cond(RecoveryState.sends_mail, forgot_form(), _no_mail())
    )


def reset() -> rx.Component:
    """The page that such a link leads to."""
    return auth_page("Choose a new password · Instaclone", reset_form())


def confirm() -> rx.Component:
    """The page that links to confirm an address lead to."""
    return auth_page("Confirm your email · Instaclone", confirm_form())


@rx.memo
def forgot_form() -> rx.Component:
    """The form that requests a link by email; the answer is the same for any name."""
    form = submission()
    dead = let((js(query_parameter("link")) == "dead") & ~form.done & ~form.alert)
    return auth_form(
        form,
        "Reset password",
        intro(
            "Reset your password",
            "Enter your username or email, and we will email you a link to choose a new one.",
        ),
        alert(when(dead, DEAD_LINK, "")),
        form_outcome(form),
        login_field(form),
        action=routes.API_FORGOT,
        button="Send link",
        foot=alternative_link("Remembered it? ", "Log in", routes.LOGIN),
    )


def _no_mail() -> rx.Component:
    return rx.el.div(
        intro("Reset your password", NO_MAIL),
        alternative_link("Remembered it? ", "Log in", routes.LOGIN),
        class_name="ic-auth-box",
    )


@rx.memo
def reset_form() -> rx.Component:
    """The form that sets a new password. The link's secret is in a cookie that scripts can't read."""
    form = submission()
    return auth_form(
        form,
        "Choose a new password",
        intro("Choose a new password", "This logs you out on all your devices, including this one."),
        form_outcome(form),
        new_password_field(form.errors.password, typed=form.forget, label="New password"),
        action=routes.API_RESET,
        button="Change password",
        foot=alternative_link("Link expired? ", "Send a new one", routes.FORGOT),
    )


@rx.memo
def confirm_form() -> rx.Component:
    """The forms that accept or refuse what a link asks for."""
    yes, no = submission(), submission("no")
    about = let(js(query_parameter("about")))
    dead, change = let(about == "dead"), let(about == "change")
    is_finished = let(dead | yes.done | no.done)
    return rx.el.div(
        logo(),
        rx.el.h1(
            rx.cond(change, "Confirm your new email", "Confirm your email"), class_name="ic-auth-title"
        ),
        rx.el.p(
            rx.cond(
                is_finished,
                "",
                rx.cond(
                    change,
                    "Confirm it if you asked for it. If you did not, refuse it: nothing has changed yet.",
                    "Confirm that this address is yours.",
                ),
            ),
            class_name="ic-auth-sub",
        ),
        alert(
            when(
                dead, "This link has expired or was already used. You can ask for another in settings.", ""
            )
        ),
        yes.focus,
        no.focus,
        form_outcome(yes),
        form_outcome(no),
        rx.cond(
            is_finished,
            rx.cond(
                dead,
                alternative_link("", "Open settings", routes.SETTINGS_ACCOUNT),
                alternative_link("", "Go to Instaclone", routes.HOME),
            ),
            rx.fragment(
                NativeForm.create(
                    submit(yes, "Confirm email", "ic-btn is-primary is-lg is-block"),
                    action=routes.API_CONFIRM,
                    method="post",
                    aria_label="Confirm email",
                    **dom(ref=yes.form, on_submit=yes.submit),
                ),
                # Only a script can tell which kind of link it is; without one, both forms are offered.
                rx.cond(
                    change,
                    _refuse_form(no, **dom(ref=no.form, on_submit=no.submit)),
                    rx.el.noscript(_refuse_form(no)),
                ),
            ),
        ),
        class_name="ic-auth-box",
    )


def _refuse_form(form: Submission, **more: Any) -> rx.Component:
    return NativeForm.create(
        submit(form, "Refuse the change", "ic-btn is-lg is-block"),
        action=routes.API_REFUSE,
        method="post",
        aria_label="Refuse the change",
        **more,
    )


def add(app: rx.App) -> None:
    """Add the pages to the app."""
    for view, route, title in (
        (forgot, routes.FORGOT, "Reset password · Instaclone"),
        (reset, routes.RESET, "Choose a new password · Instaclone"),
        (confirm, routes.CONFIRM, "Confirm your email · Instaclone"),
    ):
        load = [SessionState.load, RecoveryState.load] if route == routes.FORGOT else SessionState.load
        app.add_page(view, route=route, title=title, on_load=load)
