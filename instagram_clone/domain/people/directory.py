"""Lists of people as one viewer sees them. Only reads; every page takes a fixed number of queries."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts, visibility
from instagram_clone.domain.people.audiences import Item
from instagram_clone.domain.people.relations import blocks, follow_requests, follows, graph

PAGE = 40
MAX_COUNTED = 99


@dataclass(frozen=True)
class PersonRow:
    """A person in a list, with whether the viewer follows them or has asked to."""

    id: str
    username: str
    name: str
    avatar: str
    followed: bool
    me: bool
    note: str = ""
    private: bool = False
    requested: bool = False


@dataclass(frozen=True)
class Popular:
    """A person with many followers, and their bio."""

    id: ObjectId
    followers: int
    bio: str


@dataclass(frozen=True)
class Named:
    """A person's names, and their follower count as of revision `rev`."""

    id: ObjectId
    username: str
    name: str
    followers: int
    rev: int


@dataclass(frozen=True)
class Relationship:
    """How the viewer is related to somebody: follows them, has asked to, has blocked them, may see their
    posts.
    """

    followed: bool = False
    requested: bool = False
    blocked: bool = False
    visible: bool = True


async def relationship(viewer: Viewer | None, user_id: str) -> Relationship:
    """Return how the viewer is related to somebody. Visitors who are not signed in see what is public."""
    whom = db.oid(user_id)
    visible = await visibility.may_see(viewer, Item(whom))
    if viewer is None:
        return Relationship(visible=visible)
    return Relationship(
        followed=await graph.is_following(viewer, user_id),
        requested=bool(await follow_requests.requested_among(viewer.oid, [whom])),
        blocked=viewer.oid in await blocks.between(viewer.oid, whom),
        visible=visible,
    )


async def followers_page(viewer: Viewer, user_id: str, before: str = "") -> tuple[list[PersonRow], str]:
    """Return people who follow somebody, newest first, and the cursor of the next page or ""."""
    return await _page(viewer, "followee", user_id, "follower", before)


async def following_page(viewer: Viewer, user_id: str, before: str = "") -> tuple[list[PersonRow], str]:
    """Return people somebody follows, newest first, and the cursor of the next page or ""."""
    return await _page(viewer, "follower", user_id, "followee", before)


async def requests_page(viewer: Viewer, before: str = "") -> tuple[list[PersonRow], str]:
    """Return people who have asked to follow the viewer, newest first, and the next page's cursor or ""."""
    query: dict[str, Any] = {"whom": viewer.oid}
    if before:
        query["_id"] = {"$lt": db.oid(before)}
    found = db.follow_requests.find(query).sort("_id", -1).hint([("whom", 1), ("_id", -1)])
    waiting = await found.limit(PAGE + 1).to_list()
    cursor = str(waiting[PAGE - 1]["_id"]) if len(waiting) > PAGE else ""
    return await rows(viewer, [row["by"] for row in waiting[:PAGE]]), cursor


async def requests(viewer: Viewer) -> int:
    """Count the requests to follow the viewer, up to 99, excluding people on either side of a block."""
    found = db.follow_requests.find({"whom": viewer.oid}, {"_id": 0, "by": 1}).limit(MAX_COUNTED)
    asking = {row["by"] for row in await found.to_list()}
    return len(asking - await visibility.blocked_either_way(viewer, asking)) if asking else 0


async def rows(
    viewer: Viewer, ids: list[ObjectId], followed: Collection[ObjectId] | None = None
) -> list[PersonRow]:
    """Return people in the given order, with whether the viewer follows them, excluding anyone on either
    side of a block: two queries, or three where some have private accounts.

    `followed` are those of them the viewer follows, if the caller already knows.
    """
    blocked = await visibility.blocked_either_way(viewer, ids)
    ids = [one for one in ids if one not in blocked]
    known = await accounts.people(ids)
    if followed is None:
        followed = await follows.followed_among(viewer.oid, ids)
    private = await accounts.private_among(ids)
    strangers = list(private.difference(followed) - {viewer.oid})
    requested = await follow_requests.requested_among(viewer.oid, strangers) if strangers else set()
    return [
        PersonRow(
            id=known[one].id,
            username=known[one].username,
            name=known[one].name,
            avatar=known[one].avatar,
            followed=one in followed,
            me=one == viewer.oid,
            private=one in private,
            requested=one in requested,
        )
        for one in ids
        if one in known
    ]


