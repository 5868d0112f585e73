"""Links to a post, and to its comments and replies."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.domain.posts.comment_cards import CommentCard
from instagram_clone.domain.posts.post_cards import PostCard
from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, dom, fn, js, let, name, when
from instagram_clone.web.browser.layers.focus import FIRST
from instagram_clone.web.browser.page.address import to_login
from instagram_clone.web.browser.page.words import comments_words, replies_words
from instagram_clone.web.browser.posts.hearts import truth
from instagram_clone.web.browser.posts.posts import follow_link, write_comment
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.components.elements.scrolling import list_button
from instagram_clone.web.states.posts.detail import DetailState
from instagram_clone.web.states.session import SessionState


@rx.memo
def post_link(
    children: rx.Var[rx.Component], *, to: rx.Var[str], look: rx.Var[str] = "", label: rx.Var[str] = ""
) -> rx.Component:
    """A link to a post, by its id: opens over the page if there is room, otherwise on its own page."""
    # Not the router's link, which re-renders with every change of address.
    return rx.el.elements.a(
        children,
        href=routes.post_url(to),
        class_name=look,
        aria_label=rx.cond(label == "", name("undefined"), label),
        **dom(data_open=True, on_click=lambda event: follow_link(event, to)),
    )


@rx.memo
def comments_link(*, post: rx.Var[PostCard]) -> rx.Component:
    """The number of comments on a post, as a link to them."""
    comments = truth(post).comments
    link = post_link(rx.fragment(comments_words(comments)), to=post.id, look="ic-post-comments")
    return rx.cond(comments == 0, rx.fragment(), link)


@rx.memo
def comment_button(*, post_id: rx.Var[str]) -> rx.Component:
    """The speech bubble: focuses the comment field if there is one, or else opens the post that has it.

    Visitors have neither: it leads them to log in. So does the `c` key, which presses it.
    """

    def press(event: Js) -> Js:
        return when(SessionState.signed_in, write_comment(event, post_id), to_login())

    return rx.el.button(
        icon("message-circle"),
        type="button",
        class_name="ic-iconbtn",
        aria_label="Comment",
        **dom(data_comment=True, on_click=press),
    )


@rx.memo
def more_replies(*, comment: rx.Var[CommentCard], shown: rx.Var[int], more: rx.Var[bool]) -> rx.Component:
    """Buttons to expand and collapse the replies. `shown` were loaded so far, and there may be `more`."""
    remaining = let(truth(comment, fact_keys.comment_key).replies - shown)
    show_more, collapse = DetailState.more_replies(comment.id), DetailState.fewer_replies(comment.id)
    return rx.cond(
        js(more) & (remaining > 0),
        _item(replies_words(remaining, shown), show_more, aria_expanded=False),
        rx.cond(shown > 1, _item("Hide replies", collapse, aria_expanded=True), rx.fragment()),
    )


@rx.memo
def first_reply(*, comment: rx.Var[CommentCard], dropped: rx.Var[int]) -> rx.Component:
    """A button back to the first replies, shown if any were dropped; `dropped` is their number."""
    button = list_button(
        words="Return to the first reply",
        look="ic-morereplies",
        act=fn(lambda: DetailState.fewer_replies(comment.id)),
        within=".ic-replies",
        rows=".ic-comment",
        place=FIRST,
    )
    return rx.cond(dropped > 0, rx.el.li(button), rx.fragment())


def _item(words: object, event: object, **more: object) -> rx.Component:
    return rx.el.li(rx.el.button(words, type="button", class_name="ic-morereplies", on_click=event, **more))
