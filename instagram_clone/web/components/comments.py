"""The conversation under a post: the caption, comments with their replies, what is on its way."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.domain.comments import Thread
from instagram_clone.web import islands
from instagram_clone.web.components.basics import avatar, icon, rich_text
from instagram_clone.web.components.hearts import comment_heart, comment_likes
from instagram_clone.web.components.layers import menu, menu_item
from instagram_clone.web.components.post_links import more_replies
from instagram_clone.web.components.times import time_ago
from instagram_clone.web.states.detail import DetailState
from instagram_clone.web.states.session import SessionState


def caption_comment(post: Any) -> rx.Component:
    """The caption, as the first thing said."""
    return rx.el.li(
        avatar(post.avatar, post.username, 32),
        rx.el.div(
            rx.el.p(
                rx.el.a(post.username, href=f"/{post.username}", class_name="ic-user"),
                " ",
                rich_text(post.caption),
                class_name="ic-breaks",
            ),
            rx.el.div(time_ago(at=post.created), class_name="ic-comment-meta"),
        ),
        class_name="ic-comment is-caption",
    )


def comment_thread(thread: rx.Var[Thread], post: Any) -> rx.Component:
    """A comment with the replies under it that are on screen, and the way to the others."""
    first: Any = thread.comment
    return rx.fragment(
        _comment(first, post, first.id, 32),
        rx.el.li(
            rx.el.ul(
                rx.foreach(thread.replies, lambda card: _comment(card, post, first.id, 26)),
                more_replies(comment=first, shown=thread.replies.length(), more=thread.more),
                rx.el.li(own_waiting(post.id, thread.replies, first.id)),
            ),
            class_name="ic-replies",
        ),
        key=first.id,
    )


def _comment(card: Any, post: Any, thread: Any, size: int) -> rx.Component:
    return rx.el.li(
        avatar(card.avatar, card.username, size),
        rx.el.div(
            rx.el.p(
                rx.el.a(card.username, href=f"/{card.username}", class_name="ic-user"),
                " ",
                rich_text(card.text),
                class_name="ic-breaks",
            ),
            rx.el.div(
                time_ago(at=card.created),
                comment_likes(comment=card),
                islands.ReplyButton.create(
                    post_id=post.id, comment=card, thread=thread, signed_in=SessionState.signed_in
                ),
                _comment_menu(card),
                class_name="ic-comment-meta",
            ),
        ),
        comment_heart(comment=card),
        class_name=rx.cond(card.live, "ic-comment is-live", "ic-comment"),
        key=card.id,
    )


def _comment_menu(card: Any) -> rx.Component:
    return rx.cond(
        card.removable,
        menu(
            menu_item(
                icon("trash-2", 20),
                "Delete comment",
                danger=True,
                on_click=DetailState.delete_comment(card.id),
            ),
            face=icon("ellipsis", 16),
            label=f"More options for comment by {card.username}",
            title="Comment options",
            look="ic-iconbtn is-sm is-muted",
        ),
        rx.fragment(),
    )


def own_waiting(post_id: Any, arrived: Any = None, thread: Any = "") -> rx.Component:
    """What one has written and is on its way: what answers a thread, nobody (""), or, in a feed, all."""
    known = {} if arrived is None else {"arrived": arrived, "thread": thread}
    return islands.WaitingComments.create(
        post_id=post_id,
        avatar=SessionState.avatar,
        username=SessionState.username,
        on_comment=DetailState.comment,
        **known,
    )
