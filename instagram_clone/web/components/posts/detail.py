"""A post with its conversation: in a dialog over a page, and on a page of its own."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.domain.posts.post_cards import PostCard
from instagram_clone.web.browser.core import Js, document, dom, js, listen, use, when, window
from instagram_clone.web.browser.page.shortcuts import has_modifier
from instagram_clone.web.browser.posts.renditions import DETAIL, aspect, sizes
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.elements.times import time_ago
from instagram_clone.web.components.layout.layers import address_dialog, leave_button
from instagram_clone.web.components.posts.comment_form import comment_form
from instagram_clone.web.components.posts.comments import comment_list
from instagram_clone.web.components.posts.hearts import like_line
from instagram_clone.web.components.posts.photos import post_photo
from instagram_clone.web.components.posts.posts import post_actions, post_article, post_head
from instagram_clone.web.states.posts.detail import DetailState
from instagram_clone.web.states.status import MISSING


def post_dialog() -> rx.Component:
    """The post that the address asks for, over the page."""
    post = DetailState.post
    return address_dialog(
        rx.cond(
            post,
            rx.fragment(
                _phone_bar(),
                dialog_buttons(previous=DetailState.previous, following=DetailState.following),
                post_with_comments(post=post),
            ),
            rx.el.div(
                rx.cond(DetailState.status == MISSING, _missing(), loading_post()),
                class_name="ic-detail-wait",
            ),
        ),
        parameter="p",
        label=rx.cond(post, f"Post by {post.username}", "Post"),
        look="ic-detail",
    )


def post_page() -> rx.Component:
    """The post on a page of its own."""
    return post_article(
        post_with_comments(post=DetailState.post), post=DetailState.post, look="ic-card ic-detail is-page"
    )


def loading_post() -> rx.Component:
    """Placeholder for a post that is being loaded."""
    return rx.el.div(
        icon("loader-circle", 32, "ic-spin"),
        rx.el.p("Loading post", class_name="ic-sr", role="status"),
        class_name="ic-empty ic-late",
    )


def _missing() -> rx.Component:
    return rx.el.div(
        rx.el.h2("This print never developed"),
        rx.el.p("The post may have been removed."),
        leave_button(rx.el.span("Close"), look="ic-btn"),
        class_name="ic-empty",
    )


def _phone_bar() -> rx.Component:
    return rx.el.header(
        leave_button(icon("chevron-left"), look="ic-iconbtn", label="Back"),
        rx.el.span("Post", class_name="ic-topbar-title"),
        rx.el.span(style={"width": "44px"}),
        class_name="ic-topbar has-back ic-only-phone",
    )


@rx.memo
def dialog_buttons(*, previous: rx.Var[str], following: rx.Var[str]) -> rx.Component:
    """The close button of the post dialog, and buttons to the adjacent posts. The arrow keys work too."""
    navigate = use("useNavigate", library="react-router")

    def go(post_id: Any) -> Any:
        path = window.location.pathname
        return navigate(f"{path}?p={post_id}", {"replace": True, "preventScrollReset": True})

    def arrow(label: str, tag: str, class_name: str, to: Any) -> rx.Component:
        button = rx.el.button(
            icon(tag, 22),
            type="button",
            aria_label=label,
            class_name=f"ic-roundbtn ic-sidearrow {class_name}",
            **dom(on_click=lambda: go(to)),
        )
        return rx.cond(to == "", rx.fragment(), button)

    def press(event: Js) -> Any:
        to = js({"ArrowLeft": previous, "ArrowRight": following})[event.key]
        is_on_top = document.querySelectorAll("dialog[open]").length == 1
        is_elsewhere = event.target.closest("input, textarea") | document.querySelector(":popover-open")
        is_plain = ~(has_modifier(event) | event.shiftKey)
        return when(is_on_top & to & is_plain & ~is_elsewhere, go(to))

    return rx.fragment(
        # On the window, because the focused button may disappear after a step.
        listen(lambda: window, "keydown", press, previous, following),
        leave_button(icon("x", 26), look="ic-closebtn"),
        arrow("Previous post", "chevron-left", "is-prev", previous),
        arrow("Next post", "chevron-right", "is-next", following),
    )


@rx.memo
def post_with_comments(*, post: rx.Var[PostCard]) -> rx.Component:
    """The photo, and beside it the author, the conversation and the comment field."""
    photo = post.photo
    return rx.el.div(
        rx.el.div(
            rx.fragment(
                post_photo(post=post, sizes=sizes(photo, DETAIL, aspect(photo)), aspect=0, eager=True),
                # What was tapped on one photo says nothing about the next.
                key=post.id,
            ),
            class_name="ic-detail-media",
            **dom(
                style={
                    "--ph": f'url("{photo.placeholder}")',
                    "aspectRatio": f"{photo.width} / {photo.height}",
                }
            ),
        ),
        rx.el.div(
            post_head(post, look="ic-detail-head"),
            comment_list(post),
            rx.el.div(
                post_actions(post),
                rx.el.div(
                    like_line(post=post),
                    rx.el.p(time_ago(at=post.created, exact=True), class_name="ic-xs ic-muted"),
                    class_name="ic-post-body",
                ),
                comment_form(post.id, replies=True),
                class_name="ic-detail-foot",
            ),
            class_name="ic-detail-side",
        ),
        class_name="ic-detail-scroll",
    )
