"""The social graph as other areas read it: who follows whom. Writes nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.core.db import Session
from instagram_clone.domain.core.viewer import Viewer

_BY_FOLLOWER = "follower_1_followee_1"


async def is_following(viewer: Viewer, user_id: str) -> bool:
    """Return whether the viewer follows somebody."""
    return bool(await followees_among(viewer.oid, [db.oid(user_id)]))


async def followees_among(
    user: ObjectId, others: list[ObjectId], session: Session | None = None
) -> set[ObjectId]:
    """Return which of `others` the user follows, in one query."""
    query = {"follower": user, "followee": {"$in": others}}
    found = db.follows.find(query, {"_id": 0, "followee": 1}, session=session)
    return {row["followee"] async for row in found}


async def follower_ids_among(user: ObjectId, others: list[ObjectId], session: Session) -> set[ObjectId]:
    """Return which of `others` follow the user, in one query."""
    query = {"follower": {"$in": others}, "followee": user}
    found = db.follows.find(query, {"_id": 0, "follower": 1}, session=session)
    return {row["follower"] async for row in found}


async def followers_among_all(
    people: list[ObjectId], others: list[ObjectId]
) -> dict[ObjectId, list[ObjectId]]:
    """Return which of `others` follow each of these people, in one query."""
    query = {"follower": {"$in": others}, "followee": {"$in": people}}
    found = db.follows.find(query, {"_id": 0, "follower": 1, "followee": 1}).hint(_BY_FOLLOWER)
    followers: dict[ObjectId, list[ObjectId]] = defaultdict(list)
    async for row in found:
        followers[row["followee"]].append(row["follower"])
    return followers


async def followees(user: ObjectId, limit: int = 0) -> list[ObjectId]:
    """Return everybody the user follows, or up to `limit` of them."""
    if not limit:
        return await _followees_batcher.submit("", user)
    found = db.follows.find({"follower": user}, {"_id": 0, "followee": 1}).limit(limit)
    return [row["followee"] async for row in found]


async def _read_followees(_: str, users: list[ObjectId]) -> list[list[ObjectId] | Exception]:
    """Return everybody each user follows; simultaneous callers share one query."""
    # Grouped, because decoding thousands of rows takes longer than finding them.
    stages: list[dict[str, Any]] = [
        {"$match": {"follower": {"$in": list(set(users))}}},
        {"$group": {"_id": "$follower", "followees": {"$push": "$followee"}}},
    ]
    found = await db.follows.aggregate(stages, hint=_BY_FOLLOWER)
    followees = {row["_id"]: row["followees"] async for row in found}
    return [followees.get(user, []) for user in users]


_followees_batcher: Batcher[str, ObjectId, list[ObjectId]] = Batcher(_read_followees, gathers=True)


async def followers_among(author_id: str, user_ids: Iterable[str]) -> set[str]:
    """Return which of these users follow an author, in one query."""
    ids = [ObjectId(user_id) for user_id in user_ids]
    query = {"follower": {"$in": ids}, "followee": ObjectId(author_id)}
    return {str(row["follower"]) async for row in db.follows.find(query, {"follower": 1})}


async def mutual(user: ObjectId, others: list[ObjectId]) -> list[ObjectId]:
    """Return which of `others` the user follows and is followed by, in one query."""
    query: dict[str, Any] = {
        "$or": [
            {"follower": user, "followee": {"$in": others}},
            {"followee": user, "follower": {"$in": others}},
        ]
    }
    found = db.follows.find(query, {"follower": 1, "followee": 1})
    directions = Counter(
        [row["followee"] if row["follower"] == user else row["follower"] async for row in found]
    )
    return [other for other in others if directions[other] == 2]


async def followees_as_text(users: list[ObjectId]) -> dict[ObjectId, list[str]]:
    """Return everybody each user follows, in one query, for callers that need an ObjectId for only a few:
    decoding text takes a fifth of the time.
    """
    stages: list[dict[str, Any]] = [
        {"$match": {"follower": {"$in": users}}},
        {"$group": {"_id": "$follower", "followees": {"$push": {"$toString": "$followee"}}}},
    ]
    found = await db.follows.aggregate(stages, hint=_BY_FOLLOWER)
    return {row["_id"]: row["followees"] async for row in found}
