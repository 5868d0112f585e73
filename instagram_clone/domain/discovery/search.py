"""Search: people by their names and posts by their words. Reads only.

People are ranked in this order: an exact username match; people the viewer follows; people those follow;
everyone else, most followed first; then all of these again for names with one typing error. What the viewer
may not see is neither found nor counted: whether there is another page depends only on what they may see.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from instagram_clone.domain.core import rate_limits
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import circles, people_search, post_search
from instagram_clone.domain.discovery.people_search import PeoplePage as PeoplePage
from instagram_clone.domain.discovery.people_search import PersonHit as PersonHit
from instagram_clone.domain.discovery.post_search import PostHit as PostHit
from instagram_clone.domain.discovery.post_search import PostsPage as PostsPage

TEXT_LENGTH = 100
"""Search text is cut to this many characters."""

PAGE = 20
_MAX_PAGE = 50


@dataclass(frozen=True)
class Results:
    """The first people and posts that a search found."""

    people: list[PersonHit] = field(default_factory=list)
    posts: list[PostHit] = field(default_factory=list)


def prepare(viewer: Viewer) -> None:
    """Prefetch the viewer's circle when a search opens, before anything is typed. Runs in the
    background, with bounded concurrency however often it is called.
    """
    circles.prefetch(viewer)


async def everything(viewer: Viewer, text: str, people_limit: int = 8, posts_limit: int = 12) -> Results:
    """Return the first people and posts that match a text. Raises TooMany."""
    await rate_limits.take("search", viewer.id)
    found, shown = await asyncio.gather(
        _people(viewer, text, people_limit, None),
        _posts(viewer, text, posts_limit, None),
    )
    return Results(found.people, shown.posts)


async def people(viewer: Viewer, text: str, limit: int = PAGE, after: str | None = None) -> PeoplePage:
    """Return a page of people whose names have words that start with those of a text. Raises TooMany, and
    NotFound for an invalid cursor.
    """
    await rate_limits.take("search", viewer.id)
    return await _people(viewer, text, limit, after)


async def posts(viewer: Viewer, text: str, limit: int = PAGE, after: str | None = None) -> PostsPage:
    """Return a page of posts that contain every word of a text, the last of which may be unfinished.

    Matches captions and photo descriptions. Raises TooMany, and NotFound for an invalid cursor.
    """
    await rate_limits.take("search", viewer.id)
    return await _posts(viewer, text, limit, after)


async def _people(viewer: Viewer, text: str, limit: int, after: str | None) -> PeoplePage:
    return await people_search.page(viewer, text[:TEXT_LENGTH], _clamp(limit), after)


async def _posts(viewer: Viewer, text: str, limit: int, after: str | None) -> PostsPage:
    return await post_search.page(viewer, text[:TEXT_LENGTH], _clamp(limit), after)


def _clamp(limit: int) -> int:
    return max(1, min(limit, _MAX_PAGE))
