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
class Names:
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
    user = db.oid(user_id)
    visible = await visibility.may_see(viewer, Item(user))
    if viewer is None:
        return Relationship(visible=visible)
    return Relationship(
        followed=await graph.is_following(viewer, user_id),
        requested=bool(await follow_requests.requested_among(viewer.oid, [user])),
        blocked=viewer.oid in await blocks.between(viewer.oid, user),
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
    requests = await found.limit(PAGE + 1).to_list()
    cursor = str(requests[PAGE - 1]["_id"]) if len(requests) > PAGE else ""
    return await rows(viewer, [row["by"] for row in requests[:PAGE]]), cursor


async def requests(viewer: Viewer) -> int:
    """Count the requests to follow the viewer, up to 99, excluding people blocked in either
    direction.
    """
    found = db.follow_requests.find({"whom": viewer.oid}, {"_id": 0, "by": 1}).limit(MAX_COUNTED)
    requesters = {row["by"] for row in await found.to_list()}
    return len(requesters - await visibility.blocked_either_way(viewer, requesters)) if requesters else 0


async def rows(
    viewer: Viewer, ids: list[ObjectId], followed: Collection[ObjectId] | None = None
) -> list[PersonRow]:
    """Return people in the given order, with whether the viewer follows them, excluding anyone blocked
    in either direction: two queries, or three where some have private accounts.

    `followed` says which of them the viewer follows, if the caller already knows.
    """
    blocked = await visibility.blocked_either_way(viewer, ids)
    ids = [user for user in ids if user not in blocked]
    people = await accounts.people(ids)
    if followed is None:
        followed = await follows.followed_among(viewer.oid, ids)
    private = await accounts.private_among(ids)
    strangers = list(private.difference(followed) - {viewer.oid})
    requested = await follow_requests.requested_among(viewer.oid, strangers) if strangers else set()
    return [
        PersonRow(
            id=people[user].id,
            username=people[user].username,
            name=people[user].name,
            avatar=people[user].avatar,
            followed=user in followed,
            me=user == viewer.oid,
            private=user in private,
            requested=user in requested,
        )
        for user in ids
        if user in people
    ]


async def most_followed(limit: int) -> list[Popular]:
    """Return the people with the most followers; simultaneous callers share one query."""
    return await _most_followed.submit(limit, None)


async def _read_most_followed(limit: int, callers: list[None]) -> list[list[Popular] | Exception]:
    found = db.users.find({}, {"followers": 1, "bio": 1}).sort([("followers", -1), ("_id", -1)])
    people = [
        Popular(row["_id"], row["followers"], row["bio"]) for row in await found.limit(limit).to_list()
    ]
    return [people] * len(callers)


_most_followed: Batcher[int, None, list[Popular]] = Batcher(_read_most_followed)


async def followed_by(
    users: list[ObjectId], edges: int, limit: int
) -> dict[ObjectId, tuple[ObjectId, int]]:
    """Return the people these users follow, in one query: each with one user who follows them, and how many
    do.

    Looks at up to `edges` follows, and returns up to `limit` people, those followed by most of the users
    first.
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
        followee: (follower, count)
        for row in found
        for followee, follower, count in zip(row["whom"], row["by"], row["number"], strict=True)
    }


async def names_of(ids: list[ObjectId]) -> list[Names]:
    """Return the current names of these people, in one query; accounts that are gone are left out."""
    return await _read_names({"_id": {"$in": ids}}, len(ids))


async def iter_names(size: int) -> AsyncIterator[list[Names]]:
    """Yield everybody's names in batches, oldest account first."""
    last: dict[str, Any] = {}
    while people := await _read_names(last, size):
        yield people
        last = {"_id": {"$gt": people[-1].id}}


async def _read_names(query: dict[str, Any], size: int) -> list[Names]:
    fields = {"username": 1, "name": 1, "followers": 1, "rev": 1}
    found = db.users.find(query, fields).sort("_id", 1).limit(size)
    return [
        Names(row["_id"], row["username"], row["name"], row["followers"], row["rev"]) async for row in found
    ]


async def _page(
    viewer: Viewer, field: str, user_id: str, other_field: str, before: str
) -> tuple[list[PersonRow], str]:
    user = db.oid(user_id)
    if await visibility.is_blocked_by(viewer, user):
        raise NotFound(blocks.GONE)
    if not await visibility.may_see(viewer, Item(user)):
        raise NotFound("Follow this person to see that.")
    query: dict[str, Any] = {field: user}
    if before:
        query["_id"] = {"$lt": db.oid(before)}
    # Without the hint MongoDB may use the unique index for short lists, and sort.
    found = db.follows.find(query).sort("_id", -1).hint([(field, 1), ("_id", -1)]).limit(PAGE + 1)
    found = await found.to_list()
    if not found and not await accounts.people([user]):
        raise NotFound(blocks.GONE)
    cursor = str(found[PAGE - 1]["_id"]) if len(found) > PAGE else ""
    return await rows(viewer, [row[other_field] for row in found[:PAGE]]), cursor
