"""Lists of people, as one viewer sees them. Reads only; every page is a fixed few queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from instagram_clone.domain import accounts, db, follows
from instagram_clone.domain.viewer import Viewer

PAGE = 40
_SUGGESTIONS_READ = 200


@dataclass(frozen=True)
class PersonRow:
    """Somebody in a list of people, with whether the viewer follows them."""

    id: str
    username: str
    name: str
    avatar: str
    followed: bool
    me: bool
    note: str = ""


async def followers_page(viewer: Viewer, user_id: str, before: str = "") -> tuple[list[PersonRow], str]:
    """Return people who follow somebody, newest first, and the cursor of the next page or ""."""
    return await _page(viewer, "followee", user_id, "follower", before)


async def following_page(viewer: Viewer, user_id: str, before: str = "") -> tuple[list[PersonRow], str]:
    """Return people somebody follows, newest first, and the cursor of the next page or ""."""
    return await _page(viewer, "follower", user_id, "followee", before)


async def rows(viewer: Viewer, ids: list[ObjectId]) -> list[PersonRow]:
    """Return people in the given order, with whether the viewer follows them, in two queries."""
    known = await accounts.people(ids)
    query = {"follower": viewer.oid, "followee": {"$in": ids}}
    followed = {row["followee"] async for row in db.follows.find(query, {"followee": 1})}
    return [
        PersonRow(
            id=known[one].id,
            username=known[one].username,
            name=known[one].name,
            avatar=known[one].avatar,
            followed=one in followed,
            me=one == viewer.oid,
        )
        for one in ids
        if one in known
    ]


async def suggestions(viewer: Viewer, limit: int = 5) -> list[PersonRow]:
    """Return popular people the viewer does not follow yet."""
    mine = set(await follows.followees(viewer.oid)) | {viewer.oid}
    found = db.users.find({}, {"username": 1, "name": 1, "avatar": 1, "followers": 1})
    found = found.sort([("followers", -1), ("_id", -1)]).limit(_SUGGESTIONS_READ)
    picked: list[PersonRow] = []
    async for row in found:
        if row["_id"] in mine:
            continue
        one = accounts.person(row)
        count = row["followers"]
        note = f"{count:,} follower{'s' * (count != 1)}" if count else "New to Instaclone"
        picked.append(PersonRow(one.id, one.username, one.name, one.avatar, False, False, note))
        if len(picked) == limit:
            break
    return picked


async def _page(
    viewer: Viewer, of: str, user_id: str, side: str, before: str
) -> tuple[list[PersonRow], str]:
    query: dict[str, Any] = {of: db.oid(user_id)}
    if before:
        query["_id"] = {"$lt": db.oid(before)}
    # Without the hint MongoDB may take the unique index for short lists, and sort.
    found = db.follows.find(query).sort("_id", -1).hint([(of, 1), ("_id", -1)]).limit(PAGE + 1)
    found = await found.to_list()
    cursor = str(found[PAGE - 1]["_id"]) if len(found) > PAGE else ""
    return await rows(viewer, [row[side] for row in found[:PAGE]]), cursor
