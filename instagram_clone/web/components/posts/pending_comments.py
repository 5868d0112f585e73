"""Comments being sent: shown in place at once, sent, and kept with a way to retry."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.domain.posts.comment_cards import CommentCard
from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import (
    Js,
    default,
    dom,
    effect,
    js,
    layout_effect,
    let,
    name,
    ref,
    when,
)
from instagram_clone.web.browser.page.connection import connection_id, is_broken, viewer_id
from instagram_clone.web.browser.page.facts import fact
from instagram_clone.web.browser.posts import comments
from instagram_clone.web.browser.posts.comments import Pending
from instagram_clone.web.components.elements.basics import avatar, rich_text
from instagram_clone.web.states.posts.detail import DetailState
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.session import SessionState


@rx.memo
def comment_outbox() -> rx.Component:
    """Send comments in the order they were written. Every page has it, so leaving a post cancels none."""
    pending = let(comments.pending_by(viewer_id()))

    def item(comment: Any, at: Any) -> rx.Component:
        before = default(pending[js(at) - 1].key, "")
        return rx.fragment(delivery(comment=comment, before=before), key=comment["key"])

    return rx.fragment(rx.foreach(pending.to(list[Pending]), item))


@rx.memo
def delivery(*, comment: rx.Var[Pending], before: rx.Var[str]) -> rx.Component:
    """Send a comment once the one with key `before` has been answered, on every retry, and on every new
    connection: a request on a lost connection is lost, and the server adds each key only once.

    That a connection has been restored is not enough, as it doesn't say yet who is signed in on it.
    """
    connection = connection_id()
    broken, answer, previous_answer = (
        is_broken(),
        fact(fact_keys.sent_key(comment.key)),
        fact(fact_keys.sent_key(before)),
    )
    is_next = let((js(before) == "") | name("Boolean")(previous_answer))
    send = DetailState.comment(comment.post, comment.text, comment.key, comment.answering)
    return rx.fragment(
        effect(lambda: when(~broken & ~answer & is_next, send), connection, comment.tries, is_next)
    )


def pending_comments(post: Any, arrived: Any, *, thread: Any = "", threads: Any = None) -> rx.Component:
    """Comments being sent, as list items: in a thread, or (thread "") at the top level, beside `threads`.

    `arrived` are the comments already in that list.
    """
    keys = default(js(arrived).map(lambda comment: comment.key), [])
    ids = [] if threads is None else js(threads).map(lambda thread: thread.comment.id)
    return pending_list(post=post, thread=thread, threads=ids, arrived=keys)


@rx.memo
def pending_list(
    *,
    post: rx.Var[str],
    thread: rx.Var[str],
    threads: rx.Var[list[str]],
    arrived: rx.Var[list[str]],
) -> rx.Component:
    """The comments being sent to one list."""
    listed = let(comments.pending_in(comments.pending_by(viewer_id(), post), thread, threads))

    def item(comment: Any) -> rx.Component:
        has_arrived = js(arrived).includes(comment["key"])
        return rx.fragment(pending_comment(comment=comment, arrived=has_arrived), key=comment["key"])

    return rx.fragment(rx.foreach(listed.to(list[Pending]), item))


@rx.memo
def pending_comment(*, comment: rx.Var[Pending], arrived: rx.Var[bool]) -> rx.Component:
    """A comment until it has arrived; once the server has confirmed it too, it is forgotten."""
    row, answer = ref("row"), fact(fact_keys.sent_key(comment.key))
    return rx.fragment(
        effect(lambda: when(js(arrived) & answer.ok, comments.forget(comment)), arrived, answer),
        layout_effect(lambda: _bring_into_view(row.current)),
        rx.cond(
            arrived,
            rx.fragment(),
            rx.el.li(
                avatar(SessionState.avatar, SessionState.username, 32),
                rx.el.div(
                    attributed_text(SessionState.username, comment.text),
                    rx.el.div(_progress(comment, answer), class_name="ic-comment-meta", role="status"),
                ),
                class_name="ic-comment is-pending",
                **dom(ref=row),
            ),
        ),
    )


def _bring_into_view(row: Js) -> Js:
    return when(row.closest(".ic-comments"), row.scrollIntoView({"block": "nearest"}))


def _progress(comment: Any, answer: Js) -> rx.Component:
    refused = rx.fragment(
        rx.el.span("Not sent. ", answer.why, class_name="ic-failed"),
        rx.el.button("Retry", type="button", **dom(on_click=lambda: comments.retry(comment))),
        rx.el.button("Discard", type="button", **dom(on_click=lambda: comments.forget(comment))),
    )
    return rx.cond(answer, rx.cond(answer.ok, rx.fragment(), refused), rx.el.span("Sending…"))


def attributed_text(username: Any, *text: Any) -> rx.Component:
    """A name and what that person wrote, in the text's own direction."""
    return rx.el.p(
        rx.el.a(rx.el.bdi(username), href=f"/{username}", class_name="ic-user"),
        " ",
        *text,
        dir="auto",
        class_name="ic-breaks",
    )


@rx.memo
def own_comments(*, post: rx.Var[str]) -> rx.Component:
    """The comments the viewer has written on a feed card since the feed was loaded."""
    arrived = TimelineState.own_comments[post]
    return rx.el.ul(
        rx.foreach(arrived, _own_comment),
        pending_comments(post, arrived),
        aria_label="Your comments",
        class_name="ic-owncomments",
    )


def _own_comment(card: rx.Var[CommentCard]) -> rx.Component:
    return rx.el.li(
        attributed_text(card.username, rich_text(card.text)), class_name="ic-comment", key=card.id
    )
