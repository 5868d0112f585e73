"""By what people are found: the beginnings of the words in their names, in the order of who is followed.

A row for each person, written from the outbox. `order` is how many follow them, in steps that grow with the
number, and their id: an index over `keys` and `order` has every page of every beginning in its order, and
whoever gains a follower is moved seldom. The only writer of `people_index`.
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
from instagram_clone.domain.people.directory import Named
from instagram_clone.domain.people.events import Followed, ProfileEdited, SignedUp

INDEX = "keys_1_order_-1"
REACH = spellings.REACH
SCANNED = 2000
"""So many who have the rarest part of what was typed are looked through for the rest."""

_PAIRED = 3
"""So many letters of two words make a key, or fewer of one that is still being typed: of two names that
many have, few people have both.
"""

ORDER_BYTES = 13  # The step of somebody's followers, and their id.

_EXACT_BELOW, _STEPS = 16, 4
_LOT = 500
_KEYS = 150  # Of so many MongoDB merges what it reads in order; of more it would sort.

_LAST = "\U0010ffff"
_FIRST = b"\xff" * 14


class Found(NamedTuple):
    """Somebody who was found: the words of their names, and where they come in the order."""

    id: ObjectId
    words: list[str]
    order: bytes


def keys_of(username: str, words: list[str]) -> list[str]:
    """Return the keys of somebody's row: beginnings of their words, pairs of them, and their username."""
    begun = {word[:end] for word in words for end in range(1, min(len(word), REACH) + 1)}
    parts = {word[:_PAIRED] for word in words}
    pairs = {
        _pair(one, other[:end]) for one, other in permutations(parts, 2) for end in range(1, _PAIRED + 1)
    }
    return sorted((begun | pairs | {exact(username)}) - {""})


def exact(username: str) -> str:
    """Return the key of whoever has a username."""
    return f"={username.casefold()}"


def order_of(followers: int, user: ObjectId) -> bytes:
    """Return where somebody comes in the order, the highest first."""
    step = followers
    if followers >= _EXACT_BELOW:
        step = _EXACT_BELOW + int(_STEPS * math.log2(followers / _EXACT_BELOW))
    return bytes([max(0, min(step, 255))]) + user.binary


def id_of(order: bytes) -> ObjectId:
    """Return who has a place in the order."""
    return ObjectId(order[1:])


def _pair(one: str, other: str) -> str:
    """Return the key of whoever has words that begin like two, "" where that is no key: one of the two has
    to be long enough, and neither the beginning of the other, or one word might be both.
    """
    first, second = sorted((one[:_PAIRED], other[:_PAIRED]), key=lambda word: (-len(word), word))
    return f"{first} {second}" if len(first) == _PAIRED and not first.startswith(second) else ""


async def by_words(
    words: list[str], limit: int, below: bytes | None = None, username: str = ""
) -> tuple[list[bytes], list[bytes]]:
    """Return the places in the order of people whose names have words that begin like each of some, the
    most followed first, and of whoever has a username, if one is given. Of several words so many people
    are looked through as `SCANNED` says.
    """
    key = _rarest(words)
    match: dict[str, Any] = {"keys": key, "order": {"$lt": below or _FIRST}}
    # Of one word the index has all that is asked for: no row is read.
    if rest := [word for word in words if word != key]:
        # Not by a limit before the match: as many rows as that says would be read each time.
        match["order"]["$gte"] = await _last(key, below) if below else (await _lasts.of([key]))[key]
        match["words"] = {"$all": [{"$elemMatch": {"$gte": word, "$lt": word + _LAST}} for word in rest]}
    stages: list[dict[str, Any]] = [*_page(match, limit), {"$project": _PLACE}]
    if username:
        named = [{"$match": {"keys": exact(username)}}, {"$project": {**_PLACE, "exact": {"$literal": 1}}}]
        stages.append({"$unionWith": {"coll": "people_index", "pipeline": named}})
    rows = await (await db.people_index.aggregate(stages, hint=INDEX)).to_list()
    having = [row["order"] for row in rows if "exact" in row]
    return [row["order"] for row in rows if "exact" not in row], having


async def by_beginnings(ways: list[list[str]], limit: int) -> list[Found]:
    """Return people whose names have words with beginnings out of each of some lists, or may have: it goes
    by the two whose last ones are longest, and by what is kept of pairs. The most followed come first.
    """
    first, *others = sorted(ways, key=lambda ones: len(ones[-1]), reverse=True)
    keys = {pair for one in first for other in (others[0] if others else ()) if (pair := _pair(one, other))}
    if not keys:
        keys = {one[:REACH] for one in first}
    stages = _page({"keys": {"$in": sorted(keys)[:_KEYS]}}, limit if len(ways) == 1 else limit * 3)
    stages.append({"$project": _FIELDS})
    return [_found(row) async for row in await db.people_index.aggregate(stages, hint=INDEX)]


