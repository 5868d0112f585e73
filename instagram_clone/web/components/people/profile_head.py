"""The head of a profile: the person, their numbers, and the actions available to the viewer."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.browser.core import dom, fn
from instagram_clone.web.components.elements.basics import avatar, icon
from instagram_clone.web.components.elements.buttons import (
    copy_link_button,
    copy_link_item,
    remove_button,
)
from instagram_clone.web.components.layout.layers import confirmed_item, menu, menu_item
from instagram_clone.web.components.people.follows import follow_button, person_counts
from instagram_clone.web.states.people.account import SettingsState
from instagram_clone.web.states.people.profiles import ProfileState
from instagram_clone.web.states.session import SessionState

_profile = ProfileState.profile


def profile_head() -> rx.Component:
    """The head of the profile in `ProfileState`."""
    return rx.el.header(
        rx.el.div(avatar(_profile.avatar, _profile.username, 136), class_name="ic-profile-pic has-no-ring"),
        rx.el.div(
            rx.el.div(
                rx.el.h1(_profile.username),
                rx.cond(
                    ProfileState.mine,
                    rx.fragment(
                        rx.el.a("Edit profile", href=routes.SETTINGS_PROFILE, class_name="ic-btn is-sm"),
                        copy_link_button(
                            words="Share profile", path=f"/{_profile.username}", look="ic-btn is-sm"
                        ),
                        rx.el.a(
                            icon("settings", 20),
                            href=routes.SETTINGS_ACCOUNT,
                            aria_label="Settings",
                            class_name="ic-iconbtn is-sm ic-not-phone",
                        ),
                    ),
                    rx.cond(ProfileState.relationship.blocked, _unblock(), _other_actions()),
                ),
                class_name="ic-profile-top",
            ),
            person_counts(
                profile=_profile, linked=SessionState.signed_in & ProfileState.relationship.visible
            ),
            rx.el.div(
                rx.el.p(_profile.name, dir="auto", class_name="ic-profile-name"),
                rx.cond(
                    _profile.bio == "",
                    rx.fragment(),
                    rx.el.p(_profile.bio, dir="auto", class_name="ic-profile-bio ic-breaks"),
                ),
                rx.cond(
                    _profile.website == "",
                    rx.fragment(),
                    rx.el.elements.a(
                        icon("link", 16),
                        rx.el.span(_profile.website.split("://")[1], class_name="ic-truncate"),
                        href=_profile.website,
                        rel="nofollow ugc noopener me",
                        target="_blank",
                        class_name="ic-profile-link",
                    ),
                ),
                class_name="ic-profile-text",
            ),
            class_name="ic-profile-info",
        ),
        class_name="ic-profile-head",
    )


def _other_actions() -> rx.Component:
    return rx.fragment(
        follow_button(
            person=_profile, relationship=ProfileState.relationship, read_at=ProfileState.read_at
        ),
        rx.el.a("Message", href=f"{routes.MESSAGES}?to={_profile.id}", class_name="ic-btn is-sm"),
        profile_menu(user_id=_profile.id, username=_profile.username),
    )


def _unblock() -> rx.Component:
    return remove_button(
        words="Unblock",
        label=f"Unblock {_profile.username}",
        look="ic-btn is-sm",
        act=fn(lambda: SettingsState.unblock(_profile.id)),
    )


@rx.memo
def profile_menu(*, user_id: rx.Var[str], username: rx.Var[str]) -> rx.Component:
    """Everything else the viewer can do with a person, apart from following."""
    block, confirmation = confirmed_item(
        lambda ask: menu_item(icon("ban", 20), f"Block {username}", danger=True, **dom(on_click=ask)),
        label=f"Block {username}?",
        asked=f"Block {username}?",
        text="You will stop following each other, and they will not be able to see your photos or message"
        " you. They will not be notified.",
        action="Block",
        act=fn(lambda: SettingsState.block(user_id)),
    )
    return rx.fragment(
        menu(
            copy_link_item(path=f"/{username}"),
            rx.cond(SessionState.signed_in, block, rx.fragment()),
            trigger=icon("ellipsis", 20),
            label="More options",
            title="Profile options",
            look="ic-iconbtn is-sm",
        ),
        confirmation,
    )
