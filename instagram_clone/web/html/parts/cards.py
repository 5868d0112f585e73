"""The card of a post before any script runs: a readable copy of components/posts/posts.py, with working
links.

Controls that need a script are present but disabled, so that nothing shifts when the real card replaces it;
tests/flows/frame/test_first_paint.py compares the two layouts.
"""

from __future__ import annotations

from datetime import UTC, datetime

from instagram_clone import routes
from instagram_clone.domain.core.text.richtext import Piece
from instagram_clone.domain.media.imaging import POST_ASPECTS
from instagram_clone.domain.posts.post_cards import PostCard
from instagram_clone.web.browser.posts.hearts import LIKERS_SHOWN
from instagram_clone.web.browser.posts.renditions import FEED
from instagram_clone.web.html.parts.icons import button
from instagram_clone.web.html.parts.markup import Html, concat, el
from instagram_clone.web.html.parts.photos import aspect, avatar, sizes, source, srcset
from instagram_clone.web.html.parts.words import ago, like_words


def post_card(post: PostCard, *, first: bool) -> Html:
    """Return a post of the feed; only the first one's photo is fetched before the real cards are there."""
    return el(
        "article",
        _head(post),
        _photo(post, first=first),
        _actions(post),
        el("div", _likes(post), _caption(post), _comments(post), class_="ic-post-body"),
        _comment_field(),
        class_="ic-post",
        aria_label=f"Post by {post.username}",
    )


def _head(post: PostCard) -> Html:
    created = datetime.fromisoformat(post.created)
    when = el("time", ago(created, datetime.now(UTC)), datetime=post.created)
    return el(
        "header",
        _link(post.username, avatar(post.avatar, post.username, 40), tabindex=-1, aria_hidden="true"),
        el(
            "div",
            el(
                "div",
                _link(post.username, post.username, class_="ic-user ic-truncate"),
                el("span", "·", class_="ic-sep", aria_hidden="true"),
                el("a", when, href=routes.post_url(post.id), class_="ic-muted ic-quiet ic-when"),
            ),
            class_="ic-post-who",
        ),
        button("More options for this post", "ellipsis", "ic-iconbtn is-muted", size=22),
        class_="ic-post-head",
    )


def _photo(post: PostCard, *, first: bool) -> Html:
    photo, (least, most) = post.photo, POST_ASPECTS
    image = el(
        "img",
        src=source(photo),
        srcset=srcset(photo),
        sizes=sizes(photo, FEED, POST_ASPECTS[1]),
        width=photo.width,
        height=photo.height,
        alt=photo.alt or f"Photo by {post.username}",
        fetchpriority="high" if first else None,
    )
    alt_button = el(
        "button",
        type="button",
        disabled=True,
        class_="ic-media-alt",
        aria_label="Show image description",
    )
    return el(
        "div",
        # Other photos would compete with the first, and with the scripts, which fetch them soon anyway.
        image if first else el("noscript", image),
        alt_button if photo.alt else "",
        class_="ic-media",
        role="group",
        aria_label="Photos",
        style=f'--ph: url("{photo.placeholder}"); --ar: {min(most, max(least, aspect(photo)))}',
    )


def _actions(post: PostCard) -> Html:
    name = "Unlike" if post.liked else "Like"
    saved = "Remove from saved" if post.saved.saved else "Save"
    return el(
        "div",
        button(name, "heart", "ic-iconbtn is-like", pressed=post.liked),
        button("Comment", "message-circle", "ic-iconbtn"),
        button("Share", "send", "ic-iconbtn"),
        button(saved, "bookmark", "ic-iconbtn is-save is-end", pressed=post.saved.saved),
        class_="ic-post-actions",
    )


def _likes(post: PostCard) -> Html:
    no_likes = el("span", "Be the first to like this", class_="ic-muted")
    count = el("button", like_words(post.likes), type="button", disabled=True)
    named = post.likers[: min(LIKERS_SHOWN, post.likes - post.liked)]
    if not named:
        return el("div", el("span", count) if post.likes else no_likes, class_="ic-likes")
    photos = [avatar(liker.avatar, liker.username, 20) for liker in named]
    avatars = el("span", *photos, class_="ic-stack", aria_hidden="true")
    by = _link(named[0].username, named[0].username, class_="ic-user")
    return el(
        "div",
        avatars,
        el("span", count, el("span", " · liked by ", class_="ic-muted"), by),
        class_="ic-likes",
    )


def _caption(post: PostCard) -> Html:
    if not post.caption:
        return Html("")
    classes = "ic-caption ic-breaks is-clamped" if post.caption_long else "ic-caption ic-breaks"
    name = _link(post.username, el("bdi", post.username), class_="ic-user")
    words = el("p", name, " ", *map(_piece, post.caption), class_=classes, dir="auto")
    more = el(
        "button",
        type="button",
        disabled=True,
        class_="ic-post-more",
        aria_label="Show full caption",
    )
    return el("div", words, more if post.caption_long else "", class_="ic-captionbox")


def _piece(piece: Piece) -> Html:
    if not piece.href:
        return el("span", piece.text)
    outside = {"rel": "nofollow ugc noopener", "target": "_blank"} if piece.is_external else {}
    return el("a", el("bdi", piece.text), href=piece.href, class_="ic-link", **outside)


def _comments(post: PostCard) -> Html:
    if not post.comments:
        return Html("")
    words = "View 1 comment" if post.comments == 1 else f"View all {post.comments:,} comments"
    return el("a", words, href=routes.post_url(post.id), class_="ic-post-comments")


def _comment_field() -> Html:
    return el(
        "div",
        el("span", class_="ic-avatar", style="--sz: 26px"),
        el(
            "div",
            el(
                "textarea",
                class_="ic-bare",
                rows=1,
                aria_label="Add a comment",
                placeholder="Add a comment…",
                disabled=True,
            ),
            class_="ic-growing",
        ),
        button("Add emoji", "smile", "ic-iconbtn is-sm is-muted", size=20),
        el("button", "Post", type="button", class_="ic-textbtn", aria_label="Post comment", disabled=True),
        class_="ic-addcomment",
    )


def _link(username: str, *content: str, **attributes: str | int) -> Html:
    return el("a", concat(*content), href=routes.profile_url(username), **attributes)
