"""Friends who are online: people who follow each other. Writes nothing.

Followees are cached with the revision of the account, which grows with every follow and unfollow. The query
for who follows back reads that revision too, so a stale entry is never used, and no event is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.cache import TTLCache

CACHE_SECONDS = 3600.0

_MAX_CACHED = 5_000
"""How many people's followees are cached, at 24 bytes a followee."""

_ID_LENGTH = 24
_BY_FOLLOWER = "follower_1_followee_1"

Hides = dict[str, Any]
"""An aggregation expression: whether a row of `users` belongs to somebody who must be left out."""


@dataclass(frozen=True)
class Followees:
    """The people somebody follows, their ids joined in one string: a list takes four times the memory."""

    revision: int
    text: str

    def ids(self) -> list[str]:
        return [self.text[at : at + _ID_LENGTH] for at in range(0, len(self.text), _ID_LENGTH)]


async def online(
    users: list[ObjectId], online_among: Callable[[Iterable[str]], set[str]], hides: Hides | None = None
) -> dict[ObjectId, list[str]]:
    """Return each user's friends who are online: one query for all, and one more for users who are not
    cached.

    Leaves out users and friends for whom `hides` is true. Starts from the followees, whose number is
    bounded, unlike that of followers or of people online.
    """
    friends: dict[ObjectId, list[str]] = {}
    while users:
        cached = await _followees.of(users)
        online_followees = {
            user: [ObjectId(one) for one in online_among(followees.ids())]
            for user, followees in cached.items()
        }
        found, revisions = await _following_back(online_followees, hides)
        # Ask again for users who have followed or unfollowed since: only their own changes repeat this.
        users = [user for user, followees in cached.items() if revisions.get(user) != followees.revision]
        _followees.forget(*users)
        friends |= {user: mutual for user, mutual in found.items() if user not in users}
    return friends


async def _following_back(
    online: dict[ObjectId, list[ObjectId]], hides: Hides | None
) -> tuple[dict[ObjectId, list[str]], dict[ObjectId, int]]:
    """Return which of the people online follow each user back, and the revisions of the users' accounts."""
    # One clause per user: a single one with everybody's followees would match their whole product.
    parts = [
        {"follower": {"$in": followees}, "followee": user}
        for user, followees in online.items()
        if followees
    ]
    people = list(set(online).union(*online.values())) if hides is not None else list(online)
    users = [
        {"$match": {"_id": {"$in": people}}},
        {"$project": {"revision": "$rev", "hides": hides if hides is not None else {"$literal": False}}},
        {"$match": {"$or": [{"_id": {"$in": list(online)}}, {"hides": True}]}},
    ]
    stages: list[dict[str, Any]] = [
        {"$match": {"$or": parts} if len(parts) > 1 else parts[0] if parts else {"follower": {"$in": []}}},
        {"$group": {"_id": "$followee", "friends": {"$push": {"$toString": "$follower"}}}},
        {"$unionWith": {"coll": "users", "pipeline": users}},
    ]
    friends: dict[ObjectId, list[str]] = {}
    revisions: dict[ObjectId, int] = {}
    left_out: set[str] = set()
    async for row in await db.follows.aggregate(stages, hint=_BY_FOLLOWER):
        if "friends" in row:
            friends[row["_id"]] = row["friends"]
            continue
        revisions[row["_id"]] = row["revision"]
        if row["hides"]:
            left_out.add(str(row["_id"]))
    shown = {
        user: [friend for friend in followers if friend not in left_out]
        for user, followers in friends.items()
        if str(user) not in left_out
    }
    return shown, revisions


async def _read(users: list[ObjectId]) -> dict[ObjectId, Followees]:
    """Return the people each user follows."""
    # Read the revision first: the followees may be newer than it, but never older.
    follows = [
        {"$match": {"follower": {"$in": users}}},
        {"$group": {"_id": "$follower", "followees": {"$push": {"$toString": "$followee"}}}},
    ]
    stages: list[dict[str, Any]] = [
        {"$match": {"_id": {"$in": users}}},
        {"$project": {"revision": "$rev"}},
        {"$unionWith": {"coll": "follows", "pipeline": follows}},
    ]
    revisions: dict[ObjectId, int] = {}
    followees: dict[ObjectId, list[str]] = {}
    async for row in await db.users.aggregate(stages):
        if "followees" in row:
            followees[row["_id"]] = row["followees"]
        else:
            revisions[row["_id"]] = row["revision"]
    return {
        user: Followees(revision, "".join(followees.get(user, ()))) for user, revision in revisions.items()
    }


_followees = TTLCache(_read, CACHE_SECONDS, _MAX_CACHED)
