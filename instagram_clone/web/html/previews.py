"""What visitors and link previews get before any script runs: title, description and image of public
content, and the profile page of a person.

Services that fetch links for previews have no session. Whatever such a visitor may not see counts as
missing here, private accounts included, and everything that is missing looks the same.
"""

from __future__ import annotations

from instagram_clone import routes
from instagram_clone.config import settings
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.people import directory, visibility
from instagram_clone.domain.people.profiles import Profile
from instagram_clone.domain.posts import feed, post_cards
from instagram_clone.domain.posts.post_cards import PostCard
from instagram_clone.web.browser.posts.renditions import DETAIL, GRID
from instagram_clone.web.html.parts.markup import Html, el, together
from instagram_clone.web.html.parts.photos import aspect, preload, sizes
from instagram_clone.web.html.parts.profiles import TILES, profile_page

SITE = "Instaclone"
PLAIN = el("title", SITE)
MISSING = together(el("title", f"Page not found · {SITE}"), el("meta", name="robots", content="noindex"))

NOTHING = Html("")

WORDS = 200
"""Longest description in characters; no service that previews links shows more."""

PICTURE = 1080
"""Greatest width of the image, in pixels."""


async def preview(path: str) -> tuple[Html, Html]:
    """Return the head of the public page at a path, and the HTML to show before any script runs.

    Raises NotFound.
    """
    match [part for part in path.split("/") if part]:
        case ["p", post_id]:
            return _post(await post_cards.show(None, post_id)), NOTHING
        case [username]:
            profile = await visibility.profile(None, username)
            if not (await directory.relationship(None, profile.id)).visible:
                raise NotFound
            shown = (await feed.by_person(None, profile.id, size=TILES)).posts
            first = [preload(post.photo, sizes(post.photo, GRID)) for post in shown[:1]]
            return together(_profile(profile), *first), profile_page(profile, shown)
        case _:
            raise NotFound


def _post(post: PostCard) -> Html:
    photo = post.photo
    width = max([one for one in photo.widths if one <= PICTURE] or photo.widths[:1])
    said = "".join(piece.text for piece in post.caption)
    told = _head(
        title=post.username,
        name=f"{post.name} (@{post.username})",
        words=said or f"A photo by {post.name} on {SITE}.",
        path=routes.post_url(post.id),
        kind="article",
        card="summary_large_image",
        picture=routes.media_url(photo.id, width),
        described=photo.alt or f"Photo by {post.username}",
        size=(width, round(width * photo.height / photo.width)),
    )
    return together(told, preload(photo, sizes(photo, DETAIL, aspect(photo))))


def _profile(who: Profile) -> Html:
    numbers = f"{_count(who.posts, 'post')}, {_count(who.followers, 'follower')}"
    return _head(
        title=who.username,
        name=f"{who.name} (@{who.username})",
        words=f"{numbers}. {who.bio}" if who.bio else f"{numbers} on {SITE}.",
        path=routes.profile_url(who.username),
        kind="profile",
        card="summary",
        picture=who.avatar or "/apple-touch-icon.png",
        described=f"Profile photo of {who.username}" if who.avatar else SITE,
    )


def _head(
    *,
    title: str,
    name: str,
    words: str,
    path: str,
    kind: str,
    card: str,
    picture: str,
    described: str,
    size: tuple[int, int] | None = None,
) -> Html:
    site = settings().public_url
    words = _short(words)
    told = {
        "og:site_name": SITE,
        "og:type": kind,
        "og:url": site + path,
        "og:title": name,
        "og:description": words,
        "og:image": site + picture,
        "og:image:type": "image/png" if picture.endswith(".png") else "image/webp",
        **({"og:image:width": str(size[0]), "og:image:height": str(size[1])} if size else {}),
        "og:image:alt": described,
    }
    return together(
        el("title", f"{title} · {SITE}"),
        # Marked so that scripts remove it when another page is shown (web/components/layout/heads.py).
        el("meta", name="description", content=words, data_preview=True),
        *(el("meta", property=key, content=value, data_preview=True) for key, value in told.items()),
        el("meta", name="twitter:card", content=card, data_preview=True),
        el("link", rel="canonical", href=site + path, data_preview=True),
    )


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= WORDS else f"{text[: WORDS - 1].rstrip()}…"


def _count(number: int, one: str) -> str:
    return f"{number:,} {one}{'s' * (number != 1)}"
