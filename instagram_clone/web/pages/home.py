"""Home: the feed, its empty and loading states, and people to follow."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.browser.core import (
    assign,
    js,
    layout_effect,
    name,
    ref,
    when,
    window,
)
from instagram_clone.web.browser.layers.focus import focus_main_if_lost
from instagram_clone.web.components.discovery.rail import rail
from instagram_clone.web.components.discovery.suggestions import suggestion_card
from instagram_clone.web.components.elements import art
from instagram_clone.web.components.elements.basics import failed, icon
from instagram_clone.web.components.elements.buttons import create_button
from instagram_clone.web.components.elements.scrolling import scroll_restoration
from instagram_clone.web.components.layout.shell import LOAD, shell
from instagram_clone.web.components.posts.detail import post_dialog
from instagram_clone.web.components.posts.list_ends import list_end, list_start
from instagram_clone.web.components.posts.posts import new_posts, post_card, post_skeleton
from instagram_clone.web.html.first_paint import ELEMENT_ID
from instagram_clone.web.states.people.people import PeopleState
from instagram_clone.web.states.posts.detail import DetailState
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.session import SessionState
from instagram_clone.web.states.status import FAILED, LOADING, READY


def page() -> rx.Component:
    """The home page."""
    return shell(
        rx.el.h1("Home", class_name="ic-sr"),
        rx.el.div(
            rx.el.div(
                rx.match(
                    TimelineState.status,
                    (LOADING, _loading()),
                    (
                        FAILED,
                        failed("We could not load your feed.", TimelineState.refresh),
                    ),
                    rx.fragment(
                        new_posts(),
                        list_start(),
                        rx.cond(TimelineState.posts.length() == 0, _welcome(), _feed()),
                    ),
                ),
                class_name="ic-feed",
            ),
            rx.el.aside(rail(), class_name="ic-rail", aria_label="Suggestions"),
            class_name="ic-feed-layout",
        ),
        _top_when_filled(empty=(TimelineState.status == READY) & (TimelineState.posts.length() == 0)),
        scroll_restoration(shown=TimelineState.posts.length()),
        post_dialog(),
        title="Instaclone",
        here="Home",
    )


@rx.memo
def _top_when_filled(*, empty: rx.Var[bool]) -> rx.Component:
    """Scroll to the top when an empty feed fills: the reader was further down, among the people to follow.

    The button they pressed is gone then, along with the focus, so the focus moves to the main content.
    """
    was_empty = ref("was_empty", False)
    return rx.fragment(
        layout_effect(
            lambda: [
                when(was_empty.current & ~js(empty), [window.scrollTo(0, 0), focus_main_if_lost()]),
                assign(was_empty, current=empty),
                name("undefined"),
            ],
            empty,
        )
    )


def _feed() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.foreach(
                TimelineState.posts,
                lambda post, index: rx.fragment(post_card(post=post, eager=index == 0), key=post.id),
            ),
            role="feed",
            aria_label="Posts",
            class_name="ic-contents",
        ),
        rx.cond(
            TimelineState.done,
            rx.fragment(
                rx.el.div(
                    icon("circle-check", 32),
                    rx.el.p("You are all caught up", class_name="ic-strong ic-caughtup-title"),
                    rx.el.p("That is everything from the people you follow.", class_name="ic-sm"),
                    class_name="ic-caughtup",
                ),
                # Only shown where there is no room for the rail, which lists them too.
                rx.el.section(_people(), class_name="ic-feed-people"),
            ),
            list_end(post_skeleton()),
        ),
    )


def _loading() -> rx.Component:
    return rx.fragment(
        # The server fills this in (html/first_paint.py). React renders no children here, so it stays.
        rx.el.div(
            id=ELEMENT_ID,
            role="feed",
            aria_label="Posts",
            class_name="ic-contents ic-first",
            custom_attrs={"dangerouslySetInnerHTML": {"__html": ""}, "suppressHydrationWarning": True},
        ),
        rx.el.div(
            rx.el.p("Loading posts", class_name="ic-sr", role="status"),
            post_skeleton(),
            post_skeleton(),
            aria_busy="true",
            class_name="ic-contents ic-late",
        ),
    )


def _step(title: str, sentence: str, done, action: rx.Component) -> rx.Component:
    return rx.el.li(
        rx.cond(
            done,
            rx.el.span(icon("check", 14, "is-bold"), class_name="ic-check is-on"),
            rx.el.span(class_name="ic-check"),
        ),
        rx.el.div(
            rx.el.p(title, class_name="ic-h3"),
            rx.cond(done, rx.fragment(), rx.el.p(sentence, class_name="ic-muted ic-sm")),
            class_name="ic-grow",
        ),
        rx.cond(done, rx.el.span("Done", class_name="ic-muted ic-sm"), action),
        class_name=rx.cond(done, "is-done", ""),
    )


def _welcome() -> rx.Component:
    return rx.fragment(
        rx.el.section(
            rx.el.div(
                art.drawing(art.WELCOME),
                rx.el.div(
                    rx.el.h2("Welcome, ", SessionState.name, class_name="ic-h1"),
                    rx.el.p(
                        "Your feed fills up as you follow people. Three small steps and it will feel like"
                        " yours.",
                        class_name="ic-muted ic-welcome-text",
                    ),
                ),
                class_name="ic-welcome-top",
            ),
            rx.el.ol(
                _step("Create your account", "", True, rx.fragment()),
                _step(
                    "Add a profile photo",
                    "So friends know it is you.",
                    SessionState.avatar != "",
                    rx.el.a("Add photo", href=routes.SETTINGS_PROFILE, class_name="ic-btn is-sm"),
                ),
                _step(
                    "Share your first photo",
                    "It can be anything. Truly.",
                    SessionState.my_posts > 0,
                    create_button(
                        rx.fragment("Create"), look="ic-btn is-sm", label="Create your first post"
                    ),
                ),
                class_name="ic-steps",
            ),
            class_name="ic-welcome",
        ),
        _people(),
    )


def _people() -> rx.Component:
    return rx.cond(
        PeopleState.suggestions.length() > 0,
        rx.fragment(
            rx.el.div(
                rx.el.h2("People to follow", class_name="ic-h2"),
                rx.el.a("See all", href=routes.EXPLORE, class_name="ic-textbtn"),
                class_name="ic-feed-head",
            ),
            rx.el.ul(rx.foreach(PeopleState.suggestions, suggestion_card), class_name="ic-sugg"),
        ),
        rx.fragment(),
    )


def add(app: rx.App) -> None:
    """Add the page to the app."""
    app.add_page(
        page,
        route=routes.HOME,
        title="Instaclone",
        on_load=[
            *LOAD,
            TimelineState.load_home,
            DetailState.load_dialog,
            PeopleState.leave,
            PeopleState.load_suggestions,
        ],
    )
