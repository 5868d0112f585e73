"""When those whom a reader follows have posted last, so that home asks for posts of a few of thousands.

Remembered of readers who follow very many. Whom they follow is checked with every use, by the revision of
their account, which grows with every follow. When authors have posted last is kept up by PostPublished,
and forgotten after a gap in the news. A post that is deleted leaves its author too high in the order: they
are asked for in vain, and nothing is missed.
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

KNOWN_SECONDS = 3600.0
"""How long a post may be missed of which no word has come: every process that publishes sends it."""

MAX_FOLLOWEES = 200_000
"""So many are remembered, of all readers together, at some 250 bytes each."""

NEVER = "0" * 24
"""Stands for the post of who has none: older than any."""

_WINDOW = 2_500
"""So many of everybody's newest posts are looked through first: of who is not among their authors it is
asked only for readers who go further back.
"""

_LOT = 1_000
_BY_AUTHOR = "author_1__id_-1"
_AS_TEXT = {
    "$group": {
        "_id": None,
        "authors": {"$push": {"$toString": "$_id"}},
        "newest": {"$push": {"$toString": "$newest"}},
    }
}
"""Makes one document of who has posted last when."""


class Recency:
    """Whom a reader follows as of a revision of their account, in the order of their newest posts.

    All ids are text: thousands are sooner decoded and sorted so.
    """

    def __init__(self, revision: int, followees: frozenset[str]) -> None:
        self.revision = revision
        self.followees = followees
        self.since = time.monotonic()
        # Of who is not in the order every post is as old as this one, or older.
        self.floor = NEVER
        # The oldest first. Who has posted since is there again, further up.
        self._order: list[tuple[str, str]] = []

    def note(self, author: str, post: str) -> None:
        """Note a new post of a followee."""
        insort(self._order, (post, author))

    def add(self, newest: dict[str, str]) -> None:
        """Note the newest posts of several followees."""
        self._order += [(post, author) for author, post in newest.items()]
        self._order.sort()

    def copy_to(self, other: Recency) -> None:
        """Have a later revision know what is known here of those who are still followed."""
        other.since, other.floor = self.since, self.floor
        other.add({author: post for post, author in self._order if author in other.followees})

    def latest(self, number: int, before: str = "") -> tuple[list[ObjectId], str]:
        """Return everybody who may have shared one of the newest posts, so many of them before a post, and
        the newest post that anybody else may have shared.
        """
        end = bisect_left(self._order, (before,)) if before else len(self._order)
        found = {author for _, author in self._order[end:]}
        most = len(found) + number
        while end and len(found) < most:
            end -= 1
            found.add(self._order[end][1])
        others = max(self.floor, self._order[end - 1][0] if end else NEVER)
        return [ObjectId(one) for one in found], others

    def missing(self) -> list[str]:
        """Return the followees that are not in the order."""
        return list(self.followees.difference(author for _, author in self._order))


_known: OrderedDict[ObjectId, Recency] = OrderedDict()
_being_read: list[Recency] = []
_gaps = 0


async def remembered(user: ObjectId) -> Recency | None:
    """Return what is known of a reader, as of now: one query; None, without any, where nothing is."""
    known = _known.get(user)
    if known is None or time.monotonic() - known.since > KNOWN_SECONDS:
        return None
    _known.move_to_end(user)
    revision = await accounts.revision(user)
    return known if known.revision == revision else await _read(user, revision, known)


async def read(user: ObjectId) -> Recency:
    """Read when those whom somebody follows have posted last, and remember it."""
    # The revision first: whom they follow may be newer than that, and never older.
    return await _read(user, await accounts.revision(user), None)


async def complete(known: Recency) -> None:
    """Read when those have posted last of whom that is not known."""
    known.add(await _newest_posts(known.missing()))
    known.floor = NEVER


async def post_published(event: PostPublished) -> None:
    """Note a post for those who follow its author."""
    for one in (*_known.values(), *_being_read):
        if event.author_id in one.followees:
            one.note(event.author_id, event.post_id)


async def _read(user: ObjectId, revision: int, known: Recency | None) -> Recency:
    gaps, followees = _gaps, (await graph.followees_as_text([user])).get(user, [])
    new = Recency(revision, frozenset(followees))
    if known is not None:
        known.copy_to(new)
    # What is published while this is read is noted at once.
    _being_read.append(new)
    try:
        if known is not None:
            new.add(await _newest_posts(list(new.followees - known.followees)))
        else:
            new.floor, newest = await _newest_of_all()
            new.add({author: newest[author] for author in new.followees & newest.keys()})
    finally:
        _being_read.remove(new)
    if gaps == _gaps:
        _remember(user, new)
    return new


async def _newest_of_all() -> tuple[str, dict[str, str]]:
    """Return a post, and of everybody who has shared a later one their newest."""
    oldest = [{"$sort": {"_id": -1}}, {"$skip": _WINDOW}, {"$limit": 1}, {"$project": {"_id": 1}}]
    rows = await (await db.posts.aggregate(oldest, hint="_id_")).to_list()
    later = {"_id": {"$gt": rows[0]["_id"]}} if rows else {}
    stages = [{"$match": later}, {"$group": {"_id": "$author", "newest": {"$max": "$_id"}}}, _AS_TEXT]
    newest: dict[str, str] = {}
    async for row in await db.posts.aggregate(stages, hint="_id_"):
        newest |= zip(row["authors"], row["newest"], strict=True)
    return str(rows[0]["_id"]) if rows else NEVER, newest


async def _newest_posts(authors: list[str]) -> dict[str, str]:
    """Return the newest post of each of some people."""
    newest = dict.fromkeys(authors, NEVER)
    for at in range(0, len(authors), _LOT):
        stages: list[dict[str, Any]] = [
            {"$match": {"author": {"$in": [ObjectId(one) for one in authors[at : at + _LOT]]}}},
            {"$sort": {"author": 1, "_id": -1}},
            {"$group": {"_id": "$author", "newest": {"$first": "$_id"}}},
            _AS_TEXT,
        ]
        async for row in await db.posts.aggregate(stages, hint=_BY_AUTHOR):
            newest |= zip(row["authors"], row["newest"], strict=True)
    return newest


def _remember(user: ObjectId, new: Recency) -> None:
    _known[user] = new
    _known.move_to_end(user)
    while len(_known) > 1 and sum(len(one.followees) for one in _known.values()) > MAX_FOLLOWEES:
        _known.popitem(last=False)


def _forget_all() -> None:
    global _gaps
    _gaps += 1
    _known.clear()


events.on_gap(_forget_all)
