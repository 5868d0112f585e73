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
from instagram_clone.web.html.parts.markup import Html, concat, el
from instagram_clone.web.html.parts.photos import aspect, preload, sizes
from instagram_clone.web.html.parts.profiles import TILES, profile_page
from instagram_clone.web.html.parts.words import pluralize

SITE = "Instaclone"
PLAIN = el("title", SITE)
MISSING = concat(el("title", f"Page not found · {SITE}"), el("meta", name="robots", content="noindex"))

NOTHING = Html("")

MAX_DESCRIPTION = 200
"""Longest description in characters; no service that previews links shows more."""

MAX_IMAGE_WIDTH = 1080
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
            return concat(_profile(profile), *first), profile_page(profile, shown)
        case _:
            raise NotFound


def _post(post: PostCard) -> Html:
    photo = post.photo
    width = max([width for width in photo.widths if width <= MAX_IMAGE_WIDTH] or photo.widths[:1])
    caption = "".join(piece.text for piece in post.caption)
    head = _head(
        title=post.username,
        name=f"{post.name} (@{post.username})",
        description=caption or f"A photo by {post.name} on {SITE}.",
        path=routes.post_url(post.id),
        kind="article",
        card="summary_large_image",
        image=routes.media_url(photo.id, width),
        alt=photo.alt or f"Photo by {post.username}",
        size=(width, round(width * photo.height / photo.width)),
    )
    return concat(head, preload(photo, sizes(photo, DETAIL, aspect(photo))))


def _profile(profile: Profile) -> Html:
    numbers = f"{_count(profile.posts, 'post')}, {_count(profile.followers, 'follower')}"
    return _head(
        title=profile.username,
        name=f"{profile.name} (@{profile.username})",
        description=f"{numbers}. {profile.bio}" if profile.bio else f"{numbers} on {SITE}.",
        path=routes.profile_url(profile.username),
        kind="profile",
        card="summary",
        image=profile.avatar or "/apple-touch-icon.png",
        alt=f"Profile photo of {profile.username}" if profile.avatar else SITE,
    )


def _head(
    *,
    title: str,
    name: str,
    description: str,
    path: str,
    kind: str,
    card: str,
    image: str,
    alt: str,
    size: tuple[int, int] | None = None,
) -> Html:
    site = settings().public_url
    description = _truncate(description)
    tags = {
        "og:site_name": SITE,
        "og:type": kind,
        "og:url": site + path,
        "og:title": name,
        "og:description": description,
        "og:image": site + image,
        "og:image:type": "image/png" if image.endswith(".png") else "image/webp",
        **({"og:image:width": str(size[0]), "og:image:height": str(size[1])} if size else {}),
        "og:image:alt": alt,
    }
    return concat(
        el("title", f"{title} · {SITE}"),
        # Marked so that scripts remove it when another page is shown (web/components/layout/heads.py).
        el("meta", name="description", content=description, data_preview=True),
        *(el("meta", property=key, content=value, data_preview=True) for key, value in tags.items()),
        el("meta", name="twitter:card", content=card, data_preview=True),
        el("link", rel="canonical", href=site + path, data_preview=True),
    )


def _truncate(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_DESCRIPTION else f"{text[: MAX_DESCRIPTION - 1].rstrip()}…"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {pluralize(number, noun)}"
