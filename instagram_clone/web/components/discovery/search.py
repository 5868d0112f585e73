"""Search: the field, recent searches and results, in a panel or on a page of its own."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone import routes
from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import (
    Js,
    default,
    document,
    dom,
    effect,
    fn,
    js,
    layout_effect,
    let,
    ref,
    state,
    use,
    when,
)
from instagram_clone.web.browser.discovery.opening import PANEL, open_search
from instagram_clone.web.browser.discovery.searching import (
    announcement,
    latest,
    next_result,
    option_id,
    search_input,
)
from instagram_clone.web.browser.forms.fields import is_composing
from instagram_clone.web.browser.layers import panels
from instagram_clone.web.browser.page.facts import learn, peek
from instagram_clone.web.components.discovery.recents import recent_searches
from instagram_clone.web.components.discovery.results import COLUMNS, part_tabs, search_results
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.forms.search_field import search_field
from instagram_clone.web.components.layout.panels import panel, panel_button, panel_close
from instagram_clone.web.states.activity import AlertsState
from instagram_clone.web.states.discovery.search import POSTS, TOP, SearchState
from instagram_clone.web.states.session import SessionState

HINT = "People and posts"


@rx.memo
def search_box(*, ready: rx.Var[str], in_page: rx.Var[bool]) -> rx.Component:
    """The search field, with recent searches or results below it.

    `ready` is empty until the server can be asked, and changes with every new connection. Going back to the
    search page restores its text and part; a panel always starts empty.
    """
    saved = peek(fact_keys.searched_key())
    is_back = (use("useNavigationType", library="react-router") == "POP") & in_page
    field = search_input(lambda: when(is_back, default(saved.text, ""), ""))
    part, choose = state("part", lambda: when(is_back, default(saved.part, TOP), TOP))
    answer, answer_effect = latest(SearchState.answer, field.query, part)
    count = let(default(answer.people.length, 0) + default(answer.posts.length, 0))
    status, status_effect = announcement(count, answer)
    active, set_active = state("active", -1)
    box, input_ = use("useId"), ref("input")
    empty = let(field.text.trim() == "")
    columns = let(when(part == POSTS, COLUMNS, 1))
    waiting = let(~empty & (answer.text != field.text.trim()))

    def search_for(text: Any) -> list[Any]:
        return [field.write(text), input_.current.focus()]

    def enter() -> Any:
        submit = [field.query_now(), SearchState.remember_text(field.text.trim())]
        return when(
            active >= 0, document.getElementById(option_id(box, active)).click(), when(empty, None, submit)
        )

    def key_down(event: Js) -> Any:
        arrow = (event.key == "ArrowDown") | (event.key == "ArrowUp")
        # Left and right move the caret in the field, unless the arrow keys are already among the tiles.
        sideways = (event.key == "ArrowLeft") | (event.key == "ArrowRight")
        is_leading = arrow | (sideways & (columns > 1) & (active >= 0))
        return when(
            is_composing(event),
            None,
            when(
                is_leading & ~empty,
                [event.preventDefault(), set_active(next_result(event.key, active, count, columns))],
                when(
                    event.key == "Enter",
                    [event.preventDefault(), enter()],
                    # By default, the first Escape would only clear the field.
                    when((event.key == "Escape") & ~in_page, [event.preventDefault(), panels.hide(PANEL)]),
                ),
            ),
        )

    return rx.el.div(
        *field.effects,
        answer_effect,
        status_effect,
        layout_effect(lambda: input_.current.focus({"preventScroll": True})),
        effect(lambda: when(ready, SearchState.open()), ready),
        effect(lambda: fn(lambda: SearchState.close())),
        effect(
            lambda: when(js(ready) & field.query, SearchState.search(field.query, part)),
            ready,
            field.query,
            part,
        ),
        effect(lambda: set_active(-1), answer),
        effect(
            lambda: document.getElementById(option_id(box, active)).scrollIntoView({"block": "nearest"}),
            active,
        ),
        effect(
            lambda: when(in_page, learn({fact_keys.searched_key(): {"text": field.text, "part": part}})),
            field.text,
            part,
        ),
        rx.el.div(
            search_field(
                field,
                "Search",
                input_,
                hint=rx.el.kbd("/", class_name="ic-kbd ic-not-phone", aria_hidden="true"),
                placeholder=HINT,
                data_autofocus=True,
                aria_autocomplete="list",
                aria_controls=when(count > 0, box),
                aria_activedescendant=when(active >= 0, option_id(box, active)),
                on_key_down=key_down,
            ),
            class_name="ic-panel-tools",
        ),
        rx.el.p(status, role="status", class_name="ic-sr"),
        rx.cond(
            empty,
            recent_searches(search_for=fn(search_for)),
            rx.fragment(
                part_tabs(part, choose),
                search_results(
                    answer=answer, query=field.query, part=part, waiting=waiting, box=box, active=active
                ),
            ),
        ),
        class_name="ic-searchbox",
        **dom(data_search_box=True),
    )


def _ready() -> rx.Var[str]:
    return rx.cond(SessionState.ready, AlertsState.connection, "")


def search_page_content() -> rx.Component:
    """The search as the content of a page."""
    return search_box(ready=_ready(), in_page=True)


def search_panel() -> rx.Component:
    """The search in its panel."""
    nothing = fn(lambda: None)
    return panel(
        rx.fragment(
            rx.el.header(
                rx.el.h2("Search"), panel_close(icon("x", 22), name=PANEL), class_name="ic-panel-head"
            ),
            search_box(ready=_ready(), in_page=False),
        ),
        name=PANEL,
        label="Search",
        ready=_ready(),
        opened=nothing,
        closed=nothing,
    )


def search_button(here: bool) -> rx.Component:
    """The navigation item: opens the panel, or focuses the field on the search page."""
    content = rx.fragment(icon("search"), rx.el.span("Search", class_name="ic-navlabel"))
    if here:
        return _focus_button(content)
    return panel_button(content, name=PANEL, label="Search", look="ic-navitem")


def search_link() -> rx.Component:
    """A link to the search page that looks like the field, on phones."""
    return rx.el.a(
        icon("search", 20),
        rx.el.span(HINT, class_name="ic-input ic-searchlink"),
        href=routes.SEARCH,
        aria_label="Search",
        class_name="ic-search ic-only-phone",
    )


@rx.memo
def _focus_button(children: rx.Var[rx.Component]) -> rx.Component:
    """The navigation item on the search page itself."""
    return rx.el.button(
        children,
        type="button",
        class_name="ic-navitem",
        aria_label="Search",
        **dom(aria_current="page", on_click=open_search),
    )
