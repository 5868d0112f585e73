"""People the viewer might follow; each can be dismissed, and disappears at once."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, dom
from instagram_clone.web.browser.discovery.rows import focus_next_row
from instagram_clone.web.browser.page.facts import fact, learn
from instagram_clone.web.components.elements.basics import avatar, icon
from instagram_clone.web.components.people.follows import follow_button
from instagram_clone.web.components.people.people import person_row
from instagram_clone.web.states.people.people import PeopleState


@rx.memo
def unless_dismissed(children: rx.Var[rx.Component], *, person_id: rx.Var[str]) -> rx.Component:
    """A person's row or card, until they are dismissed."""
    return rx.cond(fact(fact_keys.dismissed_key(person_id)), rx.fragment(), rx.fragment(children))


@rx.memo
def dismiss_button(*, person_id: rx.Var[str], username: rx.Var[str]) -> rx.Component:
    """A button that stops a person from being suggested again. Must come last in its row."""

    def dismiss(event: Js) -> list[Any]:
        return [
            focus_next_row(event.currentTarget),
            learn({fact_keys.dismissed_key(person_id): True}),
            PeopleState.dismiss(person_id),
        ]

    return rx.el.button(
        icon("x", 16),
        type="button",
        aria_label=f"Dismiss {username}",
        class_name="ic-iconbtn is-sm is-muted ic-dismiss",
        **dom(on_click=dismiss),
    )


def suggested_row(person: rx.Var[Any], *, size: int, variant: str = "") -> rx.Component:
    """A suggested person, in a list."""
    dismiss = dismiss_button(person_id=person.id, username=person.username)
    row = person_row(person, PeopleState.suggested_at, dismiss, size=size, row="ic-person", variant=variant)
    return rx.fragment(unless_dismissed(row, person_id=person.id), key=person.id)


def suggestion_card(person: rx.Var[Any]) -> rx.Component:
    """A suggested person, with their bio and newest photos."""
    card = rx.el.li(
        rx.cond(
            person.photos.length() > 0,
            rx.el.div(
                rx.foreach(person.photos, lambda photo: rx.el.img(src=photo, alt="", loading="lazy")),
                class_name="ic-suggcard-pics",
            ),
            rx.fragment(),
        ),
        avatar(person.avatar, person.username, 56),
        rx.el.p(rx.el.a(person.username, href=f"/{person.username}", class_name="ic-user")),
        rx.cond(
            person.bio == "",
            rx.fragment(),
            rx.el.p(person.bio, dir="auto", class_name="ic-xs ic-muted ic-suggcard-bio"),
        ),
        rx.el.p(person.note, class_name="ic-xs ic-muted"),
        follow_button(person=person, relationship=person, read_at=PeopleState.suggested_at),
        dismiss_button(person_id=person.id, username=person.username),
        class_name="ic-suggcard",
    )
    return rx.fragment(unless_dismissed(card, person_id=person.id), key=person.id)
