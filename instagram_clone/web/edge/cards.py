"""The card of a post before any script runs: what components/posts.py shows, to read and to follow links.

What needs a script is there and disabled, so that nothing moves when the real card takes its place;
tests/flows/test_first_paint.py lays one over the other.
"""

from __future__ import annotations

from datetime import UTC, datetime

from instagram_clone import routes
from instagram_clone.domain.accounts import Person
from instagram_clone.domain.media import Photo
from instagram_clone.domain.pictures import POST_ASPECTS
from instagram_clone.domain.posts import PostCard
from instagram_clone.domain.richtext import Piece
from instagram_clone.web.browser.pictures import DESKTOP_FROM, FEED, PHONE_BELOW
from instagram_clone.web.edge.markup import Html, el, together
from instagram_clone.web.edge.words import ago, like_words

USUAL_WIDTH = 640

# lucide's shapes, which the components get from its package.
_ICONS = {
    "heart": "M2 9.5a5.5 5.5 0 0 1 9.591-3.676.56.56 0 0 0 .818 0A5.49 5.49 0 0 1 22 9.5c0 2.29-1.5 4-3 5.5"
    "l-5.492 5.313a2 2 0 0 1-3 .019L5 15c-1.5-1.5-3-3.2-3-5.5",
    "message-circle": "M2.992 16.342a2 2 0 0 1 .094 1.167l-1.065 3.29a1 1 0 0 0 1.236 1.168l3.413-.998"
    "a2 2 0 0 1 1.099.092 10 10 0 1 0-4.777-4.719",
    "send": "M14.536 21.686a.5.5 0 0 0 .937-.024l6.5-19a.496.496 0 0 0-.635-.635l-19 6.5a.5.5 0 0 0"
    "-.024.937l7.93 3.18a2 2 0 0 1 1.112 1.11zM21.854 2.147l-10.94 10.939",
    "smile": "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20M8 14s1.5 2 4 2 4-2 4-2M9 9h.01M15 9h.01",
    "ellipsis": "M12 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2M19 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2"
    "M5 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2",
}


def post_card(post: PostCard, *, first: bool) -> Html:
    """A post of the feed; the photo of the first is fetched at once, the others by the real cards."""
    return el(
        "article",
        _head(post),
        _photo(post, first=first),
        _actions(post),
        el("div", _likes(post), _caption(post), _comments(post), class_="ic-post-body"),
        _field(),
        class_="ic-post",
        aria_label=f"Post by {post.username}",
    )


def preload(photo: Photo) -> Html:
    """Have the browser fetch a photo of the feed before it has met it."""
    return el(
        "link",
        rel="preload",
        as_="image",
        imagesrcset=_srcset(photo),
        imagesizes=_sizes(photo),
        fetchpriority="high",
    )


def _head(post: PostCard) -> Html:
    created = datetime.fromisoformat(post.created)
    when = el("time", ago(created, datetime.now(UTC)), datetime=post.created)
    return el(
        "header",
        _link(post.username, _avatar(post, 40), tabindex=-1, aria_hidden="true"),
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
        _button("More options for this post", "ellipsis", "ic-iconbtn is-muted", size=22),
        class_="ic-post-head",
    )


def _photo(post: PostCard, *, first: bool) -> Html:
    photo, (least, most) = post.photo, POST_ASPECTS
    image = el(
        "img",
        src=routes.media_url(
            photo.id, next((one for one in photo.widths if one >= USUAL_WIDTH), photo.widths[-1])
        ),
        srcset=_srcset(photo),
        sizes=_sizes(photo),
        width=photo.width,
        height=photo.height,
        alt=photo.alt or f"Photo by {post.username}",
        fetchpriority="high" if first else None,
    )
    described = el(
        "button",
        type="button",
        disabled=True,
        class_="ic-media-alt",
        aria_label="Show image description",
    )
    return el(
        "div",
        # Other photos would take the line from the first, and from the scripts, which fetch them soon.
        image if first else el("noscript", image),
        described if photo.alt else "",
        class_="ic-media",
        role="group",
        aria_label="Photos",
        style=f'--ph: url("{photo.placeholder}"); --ar: {min(most, max(least, _aspect(photo)))}',
    )


