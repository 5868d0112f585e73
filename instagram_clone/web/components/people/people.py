"""People: a row with a follow button, and the dialog that lists them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone import routes
from instagram_clone.domain.people.directory import PersonRow
from instagram_clone.web.browser.core import fn, use, when
from instagram_clone.web.browser.layers.dialogs import leave_address, path_under
from instagram_clone.web.components.elements import art
from instagram_clone.web.components.elements.basics import avatar, icon, row_skeleton
from instagram_clone.web.components.elements.buttons import remove_button
from instagram_clone.web.components.elements.scrolling import paged
from instagram_clone.web.components.layout.layers import close_button, dialog, dialog_head
from instagram_clone.web.components.people.follows import follow_button
from instagram_clone.web.states.people.people import FOLLOWERS, LIKES, REQUESTS, PeopleState
from instagram_clone.web.states.status import LOADING


def person_row(
    person: rx.Var[PersonRow], read_at: Any, *more: rx.Component, size: int, row: str, variant: str = ""
) -> rx.Component:
    """A person in a list, with `more` after the follow button. Their `note`, if any, replaces the name."""
    follow = follow_button(person=person, relationship=person, read_at=read_at, variant=variant)
    return _row(person, rx.cond(person.me, rx.fragment(), follow), *more, size=size, row=row)


def _row(person: rx.Var[PersonRow], *buttons: rx.Component, size: int, row: str) -> rx.Component:
    return rx.el.li(
        avatar(person.avatar, person.username, size),
        rx.el.div(
            rx.el.a(person.username, href=f"/{person.username}", class_name="ic-user ic-truncate"),
            rx.el.span(
                rx.el.bdi(rx.cond(person.note == "", person.name, person.note)),
                class_name="ic-muted ic-truncate",
            ),
            class_name="ic-person-text",
        ),
        *buttons,
        class_name=row,
        key=person.id,
    )


def _list_row(person: rx.Var[PersonRow]) -> rx.Component:
    row = rx.match(
        PeopleState.title,
        (REQUESTS, _request_row(person)),
        (FOLLOWERS, rx.cond(PeopleState.own, _follower_row(person), _default_row(person))),
        _default_row(person),
    )
    # React expects the key on the outermost element of a list item.
    return rx.fragment(row, key=person.id)


def _default_row(person: rx.Var[PersonRow], *more: rx.Component, variant: str = "") -> rx.Component:
    follow = follow_button(person=person, relationship=person, read_at=PeopleState.read_at, variant=variant)
    return _row(person, rx.cond(person.me, rx.fragment(), follow), *more, size=44, row="ic-panel-row")


def _follower_row(person: rx.Var[PersonRow]) -> rx.Component:
    remove = _button("Remove", f"Remove {person.username}", PeopleState.remove_follower(person.id))
    return _default_row(person, remove, variant="text")


def _request_row(person: rx.Var[PersonRow]) -> rx.Component:
    name = person.username
    return _row(
        person,
        _button("Confirm", f"Confirm request from {name}", PeopleState.confirm(person.id), "is-primary"),
        _button("Delete", f"Delete request from {name}", PeopleState.decline(person.id)),
        size=44,
        row="ic-panel-row",
    )


def _button(words: str, label: Any, act: Any, kind: str = "") -> rx.Component:
    look = f"ic-btn is-sm {kind}".strip()
    return remove_button(words=words, label=label, look=look, act=fn(lambda: act))


@rx.memo
def people_dialog() -> rx.Component:
    """A dialog with likes, followers, followees or follow requests, over whatever page is open.

    Every list but the likes has its own address, and is shown only while the page is at it.
    """
    path = use("useLocation", library="react-router").pathname
    leave = leave_address()
    has_address = PeopleState.title != LIKES
    at_address = path_under(path) != path
    is_at_list = (at_address == has_address) & (~at_address | (path == PeopleState.path))
    close = fn(lambda: [when(has_address, leave()), PeopleState.close])
    return rx.cond(
        (PeopleState.title != "") & is_at_list,
        dialog(
            rx.fragment(_head(close), people_list()),
            label=PeopleState.title,
            look=rx.cond(PeopleState.title == REQUESTS, "is-panel", ""),
            width="var(--ic-dialog-sm)",
            close=close,
        ),
        rx.fragment(),
    )


def _head(close: Any) -> rx.Component:
    return rx.cond(
        PeopleState.title == REQUESTS,
        rx.el.header(
            rx.el.a(
                icon("arrow-left", 22),
                href=routes.NOTIFICATIONS,
                aria_label="Back",
                class_name="ic-iconbtn ic-panel-back",
            ),
            rx.el.h2(PeopleState.title, class_name="ic-grow"),
            close_button(icon("x", 22), close=close),
            class_name="ic-panel-head",
        ),
        dialog_head(PeopleState.title, close),
    )


def people_list() -> rx.Component:
    """The people of the open list."""
    empty = rx.cond(
        PeopleState.title == REQUESTS,
        rx.el.div(
            art.drawing(art.BELL),
            rx.el.h2("Nothing yet"),
            rx.el.p("There are no requests."),
            class_name="ic-empty ic-alerts-none",
        ),
        rx.el.p("Nobody yet.", class_name="ic-muted ic-peoplenone"),
    )
    rows = rx.cond(
        PeopleState.status == LOADING,
        rx.el.ul(
            *[row_skeleton(44, "120px", "80px") for _ in range(4)],
            aria_busy="true",
            class_name="ic-peoplelist",
        ),
        rx.cond(
            PeopleState.people.length() == 0,
            empty,
            rx.el.ul(rx.foreach(PeopleState.people, _list_row), class_name="ic-peoplelist"),
        ),
    )
    return rx.el.div(
        paged(
            rx.el.div(rows),
            done=PeopleState.done,
            more=PeopleState.more,
            past_start=PeopleState.past_start,
            load_first=PeopleState.load_first,
            first="Return to the start",
        ),
        class_name="ic-dialog-body",
    )
