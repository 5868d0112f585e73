"""The notifications panel, from 768 pixels up; on phones notifications are a page."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import Js, dom, fn, when
from instagram_clone.web.browser.page.links import opens_new_tab
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.layout.panels import panel, panel_close
from instagram_clone.web.components.notifications.activity import alerts_list, requests_link
from instagram_clone.web.components.people.people import people_list
from instagram_clone.web.states.activity import AlertsState
from instagram_clone.web.states.people.people import REQUESTS, PeopleState
from instagram_clone.web.states.session import SessionState

NAME = "notifications"


def alerts_panel() -> rx.Component:
    """The alerts, or the follow requests in their place; the page behind stays as it is."""
    shows_requests = PeopleState.title == REQUESTS
    return panel(
        rx.cond(shows_requests, _requests(), _alerts()),
        name=NAME,
        label=rx.cond(shows_requests, REQUESTS, "Notifications"),
        ready=rx.cond(SessionState.ready, AlertsState.connection, ""),
        opened=fn(lambda: AlertsState.open_panel()),
        closed=fn(lambda: [AlertsState.close_panel(), when(shows_requests, PeopleState.close())]),
    )


def _alerts() -> rx.Component:
    def show_requests(event: Js) -> Any:
        return when(opens_new_tab(event), None, [event.preventDefault(), PeopleState.load_requests()])

    return rx.fragment(
        rx.el.header(rx.el.h2("Notifications"), _close_button(), class_name="ic-panel-head"),
        rx.el.div(
            alerts_list(requests_link(**dom(on_click=show_requests))),
            class_name="ic-panel-body",
            tab_index=0,
        ),
    )


def _requests() -> rx.Component:
    back = rx.el.button(
        icon("arrow-left", 22),
        type="button",
        aria_label="Back",
        class_name="ic-iconbtn ic-panel-back",
        on_click=PeopleState.close,
    )
    return rx.fragment(
        rx.el.header(
            back, rx.el.h2(REQUESTS, class_name="ic-grow"), _close_button(), class_name="ic-panel-head"
        ),
        people_list(),
    )


def _close_button() -> rx.Component:
    return panel_close(icon("x", 22), name=NAME)
