"""Finding people by their names and posts by their words. Reads only.

People come in this order: whoever has just that username; whom the viewer follows; whom those follow;
others, the most followed first; and all of these again for a name with one typing error. What the viewer
may not see is neither found nor counted: whether there is more is decided by what they may see.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from instagram_clone.domain.core import rate_limits
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import circles, found_people, found_posts
from instagram_clone.domain.discovery.found_people import PeoplePage as PeoplePage
from instagram_clone.domain.discovery.found_people import PersonHit as PersonHit
from instagram_clone.domain.discovery.found_posts import PostHit as PostHit
from instagram_clone.domain.discovery.found_posts import PostsPage as PostsPage

TEXT_LENGTH = 100
"""So much of what was typed is looked for."""

PAGE = 20
_MAX_PAGE = 50


@dataclass(frozen=True)
class Results:
    """Some of what was found of everything."""

    people: list[PersonHit] = field(default_factory=list)
    posts: list[PostHit] = field(default_factory=list)


def prepare(viewer: Viewer) -> None:
    """Begin to read what a search asks of whoever has opened one, and has typed nothing yet. Nobody waits
    for it; bounded however often it is called.
    """
    circles.read_ahead(viewer)


async def everything(viewer: Viewer, text: str, people_limit: int = 8, posts_limit: int = 12) -> Results:
    """Return some people and some posts that a text finds. Raises TooMany."""
    await rate_limits.take("search", viewer.id)
    found, shown = await asyncio.gather(
        _people(viewer, text, people_limit, None),
        _posts(viewer, text, posts_limit, None),
    )
    return Results(found.people, shown.posts)


async def people(viewer: Viewer, text: str, limit: int = PAGE, after: str | None = None) -> PeoplePage:
    """Return a page of people whose names have words that begin like those of a text. Raises TooMany, and
    NotFound for a cursor that is none.
    """
    await rate_limits.take("search", viewer.id)
    return await _people(viewer, text, limit, after)


async def posts(viewer: Viewer, text: str, limit: int = PAGE, after: str | None = None) -> PostsPage:
    """Return a page of posts that say, or show, every word of a text, the last of which may be unfinished.

    Raises TooMany, and NotFound for a cursor that is none.
    """
    await rate_limits.take("search", viewer.id)
    return await _posts(viewer, text, limit, after)


async def _people(viewer: Viewer, text: str, limit: int, after: str | None) -> PeoplePage:
    return await found_people.page(viewer, text[:TEXT_LENGTH], _bounded(limit), after)


async def _posts(viewer: Viewer, text: str, limit: int, after: str | None) -> PostsPage:
    return await found_posts.page(viewer, text[:TEXT_LENGTH], _bounded(limit), after)


def _bounded(limit: int) -> int:
    return max(1, min(limit, _MAX_PAGE))
