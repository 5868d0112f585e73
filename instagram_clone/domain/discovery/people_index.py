"""The search index for people: prefixes of the words in their names, ordered by follower count.

It has one row per person, written from the outbox. `order` is the person's number of followers, in steps
that grow with the number, followed by their id. An index over `keys` and `order` yields every page for
every prefix already sorted, and gaining a follower rarely moves a row. The only writer of `people_index`.
"""

from __future__ import annotations

import asyncio
import math
from itertools import combinations, permutations
from typing import Any, NamedTuple

from bson import ObjectId
from pymongo import UpdateOne

from instagram_clone.domain.core import db
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.core.cache import TTLCache
from instagram_clone.domain.discovery import folding, spellings
from instagram_clone.domain.people import directory
from instagram_clone.domain.people.directory import Names
from instagram_clone.domain.people.events import Followed, ProfileEdited, SignedUp

INDEX = "keys_1_order_-1"
REACH = spellings.REACH
SCANNED = 2000
"""How many people who have the rarest part of the search text are scanned for the rest."""

_PAIRED = 3
"""How many letters of each of two words make a pair key, or fewer of one that is still being typed. Even of
two common names, few people have both.
"""

ORDER_BYTES = 13  # One for the follower step, twelve for the id.

_EXACT_BELOW, _STEPS = 16, 4
_BATCH = 500
_MAX_KEYS = 150  # MongoDB merges the index ranges of this many keys in order; with more it would sort.

_LAST = "\U0010ffff"
_TOP = b"\xff" * 14


class IndexedPerson(NamedTuple):
    """Someone in the index: the words of their names, and their place in the order."""

    id: ObjectId
    words: list[str]
    order: bytes


def keys_of(username: str, words: list[str]) -> list[str]:
    """Return the keys of a person's row: prefixes of their words, pairs of those, and their username."""
    prefixes = {word[:end] for word in words for end in range(1, min(len(word), REACH) + 1)}
    parts = {word[:_PAIRED] for word in words}
    pairs = {
        _pair(one, other[:end]) for one, other in permutations(parts, 2) for end in range(1, _PAIRED + 1)
    }
    return sorted((prefixes | pairs | {exact(username)}) - {""})


def exact(username: str) -> str:
    """Return the key that matches exactly one username."""
    return f"={username.casefold()}"


def order_of(followers: int, user: ObjectId) -> bytes:
    """Return a person's place in the order; the highest comes first."""
    step = followers
    if followers >= _EXACT_BELOW:
        step = _EXACT_BELOW + int(_STEPS * math.log2(followers / _EXACT_BELOW))
    return bytes([max(0, min(step, 255))]) + user.binary


def id_of(order: bytes) -> ObjectId:
    """Return the id of the person at a place in the order."""
    return ObjectId(order[1:])


def _pair(one: str, other: str) -> str:
    """Return the key for people who have words with both prefixes, or "" if these make no key: one of them
    has to be long enough, and neither may be a prefix of the other, or a single word could match both.
    """
    first, second = sorted((one[:_PAIRED], other[:_PAIRED]), key=lambda word: (-len(word), word))
    return f"{first} {second}" if len(first) == _PAIRED and not first.startswith(second) else ""


async def by_words(
    words: list[str], limit: int, below: bytes | None = None, username: str = ""
) -> tuple[list[bytes], list[bytes]]:
    """Return the places of people whose names have words that start with each of the given ones, most
    followed first, and separately the place of the person who has `username`, if given. With several words,
    or one longer than `REACH`, only `SCANNED` people are scanned.
    """
    key = _rarest_key(words)
    match: dict[str, Any] = {"keys": key, "order": {"$lt": below or _TOP}}
    # The index covers a query for one word: no row is read.
    if rest := [word for word in words if word != key]:
        # Bounded by order, not by a $limit before the $match, which would always read that many rows.
        match["order"]["$gte"] = await _scan_end(key, below) if below else (await _scan_ends.of([key]))[key]
        match["words"] = {"$all": [{"$elemMatch": {"$gte": word, "$lt": word + _LAST}} for word in rest]}
    stages: list[dict[str, Any]] = [*_page(match, limit), {"$project": _PLACE}]
    if username:
        named = [{"$match": {"keys": exact(username)}}, {"$project": {**_PLACE, "exact": {"$literal": 1}}}]
        stages.append({"$unionWith": {"coll": "people_index", "pipeline": named}})
    rows = await (await db.people_index.aggregate(stages, hint=INDEX)).to_list()
    exact_matches = [row["order"] for row in rows if "exact" in row]
    return [row["order"] for row in rows if "exact" not in row], exact_matches


async def by_prefixes(lists: list[list[str]], limit: int) -> list[IndexedPerson]:
    """Return people whose names may have, for each list, a word that starts with one of its prefixes, most
    followed first. Only the two lists with the longest last prefixes are used, as far as the keys go.
    """
    first, *others = sorted(lists, key=lambda prefixes: len(prefixes[-1]), reverse=True)
    keys = {pair for one in first for other in (others[0] if others else ()) if (pair := _pair(one, other))}
    if not keys:
        keys = {one[:REACH] for one in first}
    stages = _page({"keys": {"$in": sorted(keys)[:_MAX_KEYS]}}, limit if len(lists) == 1 else limit * 3)
    stages.append({"$project": _FIELDS})
    return [_person(row) async for row in await db.people_index.aggregate(stages, hint=INDEX)]


