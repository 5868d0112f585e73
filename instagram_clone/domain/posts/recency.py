"""When each followee of a reader last posted, so that home queries only a few of thousands of followees.

Cached for readers who follow very many people. Every use checks the list of followees against the revision
of the reader's account, which grows with every follow. PostPublished keeps the times of the last posts
current, and a gap in the event stream clears the cache. A deleted post leaves its author too high in the
order: the author is queried in vain, but nothing is missed.
"""

from __future__ import annotations

import time
from bisect import bisect_left, insort
from collections import OrderedDict
from typing import Any

from bson import ObjectId

from instagram_clone.domain.core import db, events
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.relations import graph
from instagram_clone.domain.posts.events import PostPublished

CACHE_SECONDS = 3600.0
"""How long a post can be missed if the event about it is lost on its way from another process."""

MAX_FOLLOWEES = 200_000
"""How many followees are cached for all readers together, at some 250 bytes each."""

NEVER = "0" * 24
"""Stands in for the newest post of someone who has none: older than any real post."""

_WINDOW = 2_500
"""How many of the newest posts overall are scanned first. Followees who are not among their authors are
queried only when a reader scrolls further back.
"""

_BATCH = 1_000
_BY_AUTHOR = "author_1__id_-1"
_COLLECT_AS_TEXT = {
    "$group": {
        "_id": None,
        "authors": {"$push": {"$toString": "$_id"}},
        "newest": {"$push": {"$toString": "$newest"}},
    }
}
"""Collects all authors and their newest posts into one document."""


class Recency:
    """A reader's followees as of one revision of their account, ordered by their newest posts.

    All ids are strings: thousands of them decode and sort faster that way.
    """

    def __init__(self, revision: int, followees: frozenset[str]) -> None:
        self.revision = revision
        self.followees = followees
        self.since = time.monotonic()
        # Followees who are not in the order have no posts newer than this one.
        self.floor = NEVER
        # Oldest first. Followees who have posted again appear a second time, further up.
        self._order: list[tuple[str, str]] = []

    def record(self, author: str, post: str) -> None:
        """Record a followee's new post."""
        insort(self._order, (post, author))

    def add(self, newest: dict[str, str]) -> None:
        """Record the newest posts of several followees."""
        self._order += [(post, author) for author, post in newest.items()]
        self._order.sort()

    def copy_to(self, other: Recency) -> None:
        """Copy what is known about followees who are still followed to a later revision."""
        other.since, other.floor = self.since, self.floor
        other.add({author: post for post, author in self._order if author in other.followees})

    def latest(self, number: int, before: str = "") -> tuple[list[ObjectId], str]:
        """Return the followees who may have the newest posts before `before`: all who have posted since,
        and the next `number` in the order. Also return the newest post that any other followee may have.
        """
        end = bisect_left(self._order, (before,)) if before else len(self._order)
        found = {author for _, author in self._order[end:]}
        wanted = len(found) + number
        while end and len(found) < wanted:
            end -= 1
            found.add(self._order[end][1])
        others_newest = max(self.floor, self._order[end - 1][0] if end else NEVER)
        return [ObjectId(one) for one in found], others_newest

    def missing(self) -> list[str]:
        """Return the followees who are not in the order."""
        return list(self.followees.difference(author for _, author in self._order))


_cache: OrderedDict[ObjectId, Recency] = OrderedDict()
_loading: list[Recency] = []
_gaps = 0


async def cached(user: ObjectId) -> Recency | None:
    """Return a reader's cached recency, brought up to date, usually in one query; None if not cached."""
    found = _cache.get(user)
    if found is None or time.monotonic() - found.since > CACHE_SECONDS:
        return None
    _cache.move_to_end(user)
    revision = await accounts.revision(user)
    return found if found.revision == revision else await _read(user, revision, found)


async def read(user: ObjectId) -> Recency:
    """Read when a reader's followees last posted, and cache it."""
    # The revision first: the followees may be newer than it, but never older.
    return await _read(user, await accounts.revision(user), None)


async def load_missing(recency: Recency) -> None:
    """Read when the followees who are not yet in the order last posted."""
    recency.add(await _newest_posts(recency.missing()))
    recency.floor = NEVER


async def post_published(event: PostPublished) -> None:
    """Record a post for the readers who follow its author."""
    for one in (*_cache.values(), *_loading):
        if event.author_id in one.followees:
            one.record(event.author_id, event.post_id)


async def _read(user: ObjectId, revision: int, previous: Recency | None) -> Recency:
    gaps, followees = _gaps, (await graph.followees_as_text([user])).get(user, [])
    new = Recency(revision, frozenset(followees))
    if previous is not None:
        previous.copy_to(new)
    # Posts published while this is being read are recorded right away.
    _loading.append(new)
    try:
        if previous is not None:
            new.add(await _newest_posts(list(new.followees - previous.followees)))
        else:
            new.floor, newest = await _newest_in_window()
            new.add({author: newest[author] for author in new.followees & newest.keys()})
    finally:
        _loading.remove(new)
    if gaps == _gaps:
        _put(user, new)
    return new


async def _newest_in_window() -> tuple[str, dict[str, str]]:
    """Return a post, and the newest post of everyone who has shared a later one."""
    oldest = [{"$sort": {"_id": -1}}, {"$skip": _WINDOW}, {"$limit": 1}, {"$project": {"_id": 1}}]
    rows = await (await db.posts.aggregate(oldest, hint="_id_")).to_list()
    later = {"_id": {"$gt": rows[0]["_id"]}} if rows else {}
    stages = [
        {"$match": later},
        {"$group": {"_id": "$author", "newest": {"$max": "$_id"}}},
        _COLLECT_AS_TEXT,
    ]
    newest: dict[str, str] = {}
    async for row in await db.posts.aggregate(stages, hint="_id_"):
        newest |= zip(row["authors"], row["newest"], strict=True)
    return str(rows[0]["_id"]) if rows else NEVER, newest


async def _newest_posts(authors: list[str]) -> dict[str, str]:
    """Return the newest post of each author, NEVER for authors without posts."""
    newest = dict.fromkeys(authors, NEVER)
    for at in range(0, len(authors), _BATCH):
        stages: list[dict[str, Any]] = [
            {"$match": {"author": {"$in": [ObjectId(one) for one in authors[at : at + _BATCH]]}}},
            {"$sort": {"author": 1, "_id": -1}},
            {"$group": {"_id": "$author", "newest": {"$first": "$_id"}}},
            _COLLECT_AS_TEXT,
        ]
        async for row in await db.posts.aggregate(stages, hint=_BY_AUTHOR):
            newest |= zip(row["authors"], row["newest"], strict=True)
    return newest


def _put(user: ObjectId, new: Recency) -> None:
    _cache[user] = new
    _cache.move_to_end(user)
    while len(_cache) > 1 and sum(len(one.followees) for one in _cache.values()) > MAX_FOLLOWEES:
        _cache.popitem(last=False)


def _clear_cache() -> None:
    global _gaps
    _gaps += 1
    _cache.clear()


events.on_gap(_clear_cache)
