"""The hearts of posts and comments, and their numbers."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.domain.people.accounts import Person
from instagram_clone.domain.posts.comment_cards import CommentCard
from instagram_clone.domain.posts.post_cards import PostCard
from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, dom, js, let, when
from instagram_clone.web.browser.page.address import to_login
from instagram_clone.web.browser.page.facts import fact, retain
from instagram_clone.web.browser.page.words import like_words, with_commas
from instagram_clone.web.browser.posts.hearts import (
    Truth,
    apply_optimistic,
    likers,
    others_named,
    truth,
    truth_now,
)
from instagram_clone.web.components.elements.basics import avatar, icon
from instagram_clone.web.states.people.people import PeopleState
from instagram_clone.web.states.posts.detail import DetailState
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.session import SessionState


def tap(item: Any, now: Truth, like: Any, unlike: Any) -> Js:
    """Toggle a heart at once, and send it to the server."""
    toggle = [apply_optimistic(item, now, ~now.liked), when(now.liked, unlike(item.id), like(item.id))]
    return when(SessionState.signed_in, toggle, to_login())


def like_once(post: Any) -> Js:
    """Like a post that the viewer does not like yet; a step."""
    now = truth_now(post)
    return when(~now.liked, [apply_optimistic(post, now, True), TimelineState.like(post.id)])


@rx.memo
def like_button(*, post: rx.Var[PostCard]) -> rx.Component:
    """The heart under a post: toggles at once, and back if the server refuses."""
    now = truth(post)
    return rx.el.button(
        icon("heart"),
        type="button",
        class_name="ic-iconbtn is-like",
        aria_label=rx.cond(now.liked, "Unlike", "Like"),
        aria_pressed=now.liked,
        **dom(data_like=True, on_click=lambda: tap(post, now, TimelineState.like, TimelineState.unlike)),
    )


@rx.memo
def comment_heart(*, comment: rx.Var[CommentCard]) -> rx.Component:
    """The heart beside a comment."""
    now = truth(comment, fact_keys.comment_key)
    return rx.el.button(
        icon("heart", 16),
        type="button",
        class_name="ic-iconbtn is-sm is-like",
        aria_label=f"{rx.cond(now.liked, 'Unlike', 'Like')} comment by {comment.username}",
        aria_pressed=now.liked,
        **dom(on_click=lambda: tap(comment, now, DetailState.like_comment, DetailState.unlike_comment)),
    )


@rx.memo
def like_line(*, post: rx.Var[PostCard]) -> rx.Component:
    """The number of likes of a post, which opens the list of people, with some avatars and one name."""
    now = truth(post)
    named = let(others_named(likers(post, fact(fact_keys.likers_key(post.id))), now.likes, now.liked))
    avatars = rx.el.span(
        rx.foreach(named.to(list[Person]), lambda person: avatar(person.avatar, person.username, 20)),
        class_name="ic-stack",
        aria_hidden="true",
    )
    name = named[0].username
    by = rx.fragment(
        rx.el.span(" · liked by ", class_name="ic-muted"),
        rx.el.a(name, href=f"/{name}", class_name="ic-user"),
    )
    shown = rx.el.span(_count(now.likes, PeopleState.open_likes(post.id)), rx.cond(name, by, rx.fragment()))
    return rx.el.div(
        rx.cond(
            now.likes == 0,
            rx.el.span("Be the first to like this", class_name="ic-muted"),
            rx.fragment(rx.cond(name, avatars, rx.fragment()), shown),
        ),
        class_name="ic-likes",
    )


@rx.memo
def comment_likes(*, comment: rx.Var[CommentCard]) -> rx.Component:
    """The number of likes of a comment, if any."""
    likes = truth(comment, fact_keys.comment_key).likes
    return rx.cond(likes == 0, rx.fragment(), _count(likes, PeopleState.open_comment_likes(comment.id)))


def _count(likes: Js, show: Any) -> rx.Component:
    return rx.el.button(
        like_words(likes),
        type="button",
        title=with_commas(likes),
        **dom(on_click=lambda: when(SessionState.signed_in, show, to_login())),
    )


@rx.memo
def retained_posts() -> rx.Component:
    """Retain the facts about the listed posts while another page is shown, so that on return the list is as
    it was left, with current numbers.
    """
    return rx.fragment(retain("timeline", js(TimelineState.posts).map(lambda post: post.id)))
