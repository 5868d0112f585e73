"""The column beside the feed: the viewer's own account, and people they might follow."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.components.discovery.suggestions import suggested_row
from instagram_clone.web.components.elements.basics import avatar, skeleton
from instagram_clone.web.states.people.people import PeopleState
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.session import SessionState


def rail() -> rx.Component:
    """The column beside the feed, where there is room for it."""
    return rx.fragment(
        rx.el.div(
            rx.cond(
                SessionState.ready,
                rx.fragment(
                    avatar(SessionState.avatar, SessionState.username, 48),
                    rx.el.div(
                        rx.el.a(
                            SessionState.username,
                            href=f"/{SessionState.username}",
                            class_name="ic-user ic-truncate",
                        ),
                        rx.el.span(SessionState.name, class_name="ic-muted ic-truncate"),
                        class_name="ic-person-text",
                    ),
                ),
                rx.fragment(
                    skeleton("48px", "48px", round_=True),
                    rx.el.div(skeleton("110px", "11px"), skeleton("76px", "9px"), class_name="ic-boneset"),
                ),
            ),
            class_name="ic-rail-me",
        ),
        rx.cond(
            (PeopleState.suggestions.length() > 0) & (TimelineState.posts.length() > 0),
            rx.fragment(
                rx.el.div(
                    rx.el.h2("Suggested for you"),
                    rx.el.a("See all", href=routes.EXPLORE, class_name="ic-textbtn is-ink ic-xs"),
                    class_name="ic-rail-head",
                ),
                rx.el.ul(
                    rx.foreach(
                        PeopleState.suggestions,
                        lambda person: suggested_row(person, size=40, variant="text"),
                    )
                ),
            ),
            rx.fragment(),
        ),
        rx.el.footer(rx.el.p("Instaclone, open source photo sharing"), class_name="ic-rail-foot"),
    )
