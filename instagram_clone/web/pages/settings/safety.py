"""Privacy, blocked accounts, the password and sessions."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.domain.people.accounts import Person
from instagram_clone.domain.people.credentials.session_cards import SessionCard
from instagram_clone.web.browser.core import dom, fn
from instagram_clone.web.components.elements import art
from instagram_clone.web.components.elements.basics import avatar, icon, row_skeleton
from instagram_clone.web.components.elements.buttons import remove_button
from instagram_clone.web.components.elements.scrolling import paged
from instagram_clone.web.components.elements.times import time_ago
from instagram_clone.web.components.forms.password_form import password_form
from instagram_clone.web.pages.settings.frame import settings_page, switch_row
from instagram_clone.web.states.people.account import SettingsState
from instagram_clone.web.states.people.blocked import BlockedState
from instagram_clone.web.states.session import SessionState
from instagram_clone.web.states.status import LOADING


def privacy() -> rx.Component:
    """What other people can see about the viewer."""
    switches = (
        (
            "show_active",
            "Show when I am active",
            "People you follow who follow you back see when you are active. While this is off,"
            " you do not see when they are active.",
        ),
        (
            "read_receipts",
            "Read receipts",
            "People see when you have read their messages. While this is off, you do not see"
            " when they have read yours.",
        ),
    )
    return settings_page(
        "Privacy",
        "Who sees your photos, and what other people can see about you.",
        rx.el.div(
            switch_row(
                "Private account",
                "Only people you approve can see your photos. Your existing followers stay.",
                SettingsState.private,
                lambda on: SettingsState.set_private(on),
            ),
            *[_preference(key, name, text) for key, name, text in switches],
            class_name="ic-card",
        ),
        address=routes.SETTINGS_PRIVACY,
    )


def _preference(key: str, name: str, text: str) -> rx.Component:
    return switch_row(
        name, text, SettingsState.preferences[key], lambda on: SettingsState.set_preference(key, on)
    )


def blocked() -> rx.Component:
    """Blocked accounts, and unblocking them."""
    return settings_page(
        "Blocked accounts",
        "They cannot follow or message you. They are not notified.",
        rx.cond(
            BlockedState.status == LOADING,
            rx.el.ul(
                *[row_skeleton(44, "140px", "90px", row="ic-setrow") for _ in range(3)],
                class_name="ic-card ic-late",
            ),
            rx.cond(
                (BlockedState.people.length() > 0) | ~BlockedState.done,
                paged(
                    rx.el.div(rx.foreach(BlockedState.people, _blocked), class_name="ic-card"),
                    done=BlockedState.done,
                    more=BlockedState.more,
                    past_start=BlockedState.past_start,
                    load_first=BlockedState.load_first,
                    first="Return to the start",
                ),
                rx.el.div(
                    art.drawing(art.CLOSED),
                    rx.el.h2("No blocked accounts"),
                    rx.el.p("You can block someone from the menu on their profile."),
                    rx.el.a("Privacy settings", href=routes.SETTINGS_PRIVACY, class_name="ic-btn"),
                    class_name="ic-empty",
                ),
            ),
        ),
        address=routes.SETTINGS_BLOCKED,
    )


def _blocked(person: rx.Var[Person]) -> rx.Component:
    return rx.el.div(
        avatar(person.avatar, person.username, 44),
        rx.el.div(
            rx.el.span(rx.el.bdi(person.username)),
            rx.el.p(rx.el.bdi(person.name)),
            class_name="ic-setrow-text",
        ),
        remove_button(
            words="Unblock",
            label=f"Unblock {person.username}",
            look="ic-btn is-sm",
            act=fn(lambda: SettingsState.unblock(person.id)),
        ),
        class_name="ic-setrow",
        tab_index=-1,
        key=person.id,
        **dom(data_row=True),
    )


def security() -> rx.Component:
    """The password, and the devices on which the viewer is signed in."""
    return settings_page(
        "Security",
        "Keep your account yours.",
        rx.el.div(
            rx.el.h2("Password", class_name="ic-h3"),
            password_form(username=SessionState.username),
            class_name="ic-card ic-card-pad",
        ),
        rx.el.div(
            rx.el.div(
                rx.el.h2("Where you are signed in", class_name="ic-h3"),
                rx.cond(
                    SettingsState.sessions.length() > 1,
                    remove_button(
                        words="Log out others",
                        label="Log out others",
                        look="ic-textbtn ic-danger",
                        act=fn(lambda: SettingsState.end_others()),
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
                time_ago(at=card.seen, in_words=True),
                rx.cond(card.network == "", "", f", from {card.network}"),
            ),
            class_name="ic-setrow-text",
        ),
        rx.cond(
            card.here,
            rx.fragment(),
            remove_button(
                words="Log out",
                label=f"Log out {card.device}",
                look="ic-btn is-sm",
                act=fn(lambda: SettingsState.end_session(card.id)),
            ),
        ),
        class_name="ic-setrow",
        tab_index=-1,
        key=card.id,
        **dom(data_row=True),
    )
