"""People: a row with a follow button, and the dialog that lists them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.domain.lists import PersonRow
from instagram_clone.web import islands
from instagram_clone.web.components.basics import face, icon, row_bone
from instagram_clone.web.states.people import PeopleState
from instagram_clone.web.states.session import SessionState
from instagram_clone.web.states.timeline import LOADING


def follow_button(user: Any, username: Any, followed: Any, read_at: Any, look: str = "") -> rx.Component:
    """Follow or Following, changed at once and corrected by what the server says."""
    return islands.FollowButton.create(
        user=user,
        username=username,
        followed=followed,
        read_at=read_at,
        look=look,
        signed_in=SessionState.signed_in,
        on_follow=PeopleState.follow,
        on_unfollow=PeopleState.unfollow,
    )


def person_row(
    person: rx.Var[PersonRow], read_at: Any, *, size: int, row: str, look: str = ""
) -> rx.Component:
    """Somebody in a list. `note` is shown in place of the name where there is one."""
    return rx.el.li(
        face(person.avatar, person.username, size),
        rx.el.div(
            rx.el.a(person.username, href=f"/{person.username}", class_name="ic-user ic-truncate"),
            rx.el.span(
                rx.cond(person.note == "", person.name, person.note), class_name="ic-muted ic-truncate"
            ),
            class_name="ic-person-text",
        ),
        rx.cond(
            person.me,
            rx.fragment(),
            follow_button(person.id, person.username, person.followed, read_at, look),
        ),
        class_name=row,
        key=person.id,
    )


def people_dialog() -> rx.Component:
    """Likes, followers or followees, over whatever page is open."""
    by_address = PeopleState.title != "Likes"
    return islands.PeopleDialog.create(
        rx.el.header(
            rx.el.span(),
            rx.el.div(rx.el.h2(PeopleState.title)),
            rx.el.span(
                islands.CloseDialog.create(
                    icon("x", 22), class_name="ic-iconbtn", under=by_address, on_close=PeopleState.close
                )
            ),
            class_name="ic-dialog-head",
        ),
        rx.el.div(
            rx.cond(
                PeopleState.status == LOADING,
                rx.el.ul(
                    *[row_bone(44, "120px", "80px") for _ in range(4)],
                    aria_busy="true",
                    class_name="ic-peoplelist",
                ),
                rx.cond(
                    PeopleState.people.length() == 0,
                    rx.el.p("Nobody yet.", class_name="ic-muted ic-peoplenone"),
                    rx.el.ul(
                        rx.foreach(
                            PeopleState.people,
                            lambda person: person_row(
                                person, PeopleState.read_at, size=44, row="ic-panel-row"
                            ),
                        ),
                        class_name="ic-peoplelist",
                    ),
                ),
            ),
            rx.cond(
                PeopleState.done,
                rx.fragment(),
                rx.el.button(
                    "Show more", type="button", class_name="ic-btn is-block", on_click=PeopleState.more
                ),
            ),
            class_name="ic-dialog-body",
        ),
        title=PeopleState.title,
        address=by_address,
        on_close=PeopleState.close,
    )
