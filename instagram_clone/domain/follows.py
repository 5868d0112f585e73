"""Who follows whom, and who has asked to. The only writer of `follows` and `follow_requests`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from instagram_clone.domain import accounts, blocks, db, events
from instagram_clone.domain.errors import Invalid, NotFound
from instagram_clone.domain.together import Together
from instagram_clone.domain.viewer import Viewer

_MANY = 200
_AT_ONCE = 10_000


async def follow(viewer: Viewer, user_id: str) -> bool:
    """Follow somebody, or ask to where the account is private, and tell whether that was asked just now.

    Idempotent. Publishes Followed or FollowRequested. Raises Invalid for oneself, NotFound for people who
    are gone and, alike, for those who have blocked the viewer, and Refused for those they have blocked.
    """
    whom = db.oid(user_id)
    if whom == viewer.oid:
        raise Invalid("You cannot follow yourself.")
    found = await db.users.find_one({"_id": whom}, {"private": 1})
    if found is None:
        raise NotFound(blocks.GONE)
    await blocks.check_reachable(viewer, [whom], "You cannot follow this person.")
    if found["private"]:
        return not await followees_among(viewer.oid, [whom]) and await _ask(viewer.oid, whom)
    await _follow(viewer.oid, whom)
    await _answered(viewer.oid, whom)
    return False


async def unfollow(viewer: Viewer, user_id: str) -> None:
    """Follow somebody no longer, nor ask to; again changes nothing. Publishes Followed, FollowRequested."""
    whom = db.oid(user_id)
    await _answered(viewer.oid, whom)
    await _unfollow(viewer.oid, whom)


async def remove_follower(viewer: Viewer, user_id: str) -> None:
    """Have somebody follow the viewer no longer; they are not told. Publishes Followed."""
    await _unfollow(db.oid(user_id), viewer.oid)


async def confirm(viewer: Viewer, user_id: str) -> None:
    """Let somebody who has asked follow the viewer. Publishes FollowRequested and Followed.

    Raises NotFound when they have not, or no longer do.
    """
    asking = db.oid(user_id)
    if await db.follow_requests.find_one({"by": asking, "whom": viewer.oid}, {"_id": 1}) is None:
        raise NotFound("This request was taken back.")
    # In this order: a crash in between leaves a request that can be confirmed again, and loses nothing.
    await _follow(asking, viewer.oid, asked=True)
    await _answered(asking, viewer.oid)


async def decline(viewer: Viewer, user_id: str) -> None:
    """Turn a request to follow the viewer down; they are not told. Publishes FollowRequested."""
    await _answered(db.oid(user_id), viewer.oid)


async def _ask(user: ObjectId, whom: ObjectId) -> bool:
    try:
        await db.follow_requests.insert_one({"by": user, "whom": whom, "created": datetime.now(UTC)})
    except DuplicateKeyError:
        return False
    await events.publish(events.FollowRequested(str(user), str(whom), True))
    return True


async def _answered(user: ObjectId, whom: ObjectId) -> None:
    done = await db.follow_requests.delete_one({"by": user, "whom": whom})
    if done.deleted_count:
        await events.publish(events.FollowRequested(str(user), str(whom), False))


async def _follow(user: ObjectId, whom: ObjectId, *, asked: bool = False) -> None:
    row = {"follower": user, "followee": whom, "created": datetime.now(UTC)}
    try:
        await db.follows.insert_one(row)
    except DuplicateKeyError:
        return
    await accounts.count(user, following=1)
    await accounts.count(whom, followers=1)
    await events.publish(events.Followed(str(user), str(whom), True, asked))


async def _unfollow(user: ObjectId, whom: ObjectId) -> None:
    done = await db.follows.delete_one({"follower": user, "followee": whom})
    if not done.deleted_count:
        return
    await accounts.count(user, following=-1)
    await accounts.count(whom, followers=-1)
    await events.publish(events.Followed(str(user), str(whom), False))


async def requested_among(user: ObjectId, others: list[ObjectId]) -> set[ObjectId]:
    """Return those of some people whom a person has asked to follow, in one query."""
    query = {"by": user, "whom": {"$in": others}}
    return {row["whom"] async for row in db.follow_requests.find(query, {"_id": 0, "whom": 1})}


async def is_following(viewer: Viewer, user_id: str) -> bool:
    """Tell whether the viewer follows somebody."""
    return bool(await followees_among(viewer.oid, [db.oid(user_id)]))


async def followees_among(user: ObjectId, others: list[ObjectId]) -> set[ObjectId]:
    """Return those of some people whom a person follows, in one query."""
    query = {"follower": user, "followee": {"$in": others}}
    return {row["followee"] async for row in db.follows.find(query, {"_id": 0, "followee": 1})}


async def followers_among(people: list[ObjectId], others: list[ObjectId]) -> dict[ObjectId, list[ObjectId]]:
    """Return for some people who of others follows them, in one query."""
    query = {"follower": {"$in": others}, "followee": {"$in": people}}
    found = db.follows.find(query, {"_id": 0, "follower": 1, "followee": 1}).hint("follower_1_followee_1")
    theirs: dict[ObjectId, list[ObjectId]] = defaultdict(list)
    async for row in found:
        theirs[row["followee"]].append(row["follower"])
    return theirs


async def followees(user: ObjectId, limit: int = 0) -> list[ObjectId]:
    """Return everybody a person follows, or so many of them."""
    if not limit:
        return await _reading.do("", user)
    found = db.follows.find({"follower": user}, {"_id": 0, "followee": 1}).limit(limit)
    return [row["followee"] async for row in found]


async def _read_followees(_: str, users: list[ObjectId]) -> list[list[ObjectId] | Exception]:
    """Return whom each of some people follows, in one query for all who ask at the same moment."""
    query = {"follower": {"$in": list(set(users))}}
    found = db.follows.find(query, {"_id": 0, "follower": 1, "followee": 1}, batch_size=_AT_ONCE)
    theirs: dict[ObjectId, list[ObjectId]] = defaultdict(list)
    for row in await found.to_list():
        theirs[row["follower"]].append(row["followee"])
    return [theirs[user] for user in users]


_reading: Together[str, ObjectId, list[ObjectId]] = Together(_read_followees)


async def among(author_id: str, user_ids: Iterable[str]) -> set[str]:
    """Return which of some people follow an author, in one query."""
    ids = [ObjectId(user_id) for user_id in user_ids]
    query = {"follower": {"$in": ids}, "followee": ObjectId(author_id)}
    return {str(row["follower"]) async for row in db.follows.find(query, {"follower": 1})}


async def mutual(user: ObjectId, others: list[ObjectId]) -> list[ObjectId]:
    """Return those of some people who follow a person and whom that person follows.

    One query, and one before it where they are many, as everybody who is online may be.
    """
    if len(others) > _MANY:
        mine = set(await followees(user))
        others = [one for one in others if one in mine]
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
            await _answered(ObjectId(one), ObjectId(other))
            await _unfollow(ObjectId(one), ObjectId(other))


async def _heard_privacy(event: events.PrivacyChanged) -> None:
    """Let everybody who has asked to follow a private account do so, now that it is not."""
    if event.private:
        return
    whom = ObjectId(event.user_id)
    for row in await db.follow_requests.find({"whom": whom}, {"by": 1}).sort("_id", 1).to_list():
        await _follow(row["by"], whom, asked=True)
        await _answered(row["by"], whom)


events.subscribe(events.Blocked, _heard_block)
events.subscribe(events.PrivacyChanged, _heard_privacy)