async def most_followed(limit: int) -> list[Popular]:
    """Return the people with the most followers; simultaneous callers share one query."""
    return await _most_followed.submit(limit, None)


async def _read_most_followed(limit: int, asking: list[None]) -> list[list[Popular] | Exception]:
    found = db.users.find({}, {"followers": 1, "bio": 1}).sort([("followers", -1), ("_id", -1)])
    people = [
        Popular(row["_id"], row["followers"], row["bio"]) for row in await found.limit(limit).to_list()
    ]
    return [people] * len(asking)


_most_followed: Batcher[int, None, list[Popular]] = Batcher(_read_most_followed)


async def followed_by(
    users: list[ObjectId], edges: int, limit: int
) -> dict[ObjectId, tuple[ObjectId, int]]:
    """Return the people these users follow, in one query: each with one user who follows them, and how many
    do.

    Looks at up to `edges` follows, and returns up to `limit` people, those most of the users follow first.
    """
    stages: list[dict[str, Any]] = [
        {"$match": {"follower": {"$in": users}}},
        {"$limit": edges},
        {"$group": {"_id": "$followee", "by": {"$first": "$follower"}, "number": {"$sum": 1}}},
        {"$sort": {"number": -1, "_id": -1}},
        {"$limit": limit},
        {"$project": {"whom": "$_id", "by": 1, "number": 1}},
        # As one document: decoding thousands of rows takes longer than finding them.
        {"$group": {"_id": None, **{name: {"$push": f"${name}"} for name in ("whom", "by", "number")}}},
    ]
    found = await (await db.follows.aggregate(stages, hint="follower_1_followee_1")).to_list()
    return {
        whom: (by, number)
        for row in found
        for whom, by, number in zip(row["whom"], row["by"], row["number"], strict=True)
    }


async def named(ids: list[ObjectId]) -> list[Named]:
    """Return the current names of those of these people who still exist, in one query."""
    return await _named({"_id": {"$in": ids}}, len(ids))


async def all_named(many: int) -> AsyncIterator[list[Named]]:
    """Yield everybody's names in batches, oldest account first."""
    last: dict[str, Any] = {}
    while people := await _named(last, many):
        yield people
        last = {"_id": {"$gt": people[-1].id}}


async def _named(query: dict[str, Any], many: int) -> list[Named]:
    fields = {"username": 1, "name": 1, "followers": 1, "rev": 1}
    found = db.users.find(query, fields).sort("_id", 1).limit(many)
    return [
        Named(row["_id"], row["username"], row["name"], row["followers"], row["rev"]) async for row in found
    ]


async def _page(
    viewer: Viewer, of: str, user_id: str, side: str, before: str
) -> tuple[list[PersonRow], str]:
    whose = db.oid(user_id)
    if await visibility.is_blocked_by(viewer, whose):
        raise NotFound(blocks.GONE)
    if not await visibility.may_see(viewer, Item(whose)):
        raise NotFound("Follow this person to see that.")
    query: dict[str, Any] = {of: whose}
    if before:
        query["_id"] = {"$lt": db.oid(before)}
    # Without the hint MongoDB may use the unique index for short lists, and sort.
    found = db.follows.find(query).sort("_id", -1).hint([(of, 1), ("_id", -1)]).limit(PAGE + 1)
    found = await found.to_list()
    if not found and not await accounts.people([whose]):
        raise NotFound(blocks.GONE)
    cursor = str(found[PAGE - 1]["_id"]) if len(found) > PAGE else ""
    return await rows(viewer, [row[side] for row in found[:PAGE]]), cursor
