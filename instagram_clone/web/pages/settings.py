"""Settings: account, profile, security, appearance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from instagram_clone import routes
from instagram_clone.domain.accounts import Person
from instagram_clone.domain.sessions import SessionCard
from instagram_clone.web.browser.core import Js, fn, when
from instagram_clone.web.components import art
from instagram_clone.web.components.basics import avatar, icon
from instagram_clone.web.components.choices import switch, theme_choice
from instagram_clone.web.components.profile_form import profile_form
from instagram_clone.web.components.session import log_out
from instagram_clone.web.components.shell import LOAD, shell
from instagram_clone.web.components.times import time_ago
from instagram_clone.web.components.uploads import avatar_button
from instagram_clone.web.device import IMAGE_DESCRIPTIONS, LETTER_KEYS, OFF, ON, REDUCED_MOTION
from instagram_clone.web.states.account import SettingsState
from instagram_clone.web.states.session import SessionState
from instagram_clone.web.states.ui import UIState

_SECTIONS = (
    (
        "Your account",
        (
            ("Account", "user", routes.SETTINGS_ACCOUNT),
            ("Edit profile", "pencil", routes.SETTINGS_PROFILE),
            ("Privacy", "lock", routes.SETTINGS_PRIVACY),
            ("Security", "shield", routes.SETTINGS_SECURITY),
            ("Blocked accounts", "ban", routes.SETTINGS_BLOCKED),
        ),
    ),
    (
        "This app",
        (
            ("Appearance", "sun-moon", routes.SETTINGS_APPEARANCE),
            ("Notifications", "bell", routes.SETTINGS_NOTIFICATIONS),
        ),
    ),
)


def account() -> rx.Component:
    """Username, email, log out."""
    return _page(
        "Account",
        "The basics of signing in and being found.",
        _account(),
        address=routes.SETTINGS_ACCOUNT,
    )


def index() -> rx.Component:
    """The list of sections on phones; the account section beside it elsewhere."""
    return _page(
        "Account", "The basics of signing in and being found.", _account(), address=routes.SETTINGS
    )


def profile() -> rx.Component:
    """What people see on one's page."""
    return _page(
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
            rx.cond(SettingsState.username != "", profile_form(), rx.fragment()),
            class_name="ic-card ic-card-pad",
        ),
        address=routes.SETTINGS_PROFILE,
    )


def privacy() -> rx.Component:
    """What others are let know."""
    switches = (
        (
            "show_active",
            "Show when I am active",
            "People you follow who follow you back see when you are here. While this is off, you do not see"
            " when they are.",
        ),
        (
            "read_receipts",
            "Read receipts",
            "People see when you have read their messages. While this is off, you do not see it of theirs"
            " either.",
        ),
    )
    return _page(
        "Privacy",
        "Who sees your photos, and what other people are let know.",
        rx.el.div(
            _switch(
                "Private account",
                "Only people you approve can see your photos. Those who follow you already stay.",
                SettingsState.private,
                lambda on: SettingsState.set_private(on),
            ),
            *[_preference(key, name, text) for key, name, text in switches],
            class_name="ic-card",
        ),
        address=routes.SETTINGS_PRIVACY,
    )


def _preference(key: str, name: str, text: str) -> rx.Component:
    return _switch(
        name, text, SettingsState.preferences[key], lambda on: SettingsState.set_preference(key, on)
    )


def _switch(name: str, text: str, on: Any, turn: Callable[[Js], Any]) -> rx.Component:
    return rx.el.div(
        rx.el.span(rx.el.span(name), rx.el.span(text), class_name="ic-setrow-text"),
        switch(label=name, on=on, turn=fn(turn)),
        class_name="ic-setrow",
    )


def blocked() -> rx.Component:
    """Who is shut out, and letting them in again."""
    return _page(
        "Blocked accounts",
        "They cannot follow you or write to you. They are not told.",
        rx.cond(
            SettingsState.blocked.length() == 0,
            rx.el.div(
                art.drawing(art.CLOSED),
                rx.el.h2("No blocked accounts"),
                rx.el.p("You can block somebody from the menu on their profile."),
                rx.el.a("Privacy settings", href=routes.SETTINGS_PRIVACY, class_name="ic-btn"),
                class_name="ic-empty",
            ),
            rx.el.div(rx.foreach(SettingsState.blocked, _blocked), class_name="ic-card"),
        ),
        address=routes.SETTINGS_BLOCKED,
    )


def _blocked(person: rx.Var[Person]) -> rx.Component:
    return rx.el.div(
        avatar(person.avatar, person.username, 44),
        rx.el.div(rx.el.span(person.username), rx.el.p(person.name), class_name="ic-setrow-text"),
        rx.el.button(
            "Unblock",
            type="button",
            class_name="ic-btn is-sm",
            aria_label=f"Unblock {person.username}",
            on_click=SettingsState.unblock(person.id),
        ),
        class_name="ic-setrow",
        key=person.id,
    )


def security() -> rx.Component:
    """Where one is signed in."""
    return _page(
        "Security",
        "Keep your account yours.",
        rx.el.div(
            rx.el.div(
                rx.el.h2("Where you are signed in", class_name="ic-h3"),
                rx.cond(
                    SettingsState.sessions.length() > 1,
                    rx.el.button(
                        "Log out others",
                        type="button",
                        class_name="ic-textbtn ic-danger",
                        on_click=SettingsState.end_others,
                    ),
                    rx.fragment(),
                ),
                class_name="ic-card-head",
            ),
            rx.foreach(SettingsState.sessions, _session),
            class_name="ic-card",
        ),
        address=routes.SETTINGS_SECURITY,
    )


