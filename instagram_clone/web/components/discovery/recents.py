"""The viewer's recent searches: each can be repeated or removed."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.domain.discovery.recents import Recent
from instagram_clone.web.browser.core import Js, dom, effect, js, let, state, when
from instagram_clone.web.browser.discovery.opening import PANEL
from instagram_clone.web.browser.discovery.rows import focus_field, focus_next_row
from instagram_clone.web.browser.layers import panels
from instagram_clone.web.components.discovery.results import person_words, search_icon
from instagram_clone.web.components.elements.basics import avatar, icon
from instagram_clone.web.states.discovery.search import SearchState


@rx.memo
def recent_searches(*, search_for: rx.Var[Any]) -> rx.Component:
    """The recent searches; a removed one disappears at once, and comes back if the server refuses.

    `search_for` is called with the text to search for.
    """
    removed, set_removed = state("removed", ())
    shown = let(js(SearchState.recents).filter(lambda recent: ~removed.includes(recent.id)))
    loaded_at = SearchState.recents_at

    def row(recent: rx.Var[Recent]) -> rx.Component:
        return _row(recent, search_for, lambda: set_removed(removed.concat((js(recent).id,))))

    def clear(event: Js) -> list[Any]:
        all_ids = js(SearchState.recents).map(lambda recent: recent.id)
        return [focus_field(event.currentTarget), set_removed(all_ids), SearchState.remove_all()]

    return rx.el.div(
        effect(lambda: set_removed(()), loaded_at),
        rx.el.div(
            rx.el.h3("Recent", class_name="ic-h3"),
            rx.cond(
                shown.length > 0,
                rx.el.button("Clear all", type="button", class_name="ic-textbtn", **dom(on_click=clear)),
                rx.fragment(),
            ),
            class_name="ic-panel-sub",
        ),
        rx.cond(
            shown.length > 0,
            rx.el.ul(rx.foreach(shown.to(list[Recent]), row)),
            rx.cond(
                js(loaded_at) > 0,
                rx.el.p(
                    "Your recent searches appear here. Only you can see them.",
                    class_name="ic-muted ic-searchnone",
                ),
                rx.fragment(),
            ),
        ),
        class_name="ic-panel-body",
    )


def _row(recent: rx.Var[Recent], search_for: Any, hide: Any) -> rx.Component:
    row = js(recent)
    label = when(row.person, row.person.username, row.text)

    def remove(event: Js) -> list[Any]:
        return [focus_next_row(event.currentTarget), hide(), SearchState.remove(recent.id)]

    person = recent.person
    return rx.el.li(
        rx.cond(
            person,
            rx.el.a(
                avatar(person.avatar, person.username, 44),
                person_words(person.username, person.name, when(js(person).followed, "following", "")),
                href=f"/{person.username}",
                class_name="ic-recent",
                **dom(on_click=lambda: [SearchState.remember_person(person.id), panels.hide(PANEL)]),
            ),
            rx.el.button(
                search_icon(),
                rx.el.span(
                    rx.el.bdi(recent.text, class_name="ic-user ic-truncate"), class_name="ic-person-text"
                ),
                type="button",
                class_name="ic-recent",
                **dom(
                    on_click=lambda: [js(search_for)(recent.text), SearchState.remember_text(recent.text)]
                ),
            ),
        ),
        rx.el.button(
            icon("x", 18),
            type="button",
            aria_label=js("Remove ") + label + " from recent searches",
            class_name="ic-iconbtn is-sm is-muted",
            **dom(on_click=remove),
        ),
        class_name="ic-panel-row",
        key=recent.id,
    )
