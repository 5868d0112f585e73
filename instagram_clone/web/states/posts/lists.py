"""The lists of posts that a screen can show, page by page."""

from __future__ import annotations

from dataclasses import dataclass, replace

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.posts import feed, saves
from instagram_clone.domain.posts.feed import Page

HOME, EXPLORE, PERSON, SAVED = "home", "explore", "person", "saved"

MAX_FRESH = 100
"""New posts counted above the feed; of a tab that is left open more are not news any more."""

_EMPTY_PAGES = 5
"""So many pages without a post are turned at once, where everybody who posts is followed already, or
nothing of what was saved may be seen now.
"""


@dataclass(frozen=True)
class Fresh:
    """A new post that waits above the feed."""

    post_id: str
    avatar: str
    username: str
    author_id: str


async def page(kind: str, subject: str, viewer: Viewer | None, before: str) -> Page:
    """Return a page of a list, as one viewer sees it; a person's is of `subject`, by id."""
    if kind == HOME and viewer is not None:
        return await feed.home(viewer, before)
    if kind == PERSON:
        return await feed.by_person(viewer, subject, before)
    hidden: frozenset[str] = frozenset()
    for _ in range(1 + _EMPTY_PAGES):
        if kind == SAVED:
            found = await saves.page(viewer, before) if viewer else Page([], "")
        else:
            found = await feed.explore(viewer, before)
        before, hidden = found.cursor, hidden | found.hidden
        if found.posts or not before:
            break
    return replace(found, hidden=hidden)


async def pages(kind: str, subject: str, viewer: Viewer | None, before: str, least: int) -> Page:
    """Return as many pages of a list, as one, as have so many posts; one at least."""
    found = await page(kind, subject, viewer, before)
    while found.cursor and len(found.posts) < least:
        more = await page(kind, subject, viewer, found.cursor)
        found = Page([*found.posts, *more.posts], more.cursor, found.hidden | more.hidden)
    return found