def appearance() -> rx.Component:
    """How this device looks, moves and takes keys."""
    return _page(
        "Appearance",
        "How Instaclone looks on this device.",
        rx.el.div(
            rx.el.h2("Theme", class_name="ic-card-title"),
            theme_choice(),
            class_name="ic-card",
        ),
        rx.el.div(
            _device_switch(
                "Reduce motion",
                "Stills instead of animations. Your system's own setting counts as well.",
                REDUCED_MOTION,
                UIState.reduced_motion,
            ),
            _device_switch(
                "Always show alt text",
                "Show the description on each photo.",
                IMAGE_DESCRIPTIONS,
                UIState.image_descriptions,
            ),
            _device_switch(
                "Single-letter keys",
                "Like, comment, move on and more with one key. The ? key lists them.",
                LETTER_KEYS,
                UIState.letter_keys,
            ),
            class_name="ic-card",
        ),
        address=routes.SETTINGS_APPEARANCE,
    )


def _device_switch(name: str, text: str, preference: str, choice: rx.Var[str]) -> rx.Component:
    return _switch(name, text, choice == ON, lambda on: UIState.prefer(preference, when(on, ON, OFF)))


def notifications() -> rx.Component:
    """Of what one is told, and of whom."""
    kinds = (
        ("like", "Likes"),
        ("comment_like", "Comment liked"),
        ("comment", "Comments"),
        ("reply", "Replies"),
        ("mention", "Mentions"),
        ("follow", "New followers"),
    )
    return _page(
        "Notifications",
        "Choose what we tell you about.",
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
            rx.el.div(
                rx.el.span(rx.el.span("Email"), rx.el.span("Only you see it"), class_name="ic-setrow-text"),
                rx.el.span(SettingsState.email, class_name="ic-value ic-truncate"),
                class_name="ic-setrow",
            ),
            class_name="ic-card",
        ),
        rx.el.div(
            rx.el.div(
                rx.el.div(
                    rx.el.span("Log out"), rx.el.p("On this device only"), class_name="ic-setrow-text"
                ),
                log_out("Log out", look="ic-btn is-sm"),
                class_name="ic-setrow",
            ),
            class_name="ic-card",
        ),
    )


def _session(card: rx.Var[SessionCard]) -> rx.Component:
    return rx.el.div(
        rx.match(
            card.kind,
            ("phone", icon("smartphone", 22)),
            ("tablet", icon("tablet", 22)),
            icon("laptop", 22),
        ),
        rx.el.div(
            rx.el.span(
                card.device,
                rx.cond(card.here, rx.el.span("This device", class_name="ic-here"), rx.fragment()),
            ),
            rx.el.p(
                "Signed in ",
                time_ago(at=card.created, exact=True),
                ", last used ",
                time_ago(at=card.seen),
                rx.cond(card.network == "", "", f", from {card.network}"),
            ),
            class_name="ic-setrow-text",
        ),
        rx.cond(
            card.here,
            rx.fragment(),
            rx.el.button(
                "Log out",
                type="button",
                class_name="ic-btn is-sm",
                aria_label=f"Log out {card.device}",
                on_click=SettingsState.end_session(card.id),
            ),
        ),
        class_name="ic-setrow",
        key=card.id,
    )


def _nav(address: str) -> rx.Component:
    parts: list[rx.Component] = [rx.el.h1("Settings", class_name="ic-h1")]
    for name, links in _SECTIONS:
        parts.append(rx.el.h2(name, class_name="ic-overline"))
        for label, tag, href in links:
            here = href == address or (address == routes.SETTINGS and href == routes.SETTINGS_ACCOUNT)
            parts.append(
                rx.el.a(
                    icon(tag, 20),
                    label,
                    rx.el.span(icon("chevron-right", 20), class_name="ic-chev"),
                    href=href,
                    class_name="ic-setlink",
                    custom_attrs={"aria-current": "page"} if here else {},
                )
            )
    return rx.el.nav(*parts, class_name="ic-setnav", aria_label="Settings")


def _page(title: str, sentence: str, *content: rx.Component, address: str) -> rx.Component:
    look = "ic-settings is-index" if address == routes.SETTINGS else "ic-settings"
    return shell(
        rx.el.div(
            _nav(address),
            rx.el.section(
                rx.el.header(rx.el.h2(title, class_name="ic-h1"), rx.el.p(sentence)),
                *content,
                class_name="ic-setmain",
            ),
            class_name=look,
        ),
        title=f"{title} · Instaclone",
        back="Settings" if address == routes.SETTINGS else title,
        headed=True,
    )


def add(app: rx.App) -> None:
    """Add the pages to the app."""
    load = [*LOAD, SettingsState.load_profile]
    more = {
        routes.SETTINGS_SECURITY: [SettingsState.load_sessions],
        routes.SETTINGS_NOTIFICATIONS: [SettingsState.load_alert_rules],
        routes.SETTINGS_PRIVACY: [SettingsState.load_preferences],
        routes.SETTINGS_BLOCKED: [SettingsState.load_blocked],
    }
    for view, route in (
        (index, routes.SETTINGS),
        (account, routes.SETTINGS_ACCOUNT),
        (profile, routes.SETTINGS_PROFILE),
        (privacy, routes.SETTINGS_PRIVACY),
        (security, routes.SETTINGS_SECURITY),
        (blocked, routes.SETTINGS_BLOCKED),
        (appearance, routes.SETTINGS_APPEARANCE),
        (notifications, routes.SETTINGS_NOTIFICATIONS),
    ):
        app.add_page(
            view,
            route=route,
            title="Settings · Instaclone",
            on_load=[*load, *more.get(route, ())],
        )
