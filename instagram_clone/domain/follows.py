"""Who follows whom. The only writer of `follows`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from instagram_clone.domain import accounts, blocks, db, events
from instagram_clone.domain.errors import Invalid, NotFound, Refused
from instagram_clone.domain.viewer import Viewer


async def follow(viewer: Viewer, user_id: str) -> None:
    """Follow somebody; again changes nothing. Publishes Followed. Raises NotFound, Invalid for oneself."""
    whom = db.oid(user_id)
    if whom == viewer.oid:
        raise Invalid("You cannot follow yourself.")
    if await db.users.find_one({"_id": whom}, {"_id": 1}) is None:
        raise NotFound("This person is not here any more.")
    if await blocks.apart(viewer.oid, [whom]):
        raise Refused("You cannot follow this person.")
    row = {"follower": viewer.oid, "followee": whom, "created": datetime.now(UTC)}
    try:
        await db.follows.insert_one(row)
    except DuplicateKeyError:
        return
    await accounts.count(viewer.oid, following=1)
    await accounts.count(whom, followers=1)
    await events.publish(events.Followed(viewer.id, user_id, True))


async def unfollow(viewer: Viewer, user_id: str) -> None:
    """Follow somebody no longer; again changes nothing. Publishes Followed."""
    await _unfollow(viewer.oid, db.oid(user_id))


async def _unfollow(user: ObjectId, whom: ObjectId) -> None:
    done = await db.follows.delete_one({"follower": user, "followee": whom})
    if not done.deleted_count:
        return
    await accounts.count(user, following=-1)
    await accounts.count(whom, followers=-1)
    await events.publish(events.Followed(str(user), str(whom), False))


async def is_following(viewer: Viewer, user_id: str) -> bool:
    """Tell whether the viewer follows somebody."""
    return bool(await followees_among(viewer.oid, [db.oid(user_id)]))


async def followees_among(user: ObjectId, others: list[ObjectId]) -> set[ObjectId]:
    """Return those of some people whom a person follows, in one query."""
    query = {"follower": user, "followee": {"$in": others}}
    return {row["followee"] async for row in db.follows.find(query, {"_id": 0, "followee": 1})}


async def followees(user: ObjectId, limit: int = 0) -> list[ObjectId]:
    """Return everybody a person follows, or so many of them."""
    found = db.follows.find({"follower": user}, {"_id": 0, "followee": 1}).limit(limit)
    return [row["followee"] async for row in found]


async def among(author_id: str, user_ids: Iterable[str]) -> set[str]:
    """Return which of some people follow an author, in one query."""
    ids = [ObjectId(user_id) for user_id in user_ids]
    query = {"follower": {"$in": ids}, "followee": ObjectId(author_id)}
    return {str(row["follower"]) async for row in db.follows.find(query, {"follower": 1})}


async def mutual(user: ObjectId, others: list[ObjectId]) -> list[ObjectId]:
    """Return those of some people who follow a person and whom that person follows, in one query."""
    query: dict[str, Any] = {
        "$or": [
            {"follower": user, "followee": {"$in": others}},
            {"followee": user, "follower": {"$in": others}},
        ]
    }
    found = db.follows.find(query, {"follower": 1, "followee": 1})
    ways = [row["followee"] if row["follower"] == user else row["follower"] async for row in found]
    return [one for one in others if ways.count(one) == 2]


async def _heard_block(event: events.Blocked) -> None:
    if event.blocked:
        for one, other in ((event.by, event.whom), (event.whom, event.by)):
            await _unfollow(ObjectId(one), ObjectId(other))


events.subscribe(events.Blocked, _heard_block)
