"""The viewer's email address: its status, and changing it."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.domain.people.credentials.email_changes import NO_MAIL
from instagram_clone.web.browser.core import dom, effect, js, when
from instagram_clone.web.browser.forms.forms import submission
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.forms.fields import NativeForm, error_or, field
from instagram_clone.web.components.forms.passwords import password_field
from instagram_clone.web.components.people.auth import auth_input, form_outcome, submit
from instagram_clone.web.states.people.credentials import EmailState


def email_card() -> rx.Component:
    """The address, whether it is confirmed, the pending new address, and the form that changes it."""
    return rx.el.div(
        rx.el.div(
            rx.el.span(rx.el.span("Email"), rx.el.span("Only you see it"), class_name="ic-setrow-text"),
            rx.el.span(EmailState.email, class_name="ic-value ic-truncate"),
            class_name="ic-setrow",
        ),
        rx.cond(EmailState.sends_mail & (EmailState.email != ""), _confirmation_status(), rx.fragment()),
        rx.cond(EmailState.change_to != "", _change(), rx.fragment()),
        rx.el.div(
            rx.cond(
                EmailState.sends_mail,
                email_form(confirmed=EmailState.confirmed, change_to=EmailState.change_to),
                rx.el.p(NO_MAIL, class_name="ic-muted ic-sm"),
            ),
            class_name="ic-setrow",
        ),
        class_name="ic-card",
    )


def _confirmation_status() -> rx.Component:
    return rx.cond(
        EmailState.confirmed,
        rx.el.div(
            rx.el.span(icon("circle-check", 18), "Confirmed", class_name="ic-standing is-ok"),
            class_name="ic-setrow is-quiet",
        ),
        rx.el.div(
            rx.el.span(icon("circle-alert", 18), "Not confirmed", class_name="ic-standing"),
            rx.el.button(
                "Send confirmation",
                type="button",
                class_name="ic-textbtn",
                on_click=EmailState.send_confirmation,
            ),
            class_name="ic-setrow is-quiet",
        ),
    )


def _change() -> rx.Component:
    both = EmailState.waiting.length() > 1
    old = EmailState.waiting.contains("old")
    return rx.el.div(
        rx.el.div(
            rx.el.span("Changing to ", EmailState.change_to),
            rx.el.p(
                "Check your inbox, and confirm from ",
                rx.cond(both, "both addresses.", rx.cond(old, "your current address.", "the new address.")),
            ),
            class_name="ic-setrow-text",
        ),
        rx.el.button(
            "Cancel",
            type="button",
            class_name="ic-btn is-sm",
            aria_label="Cancel the change of email",
            on_click=EmailState.cancel_change,
        ),
        class_name="ic-setrow",
    )


@rx.memo
def email_form(*, confirmed: rx.Var[bool], change_to: rx.Var[str]) -> rx.Component:
    """A new address, and the current password. Once a pending change ends, the form can be used again."""
    form = submission()
    return NativeForm.create(
        form.focus,
        effect(lambda: when(js(change_to) == "", form.reset()), change_to),
        form_outcome(form),
        rx.cond(
            form.done,
            rx.fragment(),
            rx.fragment(
                rx.el.p(
                    rx.cond(
                        confirmed,
                        "We email a link to your current address and one to the new one. Nothing changes"
                        " until you have confirmed both.",
                        "We email a link to the new address. Your current one was never confirmed, so it is"
                        " only notified.",
                    ),
                    class_name="ic-muted ic-sm",
                ),
                field(
                    "email",
                    "Email",
                    auth_input(
                        "email",
                        form,
                        form.errors.email,
                        type="email",
                        auto_complete="email",
                        placeholder="New address",
                    ),
                    error_or("email", form.errors.email),
                ),
                password_field(
                    form.errors.current, typed=form.forget, key="current", label="Current password"
                ),
                rx.el.div(submit(form, "Change email", "ic-btn is-primary"), class_name="ic-savebar"),
            ),
        ),
        action=routes.API_EMAIL,
        method="post",
        no_validate=True,
        aria_label="Change email",
        class_name="ic-secretform",
        **dom(ref=form.form, on_submit=form.submit),
    )
