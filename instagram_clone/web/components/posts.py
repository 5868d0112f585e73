"""A post: its card in a feed, its tile in a grid, and its detail with the conversation."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.domain.posts import PostCard
from instagram_clone.web import islands
from instagram_clone.web.browser import pictures
from instagram_clone.web.browser.core import Js, document, dom, fn, js, listen, use, when, window
from instagram_clone.web.components.basics import avatar, bone, icon, rich_text
from instagram_clone.web.components.comments import caption_comment, comment_thread, own_waiting
from instagram_clone.web.components.hearts import like_button, like_count
from instagram_clone.web.components.layers import (
    address_dialog,
    asked_first,
    leave_button,
    menu,
    menu_item,
    menu_link,
)
from instagram_clone.web.components.pickers import share_button
from instagram_clone.web.components.times import time_ago
from instagram_clone.web.states.detail import DetailState
from instagram_clone.web.states.people import PeopleState
from instagram_clone.web.states.session import SessionState
from instagram_clone.web.states.timeline import TimelineState


@rx.memo
def post_card(rest: rx.RestProp, *, post: rx.Var[PostCard], eager: rx.Var[bool]) -> rx.Component:
    """A post in the feed. A memo: a like anywhere renders one card again, not the list."""
    return islands.PostArticle.create(
        _head(post),
        islands.Photo.create(
            post=post,
            signed_in=SessionState.signed_in,
            sizes=pictures.sizes(post.photo, pictures.FEED, pictures.feed_aspect(post.photo)),
            eager=eager,
            on_like=TimelineState.like,
        ),
        _actions(post),
        rx.el.div(
            _likes(post),
            rx.cond(post.caption.length() > 0, _caption(post), rx.fragment()),
            islands.CommentsLink.create(post=post),
            class_name="ic-post-body",
        ),
        rx.cond(SessionState.signed_in, own_waiting(post.id), rx.fragment()),
        islands.CommentForm.create(
            post_id=post.id,
            avatar=SessionState.avatar,
            username=SessionState.username,
            signed_in=SessionState.signed_in,
            on_comment=DetailState.comment,
        ),
        rest,
        post=post,
        label=f"Post by {post.username}",
        class_name="ic-post",
    )


def post_skeleton() -> rx.Component:
    """What stands in place of a card that is on its way, in its size."""
    return rx.el.div(
        rx.el.div(
            bone("40px", "40px", round_=True),
            rx.el.div(bone("128px", "11px"), bone("84px", "9px"), class_name="ic-boneset"),
            class_name="ic-post-head",
        ),
        rx.el.div(
            rx.el.span(class_name="ic-sk", style={"width": "100%", "height": "100%"}),
            class_name="ic-media",
        ),
        rx.el.div(bone("140px", "11px"), bone("80%", "11px"), class_name="ic-boneset ic-bonebody"),
        class_name="ic-post",
        aria_hidden="true",
    )


def tile_grid(*, mosaic: bool = False) -> rx.Component:
    """The posts on screen as tiles."""

    def tile(post: rx.Var[PostCard], index: rx.Var[int]) -> rx.Component:
        big = (index % 12 == 0) | (index % 12 == 7)
        small = pictures.sizes(post.photo, pictures.MOSAIC if mosaic else pictures.GRID)
        return islands.Tile.create(
            post=post,
            key=post.id,
            sizes=rx.cond(big, pictures.sizes(post.photo, pictures.MOSAIC_BIG), small) if mosaic else small,
            class_name=rx.cond(big, "is-big", "") if mosaic else "",
        )

    return rx.el.div(rx.foreach(TimelineState.posts, tile), class_name="ic-mosaic" if mosaic else "ic-grid")


def tile_skeletons(number: int = 9) -> rx.Component:
    """Tiles that are on their way."""
    return rx.el.div(
        rx.el.p("Loading posts", class_name="ic-sr", role="status"),
        *[rx.el.span(class_name="ic-sk ic-tile", aria_hidden="true") for _ in range(number)],
        class_name="ic-grid",
        aria_busy="true",
    )


def post_dialog() -> rx.Component:
    """The post that the address asks for, over the page."""
    return address_dialog(
        rx.cond(
            DetailState.post,
            _detail(DetailState.post, dialog=True),
            rx.el.div(
                rx.cond(
                    DetailState.status == "missing",
                    rx.el.div(
                        rx.el.h2("This print never developed"),
                        rx.el.p("The post may have been removed."),
                        leave_button(rx.el.span("Close"), look="ic-btn"),
                        class_name="ic-empty",
                    ),
                    rx.el.div(
                        icon("loader-circle", 32, "ic-spin"),
                        rx.el.p("Loading post", class_name="ic-sr", role="status"),
                        class_name="ic-empty",
                    ),
                ),
                class_name="ic-detail-wait",
            ),
        ),
        parameter="p",
        label=rx.cond(DetailState.post, f"Post by {DetailState.post.username}", "Post"),
        look="ic-detail",
    )


def post_detail() -> rx.Component:
    """The post of a page of its own."""
    return islands.PostArticle.create(
        _detail(DetailState.post, dialog=False),
        post=DetailState.post,
        label=f"Post by {DetailState.post.username}",
        class_name="ic-card ic-detail is-page",
    )


def _detail(post: Any, *, dialog: bool) -> rx.Component:
    closer = (
        rx.el.header(
            leave_button(icon("chevron-left"), look="ic-iconbtn", label="Back"),
            rx.el.span("Post", class_name="ic-topbar-title"),
            rx.el.span(style={"width": "44px"}),
            class_name="ic-topbar has-back ic-only-phone",
        )
        if dialog
        else rx.fragment()
    )
    return rx.fragment(
        closer,
        dialog_buttons(previous=DetailState.previous, following=DetailState.following)
        if dialog
        else rx.fragment(),
        rx.el.div(
            rx.el.div(
                islands.Photo.create(
                    post=post,
                    signed_in=SessionState.signed_in,
                    sizes="(max-width: 767px) 100vw, 700px",
                    eager=True,
                    free=True,
                    on_like=TimelineState.like,
                ),
                class_name="ic-detail-media",
                style={
                    "--ph": f'url("{post.photo.placeholder}")',
                    "aspect-ratio": f"{post.photo.width} / {post.photo.height}",
                },
            ),
            rx.el.div(
                _head(post, look="ic-detail-head"),
                islands.CommentList.create(
                    rx.cond(
                        DetailState.earlier,
                        rx.el.li(
                            rx.el.button(
                                "View earlier comments",
                                type="button",
                                class_name="ic-morereplies",
                                on_click=DetailState.more,
                            )
                        ),
                        rx.fragment(),
                    ),
                    rx.cond(post.caption.length() > 0, caption_comment(post), rx.fragment()),
                    rx.foreach(DetailState.comments, lambda thread: comment_thread(thread, post)),
                    rx.el.li(own_waiting(post.id, DetailState.comments)),
                    comments=DetailState.comments,
                ),
                rx.el.div(
                    _actions(post),
                    rx.el.div(
                        _likes(post),
                        rx.el.p(
                            time_ago(at=post.created, exact=True),
                            class_name="ic-xs ic-muted",
                        ),
                        class_name="ic-post-body",
                    ),
                    islands.CommentForm.create(
                        post_id=post.id,
                        avatar=SessionState.avatar,
                        username=SessionState.username,
                        signed_in=SessionState.signed_in,
                        focus=True,
                        size=28,
                        on_comment=DetailState.comment,
                    ),
                    class_name="ic-detail-foot",
                ),
                class_name="ic-detail-side",
            ),
            class_name="ic-detail-scroll",
        ),
    )


@rx.memo
def dialog_buttons(*, previous: rx.Var[str], following: rx.Var[str]) -> rx.Component:
    """The cross of the post in a dialog, and the ways to the posts beside it, which arrow keys take too."""
    navigate = use("useNavigate", library="react-router")

    def go(post_id: Any) -> Any:
        here = window.location.pathname
        return navigate(f"{here}?p={post_id}", {"replace": True, "preventScrollReset": True})

    def beside(label: str, tag: str, way: str, to: Any) -> rx.Component:
        button = rx.el.button(
            icon(tag, 22),
            type="button",
            aria_label=label,
            class_name=f"ic-roundbtn ic-sidearrow {way}",
            **dom(on_click=lambda: go(to)),
        )
        return rx.cond(to == "", rx.fragment(), button)

    def turn(event: Js) -> Any:
        to = js({"ArrowLeft": previous, "ArrowRight": following})[event.key]
        alone = document.querySelectorAll("dialog[open]").length == 1
        return when(alone & to & ~event.target.closest("input, textarea"), go(to))

    return rx.fragment(
        # Heard by the window: the button that had the focus may be gone after a turn.
        listen(lambda: window, "keydown", turn, previous, following),
        leave_button(icon("x", 26), look="ic-closebtn"),
        beside("Previous post", "chevron-left", "is-prev", previous),
        beside("Next post", "chevron-right", "is-next", following),
    )


def _head(post: Any, look: str = "ic-post-head") -> rx.Component:
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
                islands.PostLink.create(
                    time_ago(at=post.created),
                    to=post.id,
                    class_name="ic-muted ic-quiet ic-when",
                ),
            ),
            class_name="ic-post-who",
        ),
        post_menu(post=post),
        class_name=look,
    )


@rx.memo
def post_menu(*, post: rx.Var[PostCard]) -> rx.Component:
    """What can be done with a post besides liking it."""
    delete, sure = asked_first(
        lambda ask: menu_item(icon("trash-2", 20), "Delete", danger=True, **dom(on_click=ask)),
        label="Delete post?",
        asked="Delete this post?",
        text="It goes for good, together with its photo, its comments and its likes.",
        action="Delete",
        act=fn(lambda: TimelineState.delete(post.id)),
    )
    return rx.fragment(
        menu(
            islands.CopyLink.create(
                icon("link", 20),
                "Copy link",
                path=f"/p/{post.id}",
                role="menuitem",
                class_name="ic-menuitem",
            ),
            menu_link(icon("external-link", 20), "Go to post", href=f"/p/{post.id}"),
            rx.cond(
                post.followed,
                menu_item(
                    icon("user-x", 20),
                    f"Unfollow {post.username}",
                    on_click=PeopleState.unfollow(post.author_id),
                ),
                rx.fragment(),
            ),
            rx.cond(post.mine, delete, rx.fragment()),
            face=icon("ellipsis", 22),
            label="More options for this post",
            title="Post options",
            look="ic-iconbtn is-muted",
        ),
        sure,
    )


def _actions(post: Any) -> rx.Component:
    return rx.el.div(
        like_button(post=post),
        islands.CommentButton.create(icon("message-circle"), to=post.id, class_name="ic-iconbtn"),
        rx.cond(
            SessionState.signed_in,
            share_button(post_id=post.id),
            rx.fragment(),
        ),
        class_name="ic-post-actions",
    )


def _likes(post: Any) -> rx.Component:
    return rx.el.div(
        like_count(post=post),
        class_name="ic-likes",
    )


def _caption(post: Any) -> rx.Component:
    return islands.Caption.create(
        rx.el.a(post.username, href=f"/{post.username}", class_name="ic-user"),
        " ",
        rich_text(post.caption),
        long=post.caption_long,
    )
