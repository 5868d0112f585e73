"""By what posts are found: the words of their captions and of what their photos show, the newest first.

A row for each post, written from the outbox. Whether somebody may see a post is asked when it is found.
The only writer of `posts_index`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any, NamedTuple

from bson import ObjectId
from pymongo import UpdateOne

from instagram_clone.domain.core import db
from instagram_clone.domain.core.cache import TTLCache
from instagram_clone.domain.discovery import folding
from instagram_clone.domain.posts import captions
from instagram_clone.domain.posts.captions import Captioned
from instagram_clone.domain.posts.events import PostDeleted, PostPublished

INDEX = "keys_1__id_-1"
BEGUN_FROM, BEGUN_TO = 3, 6
"""A word that is being typed is looked for by its beginning from so many letters on; of more letters than
`BEGUN_TO` whatever was found is asked for the rest.
"""

SCANNED = 2000
"""So many of the newest posts that have the rarest word are looked through for the others, and for those of
other people than some.
"""

_FIRST = 250
"""The rarest of several words is the one that has had so many posts for the longest time, or has fewer.
Among so many there mostly is a page of those that have the others too.
"""

KNOWN_SECONDS = 600.0
"""How long it is believed which words are rare, and since when they have had so many posts."""

_LOT = 500
_LAST = "\U0010ffff"

_NEVER = ObjectId("0" * 24)


class Lot(NamedTuple):
    """Posts that were found, the newest first, and before which one more may be, None at the end."""

    ids: list[ObjectId]
    older: ObjectId | None


def fields_of(author: ObjectId, *texts: str) -> dict[str, Any]:
    """Return what is stored of a post: whose it is, and as keys its words, and the beginnings of those with
    a mark that none has.
    """
    words = [word for text in texts for word in folding.indexed(text)]
    begun = {f"{word[:end]}*" for word in words for end in range(BEGUN_FROM, min(len(word), BEGUN_TO) + 1)}
    return {"author": author, "keys": sorted({*words, *begun})}


async def by_words(
    words: list[str],
    limit: int,
    before: ObjectId | None = None,
    without: Collection[ObjectId] = (),
    top: ObjectId | None = None,
) -> Lot:
    """Return the newest posts that have each of some words, the last of which may go on, without those by
    some authors. `top` is before what the page has begun, from where `SCANNED` counts.
    """
    last = words[-1]
    keys = [*words[:-1], _begun(last)]
    key = await _rarest(keys)
    also: list[dict[str, Any]] = [{"keys": one} for one in keys if one != key]
    if len(last) > BEGUN_TO:
        begun = {"$elemMatch": {"$gte": last, "$lt": last + _LAST}}
        # Said twice the other way round: else the index might be read by it, out of order, and sorted.
        also.append({"$nor": [{"keys": {"$not": begun}}]})
    if without:
        also.append({"author": {"$nin": list(without)}})
    if also:
        return await _look_through(key, also, limit, before, top)
    ids = await _between(key, also, limit, before, _NEVER)
    return Lot(ids, ids[-1] if len(ids) == limit else None)


async def _look_through(
    key: str, also: list[dict[str, Any]], limit: int, before: ObjectId | None, top: ObjectId | None
) -> Lot:
    ids, at = list[ObjectId](), before
    # Not by a limit before the match: as many rows as that says would be read each time.
    for number in (_FIRST, SCANNED):
        end = await _nth(key, number, top) if top else (await _ends[number].of([key]))[key]
        if at is None or end < at:
            ids += await _between(key, also, limit - len(ids), at, end)
            if len(ids) == limit:
                return Lot(ids, ids[-1])
            if end == _NEVER:
                return Lot(ids, None)
            at = end
    return Lot(ids, at)


async def _between(
    key: str, also: list[dict[str, Any]], limit: int, before: ObjectId | None, end: ObjectId
) -> list[ObjectId]:
    """Return the newest posts before one, down to another, that have a key, and what else is asked."""
    ids = ({"$lt": before} if before else {}) | ({"$gte": end} if end != _NEVER else {})
    match: dict[str, Any] = {"keys": key} | ({"_id": ids} if ids else {}) | ({"$and": also} if also else {})
    stages = [{"$match": match}, {"$sort": {"_id": -1}}, {"$limit": limit}, {"$project": {"_id": 1}}]
    return [row["_id"] async for row in await db.posts_index.aggregate(stages, hint=INDEX)]


async def _rarest(keys: list[str]) -> str:
    """Return the one of some keys that the fewest posts have of late."""
    if len(keys) == 1:
        return keys[0]
    since = await _ends[_FIRST].of(keys)
    return min(keys, key=lambda key: (since[key], -len(key)))


async def _nth(key: str, number: int, before: ObjectId | None = None) -> ObjectId:
    """Return the post that so many have a key up to, from the newest; one before all where fewer have it.

    Nothing but keys of the index is looked at, and one is returned: to count them takes twice as long.
    """
    match: dict[str, Any] = {"keys": key} | ({"_id": {"$lt": before}} if before else {})
    found = db.posts_index.find(match, {"_id": 1}).sort("_id", -1).skip(number - 1).limit(1)
    rows = await found.hint(INDEX).to_list()
    return rows[0]["_id"] if rows else _NEVER


def _remembered(number: int) -> TTLCache[str, ObjectId]:
    async def read(keys: list[str]) -> dict[str, ObjectId]:
        found = await asyncio.gather(*(_nth(key, number) for key in keys))
        return dict(zip(keys, found, strict=True))

    return TTLCache(read, KNOWN_SECONDS)


_ends = {number: _remembered(number) for number in (_FIRST, SCANNED)}


def _begun(word: str) -> str:
    return f"{word[:BEGUN_TO]}*" if len(word) >= BEGUN_FROM else word


async def post_published(event: PostPublished) -> None:
    await _write(await captions.of([ObjectId(event.post_id)]))


async def post_deleted(event: PostDeleted) -> None:
    await db.posts_index.delete_one({"_id": ObjectId(event.post_id)})


async def _write(posts: list[Captioned]) -> None:
    changes = [
        UpdateOne({"_id": one.id}, {"$set": fields_of(one.item.author, one.caption, one.alt)}, upsert=True)
        for one in posts
    ]
    if changes:
        await db.posts_index.bulk_write(changes, ordered=False)


async def fill() -> None:
    """Have every post be found."""
    async for lot in captions.everything(_LOT):
        await _write(lot)


async def repair() -> dict[str, int]:
    """Write what is missing or not so any more, and remove what is gone; returns how many there were."""
    wrong = gone = 0
    async for lot in captions.everything(_LOT):
        query = {"_id": {"$in": [one.id for one in lot]}}
        there = {row.pop("_id"): row async for row in db.posts_index.find(query)}
        stale = [
            one for one in lot if there.get(one.id) != fields_of(one.item.author, one.caption, one.alt)
        ]
        await _write(stale)
        wrong += len(stale)
    async for lot in db.orphans("posts_index", "_id", "posts"):
        gone += (await db.posts_index.delete_many({"_id": {"$in": lot}})).deleted_count
    return {"posts not found by their words": wrong, "posts found that are gone": gone}