def _actions(post: PostCard) -> Html:
    name = "Unlike" if post.liked else "Like"
    return el(
        "div",
        _button(name, "heart", "ic-iconbtn is-like", pressed=post.liked),
        _button("Comment", "message-circle", "ic-iconbtn"),
        _button("Share", "send", "ic-iconbtn"),
        class_="ic-post-actions",
    )


def _likes(post: PostCard) -> Html:
    none = el("span", "Be the first to like this", class_="ic-muted")
    some = el("button", like_words(post.likes), type="button", disabled=True)
    likers = [_avatar(one, 20) for one in post.likers[:3]]
    avatars = el("span", *likers, class_="ic-stack", aria_hidden="true") if likers and post.likes else ""
    return el("div", avatars, some if post.likes else none, class_="ic-likes")


def _caption(post: PostCard) -> Html:
    if not post.caption:
        return Html("")
    look = "ic-caption ic-breaks is-clamped" if post.caption_long else "ic-caption ic-breaks"
    name = _link(post.username, el("bdi", post.username), class_="ic-user")
    words = el("p", name, " ", *map(_piece, post.caption), class_=look, dir="auto")
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
    outside = {"rel": "nofollow ugc noopener", "target": "_blank"} if piece.outside else {}
    return el("a", el("bdi", piece.text), href=piece.href, class_="ic-link", **outside)


def _comments(post: PostCard) -> Html:
    if not post.comments:
        return Html("")
    words = "View 1 comment" if post.comments == 1 else f"View all {post.comments:,} comments"
    return el("a", words, href=routes.post_url(post.id), class_="ic-post-comments")


def _field() -> Html:
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
        _button("Add emoji", "smile", "ic-iconbtn is-sm is-muted", size=20),
        el("button", "Post", type="button", class_="ic-textbtn", aria_label="Post comment", disabled=True),
        class_="ic-addcomment",
    )


def _button(name: str, shape: str, look: str, *, size: int = 24, pressed: bool | None = None) -> Html:
    return el(
        "button",
        el(
            "svg",
            el("path", d=_ICONS[shape]),
            width=size,
            height=size,
            viewBox="0 0 24 24",
            fill="none",
            stroke="currentColor",
            stroke_width=2,
            stroke_linecap="round",
            stroke_linejoin="round",
            class_="ic-icon",
            aria_hidden="true",
        ),
        type="button",
        disabled=True,
        class_=look,
        aria_label=name,
        aria_pressed=None if pressed is None else str(pressed).lower(),
    )


def _link(username: str, *content: str, **more: str | int) -> Html:
    return el("a", together(*content), href=routes.profile_url(username), **more)


def _avatar(person: PostCard | Person, pixels: int) -> Html:
    size = f"--sz: {pixels}px"
    if person.avatar:
        image = el("img", src=person.avatar, width=pixels, height=pixels, alt="")
        return el("span", image, class_="ic-avatar", style=size)
    letter = person.username[:1].upper()
    return el("span", letter, class_="ic-avatar is-initials", aria_hidden="true", style=size)


def _srcset(photo: Photo) -> str:
    return ", ".join(f"{routes.media_url(photo.id, width)} {width}w" for width in photo.widths)


def _sizes(photo: Photo) -> str:
    wider = max(1, _aspect(photo) / POST_ASPECTS[1])
    phone, tablet, desktop = (str(wider * one).removesuffix(".0") for one in FEED)
    return (
        f"(max-width: {PHONE_BELOW - 1}px) {phone}vw, "
        f"(max-width: {DESKTOP_FROM - 1}px) {tablet}px, {desktop}px"
    )


def _aspect(photo: Photo) -> float:
    return photo.width / photo.height
