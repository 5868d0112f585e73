"""Search results: the tabs, the people and posts in one list, and their placeholders."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone import routes
from instagram_clone.domain.discovery.search import PersonHit, PostHit
from instagram_clone.web.browser.core import Js, default, dom, js, let, when, where
from instagram_clone.web.browser.discovery.opening import PANEL
from instagram_clone.web.browser.discovery.searching import after_name, option_id
from instagram_clone.web.browser.layers import panels
from instagram_clone.web.browser.layers.menus import next_item
from instagram_clone.web.browser.page.links import opens_new_tab
from instagram_clone.web.browser.posts import photos
from instagram_clone.web.browser.posts.hearts import truth
from instagram_clone.web.browser.posts.posts import show_post
from instagram_clone.web.browser.posts.renditions import FOUND, sizes
from instagram_clone.web.components.elements.basics import avatar, failed, icon, row_skeleton
from instagram_clone.web.components.elements.scrolling import paged
from instagram_clone.web.components.posts.tiles import tile_content, tile_placeholder, tile_skeletons
from instagram_clone.web.states.discovery.search import PEOPLE, POSTS, TOP, SearchState

PARTS = (TOP, PEOPLE, POSTS)
COLUMNS = 3
"""Tiles per row, at any width."""

_TAB, _BODY = "search_tab_", "search_found"


def part_tabs(part: Js, choose: Js) -> rx.Component:
    """The parts of the results, as tabs that the arrow keys move between."""

    def press(event: Js) -> Js:
        def choose_at(to: Js) -> list[Any]:
            return [event.preventDefault(), choose(js(PARTS)[to]), event.currentTarget.children[to].focus()]

        to = next_item(event.key, js(PARTS).indexOf(part), len(PARTS), len(PARTS))
        return where(default(to, -1), lambda to: when(to >= 0, choose_at(to)))

    def tab(name: str) -> rx.Component:
        return rx.el.button(
            name,
            type="button",
            role="tab",
            aria_selected=part == name,
            class_name="ic-chip",
            **dom(
                id=_TAB + name,
                aria_controls=_BODY,
                tab_index=when(part == name, 0, -1),
                on_click=lambda: choose(name),
            ),
        )

    return rx.el.div(
        *[tab(name) for name in PARTS],
        role="tablist",
        aria_label="Result type",
        class_name="ic-panel-tools ic-searchparts",
        **dom(on_key_down=press),
    )


@rx.memo
def search_results(
    *,
    answer: rx.Var[Any],
    query: rx.Var[str],
    part: rx.Var[str],
    waiting: rx.Var[bool],
    box: rx.Var[str],
    active: rx.Var[int],
) -> rx.Component:
    """The results of an answer under the tab of its part, or a skeleton until it arrives.

    `active` is the index of the result that the arrow keys have reached.
    """
    answer = js(answer)
    people, posts = let(default(answer.people, ())), let(default(answer.posts, ()))
    count = let(people.length + posts.length)
    is_grid = part == POSTS

    def post_item(post: rx.Var[PostHit], place: Any) -> rx.Component:
        at_place = people.length + place
        row = _post(post, at_place, box, active, answer)
        tile = _tile(post=post, place=at_place, box=box, active=active, text=answer.text)
        return rx.fragment(rx.cond(is_grid, tile, row), key=post.id)

    rows = rx.el.div(
        rx.foreach(people.to(list[PersonHit]), lambda person, place: _person(person, place, box, active)),
        rx.foreach(posts.to(list[PostHit]), post_item),
        role="listbox",
        aria_label="Results",
        class_name=rx.cond(is_grid, "ic-grid ic-foundgrid", ""),
        **dom(id=box),
    )
    listing = paged(
        rows,
        done=answer.done,
        more=SearchState.more,
        past_start=answer.past_start,
        load_first=SearchState.search(answer.text, answer.part),
        first="Return to the start",
    )
    nothing = rx.el.p(
        "Nothing for ",
        rx.el.bdi(answer.text),
        ". Check the spelling or try a tag.",
        class_name="ic-muted ic-searchnone ic-breaks",
    )
    outcome = rx.cond(count == 0, nothing, listing)
    error = failed(answer.why, SearchState.search(query, part))
    return rx.el.div(
        rx.cond(
            answer, rx.cond(answer.why, error, outcome), rx.cond(is_grid, _tile_skeletons(), _skeletons())
        ),
        role="tabpanel",
        tab_index=0,
        class_name="ic-panel-body",
        **dom(id=_BODY, aria_labelledby=js(_TAB) + part, aria_busy=waiting),
    )


def _skeletons() -> rx.Component:
    return rx.el.ul(*[row_skeleton(44, "140px", "200px") for _ in range(6)], class_name="ic-late")


def _tile_skeletons() -> rx.Component:
    return rx.el.div(tile_skeletons(), class_name="ic-late ic-foundbones")


def _person(person: rx.Var[PersonHit], place: Any, box: Any, active: Any) -> rx.Component:
    hit = js(person)
    reason = when(hit.note, after_name(hit.note), when(hit.followed, "following", ""))
    return rx.el.a(
        avatar(person.avatar, person.username, 44),
        person_words(person.username, person.name, reason),
        href=f"/{person.username}",
        key=person.id,
        **_option(
            place, box, active, lambda event: [SearchState.remember_person(person.id), _close_panel(event)]
        ),
    )


def person_words(username: Any, name: Any, reason: Any) -> rx.Component:
    """A person in words: the username, and below it the name and how they relate to the viewer."""
    return rx.el.span(
        rx.el.bdi(username, class_name="ic-user ic-truncate"),
        rx.el.span(
            rx.el.bdi(name), when(name & js(reason), " · "), reason, class_name="ic-muted ic-truncate"
        ),
        class_name="ic-person-text",
    )


@rx.memo
def _tile(
    *, post: rx.Var[PostHit], place: rx.Var[int], box: rx.Var[str], active: rx.Var[int], text: rx.Var[str]
) -> rx.Component:
    """A post in the grid. Its accessible name has the caption and alt text that a row would display."""
    hit = js(post)
    description = when(hit.caption & hit.alt, hit.caption + ", " + hit.alt, hit.caption | hit.alt)
    option = _option(place, box, active, _open_post(post, text), style=tile_placeholder(post))
    option["class_name"] = rx.cond(js(active) == place, "ic-tile is-hover", "ic-tile")
    return rx.el.elements.a(
        *tile_content(post, truth(post), sizes(post.photo, FOUND)),
        href=routes.post_url(post.id),
        aria_label=js("Photo by ") + hit.author + when(description, ": " + description, ""),
        **option,
    )


def _open_post(post: rx.Var[PostHit], text: Any) -> Any:
    """Return the click handler of a post among the results."""

    def handle_click(event: Js) -> Any:
        show = [event.preventDefault(), panels.hide(PANEL), show_post(post.id)]
        return [SearchState.remember_text(text), when(opens_new_tab(event), None, show)]

    return handle_click


def _post(post: rx.Var[PostHit], place: Any, box: Any, active: Any, answer: Js) -> rx.Component:
    hit = js(post)
    return rx.el.elements.a(
        rx.el.img(
            alt="",
            class_name="ic-thumb",
            **dom(src=photos.source(post.photo, hit.photo.widths[0]), width=44, height=44, loading="lazy"),
        ),
        rx.el.span(
            rx.el.bdi(post.author, class_name="ic-user ic-truncate"),
            rx.el.bdi(hit.caption | hit.alt | "Photo", class_name="ic-muted ic-truncate"),
            class_name="ic-person-text",
        ),
        href=routes.post_url(post.id),
        **_option(place, box, active, _open_post(post, answer.text)),
    )


def _option(place: Any, box: Any, active: Any, on_click: Any, **more: Any) -> dict[str, Any]:
    """The properties of a result. The focus stays in the field, which names the active result."""
    return {
        "role": "option",
        "aria_selected": js(active) == place,
        "class_name": "ic-panel-row ic-result",
        **dom(id=option_id(box, place), tab_index=-1, on_click=on_click, **more),
    }


def _close_panel(event: Js) -> Js:
    return when(opens_new_tab(event), None, panels.hide(PANEL))


def search_icon() -> rx.Component:
    """The icon that takes the avatar's place in a row."""
    return rx.el.span(icon("search", 20), class_name="ic-result-icon", aria_hidden="true")
