"""Account and profile settings."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.components.composer.uploads import avatar_button
from instagram_clone.web.components.elements.basics import avatar, icon
from instagram_clone.web.components.forms.email_form import email_card
from instagram_clone.web.components.forms.profile_form import loaded_profile_form
from instagram_clone.web.components.layout.session import log_out
from instagram_clone.web.pages.settings.frame import settings_page
from instagram_clone.web.states.session import SessionState


def account() -> rx.Component:
    """Username, email, log out."""
    return settings_page(
        "Account",
        "The basics of signing in and being found.",
        _account(),
        address=routes.SETTINGS_ACCOUNT,
    )


def index() -> rx.Component:
    """The list of sections on phones; elsewhere the account section beside it."""
    return settings_page(
        "Account", "The basics of signing in and being found.", _account(), address=routes.SETTINGS
    )


def profile() -> rx.Component:
    """The public part of the profile."""
    return settings_page(
        "Edit profile",
        "What people see on your page.",
        rx.el.div(
            rx.el.div(
                avatar(SessionState.avatar, SessionState.username, 80),
                rx.el.div(
                    rx.el.p(SessionState.username, class_name="ic-strong ic-h3"),
                    rx.el.p("JPEG, PNG, WebP or HEIC, at least 320 px", class_name="ic-muted ic-sm"),
                    class_name="ic-grow",
                ),
                avatar_button(),
                class_name="ic-editme",
            ),
            rx.el.hr(class_name="ic-hr ic-wide-hr"),
            loaded_profile_form(),
            class_name="ic-card ic-card-pad",
        ),
        address=routes.SETTINGS_PROFILE,
    )


def _account() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.a(
                rx.el.span(
                    rx.el.span("Username"),
                    rx.el.span("Your page is /", SessionState.username),
                    class_name="ic-setrow-text",
                ),
                rx.el.span(SessionState.username, icon("chevron-right", 18), class_name="ic-value"),
                href=routes.SETTINGS_PROFILE,
                class_name="ic-setrow",
            ),
            class_name="ic-card",
        ),
        email_card(),
        rx.el.div(
            rx.el.div(
                rx.el.div(
                    rx.el.span("Log out"), rx.el.p("On this device only"), class_name="ic-setrow-text"
                ),
                log_out("Log out", class_name="ic-btn is-sm"),
                class_name="ic-setrow",
            ),
            class_name="ic-card",
        ),
    )
