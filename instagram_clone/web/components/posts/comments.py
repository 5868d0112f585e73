"""The conversation under a post: the caption, comments with their replies, and comments being sent."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.domain.posts.comment_cards import Thread
from instagram_clone.web.browser.core import Js, assign, dom, fn, js, layout_effect, ref, state, when
from instagram_clone.web.browser.layers.focus import BOX, FIRST, LAST
from instagram_clone.web.browser.layers.scrolling import from_end
from instagram_clone.web.browser.page.words import plural
from instagram_clone.web.browser.posts import comments
from instagram_clone.web.components.elements.basics import avatar, icon, rich_text
from instagram_clone.web.components.elements.scrolling import list_button
from instagram_clone.web.components.elements.times import time_ago
from instagram_clone.web.components.layout.layers import menu, menu_item
from instagram_clone.web.components.posts.comment_form import reply_button
from instagram_clone.web.components.posts.hearts import comment_heart, comment_likes
from instagram_clone.web.components.posts.pending_comments import attributed_text, pending_comments
from instagram_clone.web.components.posts.post_links import first_reply, more_replies
from instagram_clone.web.states.posts.detail import DetailState


def comment_list(post: Any) -> rx.Component:
    """The caption and all comments of the open post, oldest first, in a scrolling list."""
    earlier = _list_button("View earlier comments", DetailState.more, FIRST)
    latest = _list_button("Return to the newest", DetailState.load_latest, LAST)
    first = js(DetailState.comments).map(lambda thread: thread.comment)
    items = rx.fragment(
        rx.cond(post.caption.length() > 0, _caption(post), rx.fragment()),
        rx.cond(DetailState.earlier, earlier, rx.fragment()),
        rx.foreach(DetailState.comments, lambda thread: _thread(thread, post)),
        rx.cond(DetailState.later, latest, rx.fragment()),
        pending_comments(post.id, first, threads=DetailState.comments),
    )
    shown = scrolling_list(items, threads=DetailState.comments, later=DetailState.later)
    return rx.fragment(shown, key=post.id)


@rx.memo
def scrolling_list(
    children: rx.Var[rx.Component], *, threads: rx.Var[list[Thread]], later: rx.Var[bool]
) -> rx.Component:
    """A list that announces who commented, and follows its end while the reader is near it.

    `later` says that the last comments have been dropped: they aren't announced when they come back.
    """
    newest = js(threads).at(-1).comment
    box, before = ref("box"), ref("before")
    missed, set_missed = state("missed", 0)
    announcement, set_announcement = state("announcement", "")
    at_end = comments.scrolls_to_end(from_end(box.current))

    def handle_newest() -> list[Any]:
        announce = [
            set_announcement(newest.username + " commented"),
            when(at_end, to_end("instant"), set_missed(lambda number: number + 1)),
        ]
        return [
            when(comments.is_newer(newest.id, before.current), announce),
            assign(before, current=when(later, before.current, newest.id | "")),
        ]

    def to_end(how: str) -> Js:
        return box.current.scrollTo({"top": box.current.scrollHeight, "behavior": how})

    pill = list_button(
        words=plural(missed, "new comment"),
        look="ic-livecount",
        act=fn(lambda: [set_missed(0), to_end("smooth")]),
        rows=".ic-comments",
        place=BOX,
    )
    return rx.fragment(
        layout_effect(handle_newest, newest.id),
        rx.el.ul(
            children,
            aria_label="Comments",
            tab_index=0,
            class_name="ic-comments",
            **dom(ref=box, on_scroll=lambda: when(at_end, set_missed(0))),
        ),
        rx.cond(missed > 0, pill, rx.fragment()),
        rx.el.span(announcement, class_name="ic-sr", role="status", aria_live="polite"),
    )


def _list_button(words: str, event: Any, place: str) -> rx.Component:
    return rx.el.li(
        list_button(
            words=words,
            look="ic-morereplies",
            act=fn(lambda: event),
            within=".ic-comments",
            rows=":scope > .ic-comment:not(.is-caption)",
            place=place,
        )
    )


def _caption(post: Any) -> rx.Component:
    return rx.el.li(
        avatar(post.avatar, post.username, 32),
        rx.el.div(
            attributed_text(post.username, rich_text(post.caption)),
            rx.el.div(time_ago(at=post.created), class_name="ic-comment-meta"),
        ),
        class_name="ic-comment is-caption",
    )


def _thread(thread: rx.Var[Thread], post: Any) -> rx.Component:
    first: Any = thread.comment
    return rx.fragment(
        _comment(first, post, first.id, 32),
        # The style sheet hides it while it is empty.
        rx.el.li(
            rx.el.ul(
                first_reply(comment=first, dropped=thread.dropped),
                rx.foreach(thread.replies, lambda card: _comment(card, post, first.id, 26)),
                more_replies(
                    comment=first, shown=thread.dropped + thread.replies.length(), more=thread.more
                ),
                pending_comments(post.id, thread.replies, thread=first.id),
            ),
            class_name="ic-replies",
        ),
        key=first.id,
    )


def _comment(card: Any, post: Any, thread: Any, size: int) -> rx.Component:
    return rx.el.li(
        avatar(card.avatar, card.username, size),
        rx.el.div(
            attributed_text(card.username, rich_text(card.text)),
            rx.el.div(
                time_ago(at=card.created),
                comment_likes(comment=card),
                reply_button(post=post.id, comment=card, thread=thread),
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
            trigger=icon("ellipsis", 16),
            label=f"More options for comment by {card.username}",
            title="Comment options",
            look="ic-iconbtn is-sm is-muted",
        ),
        rx.fragment(),
    )