async def by_ids(ids: list[ObjectId]) -> list[IndexedPerson]:
    """Return the given people, in no particular order."""
    found = db.people_index.find({"_id": {"$in": ids}}, _FIELDS, batch_size=len(ids) + 1)
    return [_person(row) for row in await found.hint("_id_").to_list()]


_FIELDS = {"words": 1, "order": 1}
_PLACE = {"_id": 0, "order": 1}


def _rarest_key(words: list[str]) -> str:
    longest = sorted(words, key=len, reverse=True)
    pairs = [pair for two in combinations(longest, 2) if (pair := _pair(*two))]
    return pairs[0] if pairs else longest[0][:REACH]


def _page(match: dict[str, Any], limit: int) -> list[dict[str, Any]]:
    return [{"$match": match}, {"$sort": {"order": -1}}, {"$limit": limit}]


async def _scan_end(key: str, below: bytes = _TOP) -> bytes:
    """Return the place at which a scan of people who have a key ends."""
    stages = [*_page({"keys": key, "order": {"$lt": below}}, SCANNED), {"$skip": SCANNED - 1}]
    rows = await db.people_index.aggregate([*stages, {"$project": _PLACE}], hint=INDEX)
    return ([row["order"] async for row in rows] or [b""])[0]


async def _read_scan_ends(keys: list[str]) -> dict[str, bytes]:
    return dict(zip(keys, await asyncio.gather(*map(_scan_end, keys)), strict=True))


_scan_ends = TTLCache(_read_scan_ends, 600.0)


def _person(row: dict[str, Any]) -> IndexedPerson:
    return IndexedPerson(row["_id"], row["words"], row["order"])


async def signed_up(event: SignedUp) -> None:
    await _write_all(await directory.names_of([ObjectId(event.user_id)]))


async def profile_edited(event: ProfileEdited) -> None:
    await _write_all(await directory.names_of([ObjectId(event.user_id)]))


async def followed(event: Followed) -> None:
    await _batched_moves.submit("", ObjectId(event.whom))


async def _write_all(people: list[Names]) -> None:
    """Index people by their current names. Idempotent."""
    while people:
        await _write_once(people)
        # Someone renamed in the meantime may have been indexed first, and then overwritten by the old name.
        written = {one.id: (one.username, one.name) for one in people}
        people = [
            one
            for one in await directory.names_of(list(written))
            if (one.username, one.name) != written[one.id]
        ]


async def _write_once(people: list[Names]) -> None:
    changes, words = [], []
    for one in people:
        person_words = folding.name_words(one.username, one.name)
        words += person_words
        # Only on insert: a concurrent `_order` may have been faster, with a newer count.
        order = {"order": order_of(one.followers, one.id), "rev": one.rev}
        named = {"words": person_words, "keys": keys_of(one.username, person_words)}
        changes.append(UpdateOne({"_id": one.id}, {"$set": named, "$setOnInsert": order}, upsert=True))
    await spellings.learn(words)
    await db.people_index.bulk_write(changes, ordered=False)


async def _order_all(_: str, users: list[ObjectId]) -> list[Exception | None]:
    """Move a batch of people to the places that their current follower counts give them."""
    await _order(await directory.names_of(list(set(users))))
    return [None] * len(users)


async def _order(people: list[Names]) -> int:
    changes = []
    for one in people:
        order = order_of(one.followers, one.id)
        moved = {"_id": one.id, "order": {"$ne": order}, "rev": {"$lte": one.rev}}
        changes.append(UpdateOne(moved, {"$set": {"order": order, "rev": one.rev}}))
    if not changes:
        return 0
    return (await db.people_index.bulk_write(changes, ordered=False)).modified_count


_batched_moves: Batcher[str, ObjectId, None] = Batcher(_order_all)


async def fill() -> None:
    """Index everyone."""
    async for people in directory.iter_names(_BATCH):
        await _write_all(people)


async def repair() -> dict[str, int]:
    """Index people who are missing, stale or misplaced, and remove those who are gone; return counts."""
    wrong = moved = gone = 0
    async for people in directory.iter_names(_BATCH):
        stored = {
            row["_id"]: row async for row in db.people_index.find({"_id": {"$in": [o.id for o in people]}})
        }
        stale = [one for one in people if _is_stale(one, stored.get(one.id, {}))]
        await _write_all(stale)
        wrong += len(stale)
        moved += await _order([one for one in people if one.id in stored])
    async for batch in db.orphans("people_index", "_id", "users"):
        gone += (await db.people_index.delete_many({"_id": {"$in": batch}})).deleted_count
    return {
        "people missing or stale in the search index": wrong,
        "people misplaced in the search index": moved,
        "deleted people in the search index": gone,
    }


def _is_stale(person: Names, row: dict[str, Any]) -> bool:
    words = folding.name_words(person.username, person.name)
    return row.get("words") != words or row["keys"] != keys_of(person.username, words)
