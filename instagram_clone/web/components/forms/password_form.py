"""Changing the password. It goes over plain HTTP requests, so no state ever holds what is typed here."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.browser.core import dom
from instagram_clone.web.browser.forms.forms import submission
from instagram_clone.web.components.forms.fields import NativeForm
from instagram_clone.web.components.forms.passwords import new_password_field, password_field
from instagram_clone.web.components.people.auth import form_outcome, submit


@rx.memo
def password_form(*, username: rx.Var[str]) -> rx.Component:
    """The current and the new password; a successful change removes the fields, which empties them."""
    form = submission()
    return NativeForm.create(
        form.focus,
        form_outcome(form),
        rx.cond(
            form.done,
            rx.fragment(),
            rx.fragment(
                rx.el.p("Changing it logs out all your other devices.", class_name="ic-muted ic-sm"),
                # Password managers need to know which account this is for.
                rx.el.input(
                    name="username", value=username, auto_complete="username", read_only=True, hidden=True
                ),
                password_field(
                    form.errors.current, typed=form.forget, key="current", label="Current password"
                ),
                new_password_field(form.errors.password, typed=form.forget, label="New password"),
                rx.el.div(submit(form, "Change password", "ic-btn is-primary"), class_name="ic-savebar"),
            ),
        ),
        action=routes.API_PASSWORD,
        method="post",
        no_validate=True,
        aria_label="Change password",
        class_name="ic-secretform",
        **dom(ref=form.form, on_submit=form.submit),
    )
