"""A post in a feed, its parts, and the button above the feed for new posts."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.domain.posts.post_cards import PostCard
from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import dom, effect, fn, js, let, name, new, state, when
from instagram_clone.web.browser.page.facts import fact
from instagram_clone.web.browser.page.words import plural
from instagram_clone.web.browser.posts import renditions
from instagram_clone.web.browser.posts.posts import go_to_first
from instagram_clone.web.components.elements.basics import avatar, icon, rich_text, skeleton
from instagram_clone.web.components.elements.buttons import copy_link_item
from instagram_clone.web.components.elements.times import time_ago
from instagram_clone.web.components.layout.layers import confirmed_item, menu, menu_item, menu_link
from instagram_clone.web.components.messaging.pickers import share_button
from instagram_clone.web.components.people.follows import undo_unfollow, unfollow_question
from instagram_clone.web.components.posts.comment_form import comment_form
from instagram_clone.web.components.posts.hearts import like_button, like_line
from instagram_clone.web.components.posts.pending_comments import own_comments
from instagram_clone.web.components.posts.photos import post_photo
from instagram_clone.web.components.posts.post_links import comment_button, comments_link, post_link
from instagram_clone.web.components.posts.saves import save_button
from instagram_clone.web.states.people.people import PeopleState
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.session import SessionState


@rx.memo
def post_card(*, post: rx.Var[PostCard], eager: rx.Var[bool]) -> rx.Component:
    """A post in the feed. It reads no facts itself: anything that changes is in a memo of its own."""
    shape = let(renditions.feed_aspect(post.photo))
    return post_article(
        rx.fragment(
            post_head(post),
            post_photo(
                post=post,
                sizes=renditions.sizes(post.photo, renditions.FEED, shape),
                aspect=shape,
                eager=eager,
            ),
            post_actions(post),
            rx.el.div(
                like_line(post=post),
                rx.cond(post.caption.length() > 0, _caption(post), rx.fragment()),
                comments_link(post=post),
                own_comments(post=post.id),
                class_name="ic-post-body",
            ),
            comment_form(post.id),
        ),
        post=post,
        look="ic-post",
    )


@rx.memo
def post_article(
    children: rx.Var[rx.Component], *, post: rx.Var[PostCard], look: rx.Var[str]
) -> rx.Component:
    """The article element of a post, until the post is deleted."""
    shown = rx.el.article(
        children,
        aria_label=f"Post by {post.username}",
        tab_index=-1,
        class_name=look,
        **dom(data_post=post.id),
    )
    return rx.cond(fact(fact_keys.gone_key(post.id)), rx.fragment(), shown)


def post_head(post: Any, look: str = "ic-post-head") -> rx.Component:
    """The author and time of a post, and its menu."""
    return rx.el.header(
        rx.el.a(
            avatar(post.avatar, post.username, 40),
            href=f"/{post.username}",
            tab_index=-1,
            aria_hidden="true",
        ),
        rx.el.div(
            rx.el.div(
                rx.el.a(post.username, href=f"/{post.username}", class_name="ic-user ic-truncate"),
                rx.el.span("·", class_name="ic-sep", aria_hidden="true"),
                post_link(time_ago(at=post.created), to=post.id, look="ic-muted ic-quiet ic-when"),
            ),
            class_name="ic-post-who",
        ),
        post_menu(post=post),
        class_name=look,
    )


@rx.memo
def post_menu(*, post: rx.Var[PostCard]) -> rx.Component:
    """The menu of a post."""
    delete, confirmation = confirmed_item(
        lambda ask: menu_item(icon("trash-2", 20), "Delete", danger=True, **dom(on_click=ask)),
        label="Delete post?",
        asked="Delete this post?",
        text="It will be deleted for good, together with its photo, comments and likes.",
        action="Delete",
        act=fn(lambda: TimelineState.delete(post.id)),
    )
    leaving, set_leaving = state("leaving", False)
    unfollow = PeopleState.unfollow(post.author_id)
    undo = undo_unfollow(post.username, lambda: PeopleState.follow(post.author_id))
    leave = menu_item(
        icon("user-x", 20),
        f"Unfollow {post.username}",
        **dom(on_click=lambda: when(post.private, set_leaving(True), [unfollow, undo])),
    )
    return rx.fragment(
        menu(
            copy_link_item(path=f"/p/{post.id}"),
            menu_link(icon("external-link", 20), "Go to post", href=f"/p/{post.id}"),
            rx.cond(post.followed, leave, rx.fragment()),
            rx.cond(post.mine, delete, rx.fragment()),
            trigger=icon("ellipsis", 22),
            label="More options for this post",
            title="Post options",
            look="ic-iconbtn is-muted",
        ),
        confirmation,
        rx.cond(leaving, unfollow_question(post.username, lambda: unfollow, set_leaving), rx.fragment()),
    )


def post_actions(post: Any) -> rx.Component:
    """The heart, the speech bubble, the paper plane and the bookmark."""
    return rx.el.div(
        like_button(post=post),
        comment_button(post_id=post.id),
        rx.cond(SessionState.signed_in, share_button(post_id=post.id), rx.fragment()),
        rx.cond(SessionState.signed_in, save_button(post=post), rx.fragment()),
        class_name="ic-post-actions",
    )


def _caption(post: Any) -> rx.Component:
    return folding_caption(
        rx.fragment(
            rx.el.a(rx.el.bdi(post.username), href=f"/{post.username}", class_name="ic-user"),
            " ",
            rich_text(post.caption),
        ),
        long=post.caption_long,
    )


@rx.memo
def folding_caption(children: rx.Var[rx.Component], *, long: rx.Var[bool]) -> rx.Component:
    """A caption; a long one is clamped to two lines until expanded."""
    unfolded, unfold = state("unfolded", False)
    folded = js(long) & ~unfolded
    more = rx.el.button(
        type="button",
        class_name="ic-post-more",
        aria_label="Show full caption",
        **dom(on_click=lambda: unfold(True)),
    )
    return rx.el.div(
        rx.el.p(
            children,
            dir="auto",
            class_name=rx.cond(folded, "ic-caption ic-breaks is-clamped", "ic-caption ic-breaks"),
        ),
        rx.cond(folded, more, rx.fragment()),
        class_name="ic-captionbox",
    )


@rx.memo
def new_posts() -> rx.Component:
    """ "3 new posts" above the feed: a button that shows them, from the top."""
    fresh = js(TimelineState.fresh)
    asked, set_asked = state("asked", False)
    avatars = name("Array.from")(
        new(name("Set"), fresh.map(lambda post: post.avatar).filter(name("Boolean")))
    )
    pill = rx.el.button(
        rx.el.span(
            rx.foreach(avatars.slice(0, 3).to(list[str]), lambda photo: avatar(photo, "", 24)),
            class_name="ic-stack",
            aria_hidden="true",
        ),
        plural(fresh.length, "new post"),
        icon("arrow-up", 16, "is-bold"),
        type="button",
        class_name="ic-pill",
        **dom(on_click=lambda: [set_asked(True), TimelineState.refresh()]),
    )
    return rx.fragment(
        # Scroll only once they are on screen.
        effect(
            lambda: when(asked & (fresh.length == 0), [set_asked(False), go_to_first()]),
            asked,
            fresh.length,
        ),
        rx.cond(fresh.length == 0, rx.fragment(), rx.el.div(pill, class_name="ic-pillwrap")),
    )


def post_skeleton() -> rx.Component:
    """The skeleton of a post card, the same size as the card."""
    return rx.el.div(
        rx.el.div(
            skeleton("40px", "40px", round_=True),
            rx.el.div(skeleton("128px", "11px"), skeleton("84px", "9px"), class_name="ic-boneset"),
            class_name="ic-post-head",
        ),
        rx.el.div(
            rx.el.span(class_name="ic-sk", style={"width": "100%", "height": "100%"}),
            class_name="ic-media",
        ),
        rx.el.div(skeleton("140px", "11px"), skeleton("80%", "11px"), class_name="ic-boneset ic-bonebody"),
        class_name="ic-post",
        aria_hidden="true",
    )
