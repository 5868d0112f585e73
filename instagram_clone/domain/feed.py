"""Lists of posts: home, explore and a person's own. Reads only; every page is a fixed few queries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from instagram_clone.domain import db, follows, posts, sight
from instagram_clone.domain.posts import PostCard
from instagram_clone.domain.viewer import Viewer

PAGE = 12
GRID_PAGE = 24

Cards = Callable[[Viewer | None, list[dict[str, Any]]], Awaitable[list[PostCard]]]


@dataclass(frozen=True)
class Page:
    """Some posts, newest first, and the cursor of those after them, "" at the end."""

    posts: list[PostCard]
    cursor: str


async def home(viewer: Viewer, before: str = "") -> Page:
    """Return the viewer's and their followees' posts: four queries."""
    authors = [viewer.oid, *await follows.followees(viewer.oid)]
    page = await _page(viewer, {"author": {"$in": authors}}, before, PAGE)
    return Page([replace(card, followed=not card.mine) for card in page.posts], page.cursor)


async def explore(viewer: Viewer | None, before: str = "") -> Page:
    """Return the posts that everybody may see."""
    return await _page(viewer, {"private": None}, before, GRID_PAGE, posts.visible_cards)


async def by_person(viewer: Viewer | None, user_id: str, before: str = "") -> Page:
    """Return one person's posts; nothing to who may not see them."""
    if not await sight.may_see(viewer, db.oid(user_id)):
        return Page([], "")
    return await _page(viewer, {"author": db.oid(user_id)}, before, GRID_PAGE)


async def _page(
    viewer: Viewer | None, query: dict[str, Any], before: str, size: int, cards: Cards = posts.cards
) -> Page:
    if before:
        query = {**query, "_id": {"$lt": db.oid(before)}}
    rows = await db.posts.find(query).sort("_id", -1).limit(size + 1).to_list()
    cursor = str(rows[size - 1]["_id"]) if len(rows) > size else ""
    return Page(await cards(viewer, rows[:size]), cursor)
