"""A profile page: the person, their numbers, their photos."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.components.elements import art
from instagram_clone.web.components.elements.basics import failed, icon, skeleton
from instagram_clone.web.components.elements.buttons import (
    back_button,
    create_button,
)
from instagram_clone.web.components.elements.sent import sent_page
from instagram_clone.web.components.layout.shell import LOAD, shell
from instagram_clone.web.components.layout.topbars import own_topbar
from instagram_clone.web.components.people.profile_head import profile_head
from instagram_clone.web.components.posts.detail import post_dialog
from instagram_clone.web.components.posts.list_ends import list_end, list_start
from instagram_clone.web.components.posts.tiles import tile_grid, tile_skeletons
from instagram_clone.web.pages.not_found import TITLE, not_found
from instagram_clone.web.states.people.people import PeopleState
from instagram_clone.web.states.people.profiles import ProfileState
from instagram_clone.web.states.posts.detail import DetailState
from instagram_clone.web.states.posts.lists import PERSON, SAVED
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.status import FAILED, LOADING, MISSING, READY

_profile = ProfileState.profile


def page() -> rx.Component:
    """The profile page."""
    return shell(
        rx.match(
            ProfileState.status,
            (LOADING, _loading()),
            (MISSING, not_found()),
            rx.cond(
                _profile,
                rx.el.div(
                    profile_head(),
                    rx.cond(ProfileState.relationship.visible, _photos(), _locked()),
                    class_name="ic-page",
                ),
                _loading(),
            ),
        ),
        post_dialog(),
        sent_page(replaced=(ProfileState.status != LOADING) & (TimelineState.status != LOADING)),
        title=rx.cond(
            ProfileState.status == MISSING,
            TITLE,
            rx.cond(_profile, f"{_profile.username} · Instaclone", "Instaclone"),
        ),
        here=rx.cond(ProfileState.mine, "Profile", ""),
        public=True,
        phone_bar=rx.cond(
            ProfileState.mine,
            own_topbar(_profile.username),
            rx.el.header(
                back_button(),
                rx.cond(
                    _profile,
                    rx.el.h1(_profile.username, class_name="ic-topbar-title ic-truncate"),
                    rx.el.span(class_name="ic-topbar-title"),
                ),
                rx.el.span(style={"width": "44px"}),
                class_name="ic-topbar has-back",
            ),
        ),
    )


def _locked() -> rx.Component:
    blocked = ProfileState.relationship.blocked
    name = _profile.username
    return rx.fragment(
        rx.el.hr(class_name="ic-hr"),
        rx.el.section(
            rx.el.span(rx.cond(blocked, icon("ban", 28), icon("lock", 28)), class_name="ic-lock"),
            rx.el.div(
                rx.el.h2(
                    rx.cond(blocked, f"You blocked {name}", "This account is private"), class_name="ic-h3"
                ),
                rx.el.p(
                    rx.cond(
                        blocked,
                        "You cannot see each other's posts.",
                        f"Follow {name} to see their photos. They approve each request.",
                    ),
                    class_name="ic-muted",
                ),
            ),
            class_name="ic-locked",
        ),
    )


def _only_tab() -> rx.Component:
    return rx.el.span(
        icon("grid-3x3", 18),
        "Posts",
        role="tab",
        tab_index=0,
        custom_attrs={"aria-selected": "true"},
    )


def _own_tabs() -> list[rx.Component]:
    def tab(shape: str, words: str, href: str, part: str) -> rx.Component:
        selected = rx.cond(ProfileState.part == part, "true", "false")
        return rx.el.a(
            icon(shape, 18), words, href=href, role="tab", custom_attrs={"aria-selected": selected}
        )

    own = f"/{_profile.username}"
    return [tab("grid-3x3", "Posts", own, PERSON), tab("bookmark", "Saved", f"{own}/saved", SAVED)]


def _photos() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.cond(ProfileState.mine, rx.fragment(*_own_tabs()), _only_tab()),
            class_name="ic-tabs",
            role="tablist",
            aria_label="Profile sections",
        ),
        rx.cond(
            ProfileState.part == SAVED,
            rx.el.p(icon("lock", 14), "Only you can see what you have saved", class_name="ic-onlyyou"),
            rx.fragment(),
        ),
        list_start(),
        rx.match(
            TimelineState.status,
            (LOADING, tile_skeletons()),
            (
                FAILED,
                rx.cond(
                    ProfileState.part == SAVED, _failed(ProfileState.load_saved), _failed(ProfileState.load)
                ),
            ),
            rx.cond(
                TimelineState.posts.length() > 0,
                tile_grid(),
                rx.cond(TimelineState.done, _no_photos(), tile_skeletons()),
            ),
        ),
        rx.cond((TimelineState.status == READY) & ~TimelineState.done, list_end(), rx.fragment()),
    )


def _failed(retry: Any) -> rx.Component:
    # Visitors may not refresh a list, but load the page.
    return failed("We could not load the photos.", retry)


def _no_photos() -> rx.Component:
    return rx.cond(
        ProfileState.part == SAVED,
        rx.el.div(
            art.drawing(art.SAVED),
            rx.el.h2("Nothing saved yet"),
            rx.el.p("Save a post with its bookmark, and find it again here."),
            rx.el.a("Explore photos", href=routes.EXPLORE, class_name="ic-btn"),
            class_name="ic-empty",
        ),
        rx.cond(
            ProfileState.mine,
            rx.el.div(
                art.drawing(art.ALBUM),
                rx.el.h2("Share your first photo"),
                rx.el.p("When you share photos they will appear on your profile."),
                create_button(rx.fragment("Create your first post"), look="ic-btn is-primary"),
                class_name="ic-empty",
            ),
            rx.el.div(
                art.drawing(art.PRINTS),
                rx.el.h2("No photos yet"),
                rx.el.p("What they share will appear here."),
                class_name="ic-empty",
            ),
        ),
    )


def _loading() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            skeleton("136px", "136px", round_=True),
            rx.el.div(
                skeleton("180px", "20px"),
                skeleton("260px", "14px"),
                skeleton("220px", "14px"),
                class_name="ic-boneset",
            ),
            class_name="ic-profile-head",
        ),
        tile_skeletons(),
        class_name="ic-page ic-late",
        aria_busy="true",
    )


def add(app: rx.App) -> None:
    """Add the page to the app, and the same page under its lists of people."""
    load = [*LOAD, ProfileState.load, DetailState.load_dialog]
    app.add_page(page, route=routes.PROFILE, title="Instaclone", on_load=[*load, PeopleState.leave])
    app.add_page(
        page,
        route=routes.SAVED,
        title="Instaclone",
        on_load=[*LOAD, ProfileState.load_saved, DetailState.load_dialog, PeopleState.leave],
    )
    for route in (routes.FOLLOWERS, routes.FOLLOWING):
        app.add_page(page, route=route, title="Instaclone", on_load=[*load, PeopleState.load_from_address])