async def by_ids(ids: list[ObjectId]) -> list[Found]:
    """Return some people, in no order."""
    found = db.people_index.find({"_id": {"$in": ids}}, _FIELDS, batch_size=len(ids) + 1)
    return [_found(row) for row in await found.hint("_id_").to_list()]


_FIELDS = {"words": 1, "order": 1}
_PLACE = {"_id": 0, "order": 1}


def _rarest(words: list[str]) -> str:
    longest = sorted(words, key=len, reverse=True)
    pairs = [pair for two in combinations(longest, 2) if (pair := _pair(*two))]
    return pairs[0] if pairs else longest[0][:REACH]


def _page(match: dict[str, Any], limit: int) -> list[dict[str, Any]]:
    return [{"$match": match}, {"$sort": {"order": -1}}, {"$limit": limit}]


async def _last(key: str, below: bytes = _FIRST) -> bytes:
    """Return up to where people who have a key are looked through."""
    stages = [*_page({"keys": key, "order": {"$lt": below}}, SCANNED), {"$skip": SCANNED - 1}]
    rows = await db.people_index.aggregate([*stages, {"$project": _PLACE}], hint=INDEX)
    return ([row["order"] async for row in rows] or [b""])[0]


async def _read_lasts(keys: list[str]) -> dict[str, bytes]:
    return dict(zip(keys, await asyncio.gather(*map(_last, keys)), strict=True))


_lasts = TTLCache(_read_lasts, 600.0)


def _found(row: dict[str, Any]) -> Found:
    return Found(row["_id"], row["words"], row["order"])


async def signed_up(event: SignedUp) -> None:
    await _write_all(await directory.named([ObjectId(event.user_id)]))


async def profile_edited(event: ProfileEdited) -> None:
    await _write_all(await directory.named([ObjectId(event.user_id)]))


async def followed(event: Followed) -> None:
    await _ordering.do("", ObjectId(event.whom))


async def _write_all(people: list[Named]) -> None:
    """Have people be found by what they are called now. Idempotent."""
    while people:
        await _write_once(people)
        # Whoever was renamed meanwhile may have been written first, and is found by an old name now.
        written = {one.id: (one.username, one.name) for one in people}
        people = [
            one
            for one in await directory.named(list(written))
            if (one.username, one.name) != written[one.id]
        ]


async def _write_once(people: list[Named]) -> None:
    changes, words = [], []
    for one in people:
        own = folding.words_of(one.username, one.name)
        words += own
        # Whoever counts followers may have been faster, and knows of more.
        order = {"order": order_of(one.followers, one.id), "rev": one.rev}
        named = {"words": own, "keys": keys_of(one.username, own)}
        changes.append(UpdateOne({"_id": one.id}, {"$set": named, "$setOnInsert": order}, upsert=True))
    await spellings.learn(words)
    await db.people_index.bulk_write(changes, ordered=False)


async def _order_all(_: str, users: list[ObjectId]) -> list[Exception | None]:
    """Move people to where they come by how many follow them now, together with who is moved then."""
    await _order(await directory.named(list(set(users))))
    return [None] * len(users)


async def _order(people: list[Named]) -> int:
    changes = []
    for one in people:
        order = order_of(one.followers, one.id)
        moved = {"_id": one.id, "order": {"$ne": order}, "rev": {"$lte": one.rev}}
        changes.append(UpdateOne(moved, {"$set": {"order": order, "rev": one.rev}}))
    if not changes:
        return 0
    return (await db.people_index.bulk_write(changes, ordered=False)).modified_count


_ordering: Batcher[str, ObjectId, None] = Batcher(_order_all)


async def fill() -> None:
    """Have everybody be found."""
    async for people in directory.all_named(_LOT):
        await _write_all(people)


async def repair() -> dict[str, int]:
    """Write what is missing or not so any more, and remove who is gone; returns how many there were."""
    wrong = moved = gone = 0
    async for people in directory.all_named(_LOT):
        there = {
            row["_id"]: row async for row in db.people_index.find({"_id": {"$in": [o.id for o in people]}})
        }
        stale = [one for one in people if _is_stale(one, there.get(one.id, {}))]
        await _write_all(stale)
        wrong += len(stale)
        moved += await _order([one for one in people if one.id in there])
    async for lot in db.orphans("people_index", "_id", "users"):
        gone += (await db.people_index.delete_many({"_id": {"$in": lot}})).deleted_count
    return {
        "people not found by their names": wrong,
        "people found in the wrong place": moved,
        "people found who are gone": gone,
    }


def _is_stale(person: Named, row: dict[str, Any]) -> bool:
    words = folding.words_of(person.username, person.name)
    return row.get("words") != words or row["keys"] != keys_of(person.username, words)
