"""The search index for posts: the words of their captions and photo descriptions, newest post first.

It has one row per post, written from the outbox. Visibility is checked when a post is found. The only
writer of `posts_index`.
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
from instagram_clone.domain.posts.captions import PostText
from instagram_clone.domain.posts.events import PostDeleted, PostPublished

INDEX = "keys_1__id_-1"
PREFIX_MIN, PREFIX_MAX = 3, 6
"""A word that is still being typed matches as a prefix if it has at least `PREFIX_MIN` letters. The index
stores prefixes of up to `PREFIX_MAX` letters; for longer ones, its matches are filtered by the rest.
"""

SCANNED = 2000
"""How many of the newest posts with the rarest word are scanned for those that have the other words too,
and that are not by an excluded author.
"""

_FIRST_SCANNED = 250
"""The rarest of several words is the one whose newest posts, up to this many, reach back furthest, or that
has fewer. A scan of this many usually yields a page of posts that have the other words too.
"""

CACHE_SECONDS = 600.0
"""How long to cache which words are rare, and how far back a scan of their posts reaches."""

_BATCH = 500
_LAST = "\U0010ffff"

_NEVER = ObjectId("0" * 24)


class Batch(NamedTuple):
    """Posts that were found, newest first, and the id before which there may be more, None at the end."""

    ids: list[ObjectId]
    older: ObjectId | None


def fields_of(author: ObjectId, *texts: str) -> dict[str, Any]:
    """Return the stored fields of a post: its author, and as keys its words and their prefixes. Prefixes
    end in `*`, which no word contains.
    """
    words = [word for text in texts for word in folding.index_words(text)]
    prefixes = {
        f"{word[:end]}*" for word in words for end in range(PREFIX_MIN, min(len(word), PREFIX_MAX) + 1)
    }
    return {"author": author, "keys": sorted({*words, *prefixes})}


async def by_words(
    words: list[str],
    limit: int,
    before: ObjectId | None = None,
    excluded: Collection[ObjectId] = (),
    top: ObjectId | None = None,
) -> Batch:
    """Return the newest posts that have all of the words, the last of which may be a prefix, except those
    by authors in `excluded`. At most `SCANNED` posts before `top` are scanned, or the newest if it is None.
    """
    last = words[-1]
    keys = [*words[:-1], _prefix_key(last)]
    key = await _rarest_key(keys)
    conditions: list[dict[str, Any]] = [{"keys": one} for one in keys if one != key]
    if len(last) > PREFIX_MAX:
        has_prefix = {"$elemMatch": {"$gte": last, "$lt": last + _LAST}}
        # A double negation, so that MongoDB can't use this as index bounds: it would read the posts out of
        # order, and sort them.
        conditions.append({"$nor": [{"keys": {"$not": has_prefix}}]})
    if excluded:
        conditions.append({"author": {"$nin": list(excluded)}})
    if conditions:
        return await _scan(key, conditions, limit, before, top)
    ids = await _between(key, conditions, limit, before, _NEVER)
    return Batch(ids, ids[-1] if len(ids) == limit else None)


async def _scan(
    key: str, conditions: list[dict[str, Any]], limit: int, before: ObjectId | None, top: ObjectId | None
) -> Batch:
    ids, at = list[ObjectId](), before
    # Bounded by ids, not by a $limit before the $match, which would always read that many rows.
    for number in (_FIRST_SCANNED, SCANNED):
        end = await _nth(key, number, top) if top else (await _scan_ends[number].of([key]))[key]
        if at is None or end < at:
            ids += await _between(key, conditions, limit - len(ids), at, end)
            if len(ids) == limit:
                return Batch(ids, ids[-1])
            if end == _NEVER:
                return Batch(ids, None)
            at = end
    return Batch(ids, at)


async def _between(
    key: str, conditions: list[dict[str, Any]], limit: int, before: ObjectId | None, end: ObjectId
) -> list[ObjectId]:
    """Return the newest posts before one id, down to another, that have a key and match `conditions`."""
    ids = ({"$lt": before} if before else {}) | ({"$gte": end} if end != _NEVER else {})
    match: dict[str, Any] = {"keys": key} | ({"_id": ids} if ids else {})
    if conditions:
        match["$and"] = conditions
    stages = [{"$match": match}, {"$sort": {"_id": -1}}, {"$limit": limit}, {"$project": {"_id": 1}}]
    return [row["_id"] async for row in await db.posts_index.aggregate(stages, hint=INDEX)]


async def _rarest_key(keys: list[str]) -> str:
    """Return the key that the fewest recent posts have."""
    if len(keys) == 1:
        return keys[0]
    since = await _scan_ends[_FIRST_SCANNED].of(keys)
    return min(keys, key=lambda key: (since[key], -len(key)))


async def _nth(key: str, number: int, before: ObjectId | None = None) -> ObjectId:
    """Return the `number`-th newest post that has a key, or `_NEVER` if fewer posts have it.

    Examines only index keys and returns one of them: counting them would take twice as long.
    """
    match: dict[str, Any] = {"keys": key} | ({"_id": {"$lt": before}} if before else {})
    found = db.posts_index.find(match, {"_id": 1}).sort("_id", -1).skip(number - 1).limit(1)
    rows = await found.hint(INDEX).to_list()
    return rows[0]["_id"] if rows else _NEVER


def _cached_scan_ends(number: int) -> TTLCache[str, ObjectId]:
    async def read(keys: list[str]) -> dict[str, ObjectId]:
        found = await asyncio.gather(*(_nth(key, number) for key in keys))
        return dict(zip(keys, found, strict=True))

    return TTLCache(read, CACHE_SECONDS)


_scan_ends = {number: _cached_scan_ends(number) for number in (_FIRST_SCANNED, SCANNED)}


def _prefix_key(word: str) -> str:
    return f"{word[:PREFIX_MAX]}*" if len(word) >= PREFIX_MIN else word


async def post_published(event: PostPublished) -> None:
    await _write(await captions.of([ObjectId(event.post_id)]))


async def post_deleted(event: PostDeleted) -> None:
    await db.posts_index.delete_one({"_id": ObjectId(event.post_id)})


async def _write(posts: list[PostText]) -> None:
    changes = [
        UpdateOne({"_id": one.id}, {"$set": fields_of(one.item.author, one.caption, one.alt)}, upsert=True)
        for one in posts
    ]
    if changes:
        await db.posts_index.bulk_write(changes, ordered=False)


async def fill() -> None:
    """Index every post."""
    async for batch in captions.all_posts(_BATCH):
        await _write(batch)


async def repair() -> dict[str, int]:
    """Index posts that are missing or stale, and remove those that are gone; return how many there were."""
    wrong = gone = 0
    async for batch in captions.all_posts(_BATCH):
        query = {"_id": {"$in": [one.id for one in batch]}}
        stored = {row.pop("_id"): row async for row in db.posts_index.find(query)}
        stale = [
            one for one in batch if stored.get(one.id) != fields_of(one.item.author, one.caption, one.alt)
        ]
        await _write(stale)
        wrong += len(stale)
    async for batch in db.orphans("posts_index", "_id", "posts"):
        gone += (await db.posts_index.delete_many({"_id": {"$in": batch}})).deleted_count
    return {"posts missing or stale in the search index": wrong, "deleted posts in the search index": gone}
