"""The comment field, and the reply button beside a comment."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone import routes
from instagram_clone.domain.posts.comment_cards import CommentCard
from instagram_clone.domain.posts.comments import LENGTH
from instagram_clone.web.browser.core import Js, dom, effect, fn, let, new, ref, when, window
from instagram_clone.web.browser.core import name as of_browser
from instagram_clone.web.browser.forms import fields
from instagram_clone.web.browser.page.address import to_login
from instagram_clone.web.browser.posts import comments
from instagram_clone.web.components.elements.basics import avatar, icon
from instagram_clone.web.components.elements.emoji import emoji_button
from instagram_clone.web.components.forms.fields import growing
from instagram_clone.web.states.session import SessionState

_FIELD = "[data-comment-field]"
_ME = SessionState.user_id


def comment_form(post: Any, *, replies: bool = False) -> rx.Component:
    """The field under a post, for anyone signed in. With `replies`, it can reply to a comment too."""
    log_in = rx.el.p(
        rx.el.a(
            "Log in",
            href=routes.LOGIN,
            class_name="ic-link",
            **dom(on_click=lambda event: [event.preventDefault(), to_login()]),
        ),
        rx.el.span("to like or comment.", class_name="ic-muted"),
        class_name="ic-addcomment",
    )
    field = reply_field(post=post) if replies else plain_field(post=post)
    return rx.cond(SessionState.signed_in, field, log_in)


@rx.memo
def plain_field(*, post: rx.Var[str]) -> rx.Component:
    """The field of a card in a feed."""
    return rx.el.div(*_field(post, None, ref("field"), 26), class_name="ic-addcomment")


@rx.memo
def reply_field(*, post: rx.Var[str]) -> rx.Component:
    """The field below a post's comments."""
    field, to = ref("field"), let(comments.replying_to(_ME, post))

    def is_requested() -> Js:
        return new(of_browser("URLSearchParams"), window.location.search).get("focus") == "comment"

    return rx.el.div(
        effect(lambda: when(is_requested(), field.current.focus()), post),
        effect(lambda: fn(lambda: comments.cancel_reply(_ME, post)), post),
        rx.cond(to, _reply_status(post, to, field), rx.fragment()),
        *_field(post, to, field, 28),
        class_name="ic-addcomment",
    )


def _reply_status(post: Any, to: Js, field: Js) -> rx.Component:
    return rx.el.p(
        rx.el.span("Replying to ", rx.el.bdi(to.username), class_name="ic-truncate"),
        rx.el.button(
            icon("x", 16),
            type="button",
            aria_label="Cancel reply",
            class_name="ic-iconbtn is-sm is-muted",
            **dom(on_click=lambda: [comments.cancel_reply(_ME, post), field.current.focus()]),
        ),
        role="status",
        class_name="ic-answering",
    )


def _field(post: Any, to: Any, field: Js, size: int) -> list[rx.Component]:
    text = let(comments.draft_of(_ME, post))
    empty = let(text.trim() == "")

    def press(event: Js) -> Any:
        cancels = (event.key == "Escape") & to & ~fields.is_composing(event)
        give_up = [event.preventDefault(), event.stopPropagation(), comments.cancel_reply(_ME, post)]
        send = [event.preventDefault(), comments.send(_ME, post, text, to)]
        return [when(cancels, give_up), when(fields.sends(event), send)]

    return [
        avatar(SessionState.avatar, SessionState.username, size),
        growing(
            rx.el.textarea(
                rows="1",
                max_length=LENGTH,
                placeholder="Add a comment…",
                aria_label="Add a comment",
                auto_complete="off",
                enter_key_hint="send",
                dir="auto",
                class_name="ic-bare",
                **dom(
                    ref=field,
                    data_comment_field=True,
                    value=text,
                    on_change=lambda event: comments.write(_ME, post, event.target.value),
                    on_key_down=press,
                ),
            ),
            text,
        ),
        emoji_button(fn(lambda emoji: fields.insert(field.current, emoji)), size=20, look="is-sm is-muted"),
        rx.el.button(
            "Post",
            type="button",
            aria_label="Post comment",
            disabled=empty,
            class_name="ic-textbtn",
            **dom(on_click=lambda: comments.send(_ME, post, text, to)),
        ),
    ]


@rx.memo
def reply_button(*, post: rx.Var[str], comment: rx.Var[CommentCard], thread: rx.Var[str]) -> rx.Component:
    """A button that starts a reply to a comment, in the field below the list."""

    def begin(event: Js) -> list[Any]:
        # Insert the name before focusing the field, so that no keystroke in between can overwrite it.
        field = event.currentTarget.closest(".ic-detail").querySelector(_FIELD)
        return [comments.reply(_ME, post, comment, thread), field.focus()]

    return rx.el.button(
        "Reply",
        type="button",
        aria_label=f"Reply to {comment.username}",
        **dom(on_click=lambda event: when(SessionState.signed_in, begin(event), to_login())),
    )
