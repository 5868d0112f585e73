"""Lists of posts: home, explore and profiles. Reads only, in a small, fixed number of queries per page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import audiences, visibility
from instagram_clone.domain.people.relations import graph
from instagram_clone.domain.posts import post_cards, recency
from instagram_clone.domain.posts.post_cards import PostCard

PAGE = 12
GRID_PAGE = 24

_MAX_MERGED = 200
"""How many authors' index ranges MongoDB merges while reading; with more it would sort every post."""
_MANY_AUTHORS = 600
"""With more authors than this, some of them are likely to have posted very recently."""
_NEWEST_SCANNED = 2500
"""How many of the newest posts overall are scanned for those by many authors."""
_BY_AUTHOR = "author_1__id_-1"
_PUBLIC = "private_1__id_-1"
EXPLORE_SCAN = 240
"""How many of the newest public posts are scanned for one page of Explore."""
_MAX_PER_AUTHOR = 3


@dataclass(frozen=True)
class Page:
    """Some posts in the order of their list, and the cursor of the next page, "" at the end.

    `hidden` holds the ids of the authors of saved posts that the viewer may no longer see, except authors
    who have blocked the viewer or whom the viewer has blocked.
    """

    posts: list[PostCard]
    cursor: str
    hidden: frozenset[str] = frozenset()


async def home(viewer: Viewer, before: str = "", size: int = PAGE) -> Page:
    """Return posts by the viewer and their followees: four queries, or five if they follow hundreds."""
    rows = await _followed_posts(viewer, before, size + 1)
    cards = await post_cards.cards(viewer, rows[:size])
    return Page([replace(card, followed=not card.mine) for card in cards], _cursor(rows, size))


async def explore(viewer: Viewer | None, before: str = "") -> Page:
    """Return public posts by people the viewer does not follow, a few by each. A page may be empty and
    still have a cursor. If nobody else has posted recently, return the newest public posts regardless.
    """
    excluded = {viewer.oid, *await graph.followees(viewer.oid)} if viewer else set()
    public = {"private": None, **audiences.public_query()}
    found = db.posts.find({**public, **_older(before)}, {"author": 1}, hint=_PUBLIC)
    scanned = await found.sort("_id", -1).limit(EXPLORE_SCAN).to_list()
    new = [row for row in scanned if row["author"] not in excluded]
    if not new and not before:
        return Page(await _visible_cards(viewer, scanned[:GRID_PAGE]), "")
    picked = _diversify(new)
    last = picked[-1] if len(picked) == GRID_PAGE else scanned[-1] if len(scanned) == EXPLORE_SCAN else None
    return Page(await _visible_cards(viewer, picked), str(last["_id"]) if last else "")


def _diversify(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a page of posts in the given order, without letting one author crowd out the others.

    A prolific author's remaining posts are left out: their profile has them.
    """
    authors = Counter(row["author"] for row in rows)
    limit = max(_MAX_PER_AUTHOR, -(-GRID_PAGE // max(1, len(authors))))
    taken: Counter[ObjectId] = Counter()
    picked = []
    for row in rows:
        if taken[row["author"]] < limit and len(picked) < GRID_PAGE:
            taken[row["author"]] += 1
            picked.append(row)
    return picked


async def _visible_cards(viewer: Viewer | None, rows: list[dict[str, Any]]) -> list[PostCard]:
    cards = await post_cards.visible(viewer, [row["_id"] for row in rows])
    return sorted(cards, key=lambda card: card.id, reverse=True)


async def by_person(viewer: Viewer | None, user_id: str, before: str = "", size: int = GRID_PAGE) -> Page:
    """Return one person's posts, or nothing if the viewer may not see any. Individual posts that the viewer
    may not see are left out, so a page may be short.
    """
    author, reader = db.oid(user_id), visibility.Reader(viewer)
    if not await reader.may_see(audiences.Item(author)):
        return Page([], "")
    rows = await _newest({"author": author}, before, size + 1)
    return Page(await post_cards.cards(viewer, await reader.visible(rows[:size])), _cursor(rows, size))


def _cursor(rows: list[dict[str, Any]], size: int) -> str:
    return str(rows[size - 1]["_id"]) if len(rows) > size else ""


async def _newest(
    query: dict[str, Any], before: str, size: int, hint: str | None = None
) -> list[dict[str, Any]]:
    found = db.posts.find({**query, **_older(before)}, hint=hint)
    return await found.sort("_id", -1).limit(size).to_list()


async def _followed_posts(viewer: Viewer, before: str, size: int) -> list[dict[str, Any]]:
    by_recency, followees = await recency.cached(viewer.oid), []
    if by_recency is None:
        followees = await graph.followees(viewer.oid)
        if len(followees) > _MANY_AUTHORS:
            by_recency = await recency.read(viewer.oid)
    if by_recency is not None:
        rows = await _from_latest_authors(viewer, by_recency, before, size)
        if rows is not None:
            return rows
        followees = [ObjectId(one) for one in by_recency.followees]
    return await _newest_matching(await visibility.home_query(viewer, followees), before, size)


async def _from_latest_authors(
    viewer: Viewer, by_recency: recency.Recency, before: str, size: int
) -> list[dict[str, Any]] | None:
    """Return the newest posts of very many followees, querying only those who posted last; None if those
    are too many.
    """
    number = 2 * size
    while True:
        authors, others_newest = by_recency.latest(number, str(db.oid(before)) if before else "")
        if len(authors) > _MANY_AUTHORS:
            return None
        rows = await _newest_matching(await visibility.home_query(viewer, authors), before, size)
        # All other posts are older, or there are none.
        if others_newest == recency.NEVER or (len(rows) == size and str(rows[-1]["_id"]) > others_newest):
            return rows
        if others_newest == by_recency.floor:
            await recency.load_missing(by_recency)
        else:
            number *= 4


async def _newest_matching(query: dict[str, Any], before: str, size: int) -> list[dict[str, Any]]:
    """Return the newest posts that match a query from `visibility`. The work is bounded, however many
    authors there are and however rarely they post.

    Every branch hints its index: left to choose, MongoDB would reuse the plan cached for another reader.
    """
    authors = query["author"]["$in"]
    if len(authors) <= _MAX_MERGED:
        return await _newest(query, before, size, _BY_AUTHOR)
    if len(authors) <= _MANY_AUTHORS:
        return await _newest_merged(query, before, size)
    newest = [{"$match": _older(before)}, {"$sort": {"_id": -1}}, {"$limit": _NEWEST_SCANNED}]
    matching = [{"$match": query}, {"$limit": size}]
    rows = await (await db.posts.aggregate([*newest, *matching], hint="_id_")).to_list()
    return rows if len(rows) == size else await _newest_merged(query, before, size)


async def _newest_merged(query: dict[str, Any], before: str, size: int) -> list[dict[str, Any]]:
    """Return the newest posts of many authors who post rarely, in chunks that MongoDB can merge."""
    authors = query["author"]["$in"]
    in_order = [{"$sort": {"_id": -1}}, {"$limit": size}]
    first, *others = (
        [
            {"$match": {**query, "author": {"$in": authors[at : at + _MAX_MERGED]}, **_older(before)}},
            *in_order,
        ]
        for at in range(0, len(authors), _MAX_MERGED)
    )
    unions = [{"$unionWith": {"coll": "posts", "pipeline": part}} for part in others]
    found = await db.posts.aggregate([*first, *unions, *in_order], hint=_BY_AUTHOR)
    return await found.to_list()


def _older(before: str) -> dict[str, Any]:
    return {"_id": {"$lt": db.oid(before)}} if before else {}
