"""Lists of people, as one viewer sees them. Reads only; every page is a fixed few queries."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts, blocks, follows, sight
from instagram_clone.domain.posts import posts

PAGE = 40
MOST_COUNTED = 99
PHOTOS_SUGGESTED = 3
_SUGGESTIONS_READ = 200
_FOLLOWEES_ASKED = 300
"""So many of those one follows are asked whether they follow a person who is suggested."""


@dataclass(frozen=True)
class PersonRow:
    """Somebody in a list of people, with whether the viewer follows them or has asked to."""

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
class Suggestion(PersonRow):
    """Somebody to follow: what they say of themselves, and their newest photos unless they are private."""

    bio: str = ""
    photos: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Standing:
    """How the viewer stands to somebody: follows them, has asked to, has blocked them, sees their posts."""

    followed: bool = False
    requested: bool = False
    blocked: bool = False
    visible: bool = True


async def standing(viewer: Viewer | None, user_id: str) -> Standing:
    """Tell how the viewer stands to somebody. Nobody in particular sees what is public."""
    whom = db.oid(user_id)
    visible = await sight.may_see(viewer, whom)
    if viewer is None:
        return Standing(visible=visible)
    return Standing(
        followed=await follows.is_following(viewer, user_id),
        requested=bool(await follows.requested_among(viewer.oid, [whom])),
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
    """Return who has asked to follow the viewer, newest first, and the next page's cursor or ""."""
    query: dict[str, Any] = {"whom": viewer.oid}
    if before:
        query["_id"] = {"$lt": db.oid(before)}
    found = db.follow_requests.find(query).sort("_id", -1).hint([("whom", 1), ("_id", -1)])
    waiting = await found.limit(PAGE + 1).to_list()
    cursor = str(waiting[PAGE - 1]["_id"]) if len(waiting) > PAGE else ""
    return await rows(viewer, [row["by"] for row in waiting[:PAGE]]), cursor


async def requests(viewer: Viewer) -> int:
    """Count who has asked to follow the viewer, up to 99, without anybody whom a block parts from them."""
    found = db.follow_requests.find({"whom": viewer.oid}, {"_id": 0, "by": 1}).limit(MOST_COUNTED)
    asking = {row["by"] for row in await found.to_list()}
    return len(asking - await sight.apart(viewer)) if asking else 0


async def rows(viewer: Viewer, ids: list[ObjectId]) -> list[PersonRow]:
    """Return people in the given order, with whether the viewer follows them, without those whom a block
    parts from the viewer: two queries, or three where some have private accounts.
    """
    apart = await sight.apart(viewer)
    ids = [one for one in ids if one not in apart]
    known = await accounts.people(ids)
    followed = await follows.followees_among(viewer.oid, ids)
    private = await accounts.private_among(ids)
    strangers = list(private - followed - {viewer.oid})
    requested = await follows.requested_among(viewer.oid, strangers) if strangers else set()
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


async def suggestions(viewer: Viewer, limit: int = 5) -> list[Suggestion]:
    """Return popular people the viewer does not follow yet: the same few queries, however many there are.

    The note says whom of those the viewer follows they are followed by, which they may see on their lists.
    """
    apart = await sight.apart(viewer)
    followees = [one for one in await follows.followees(viewer.oid) if one not in apart]
    mine = {*followees, viewer.oid} | apart
    found = db.users.find({}, {"followers": 1, "bio": 1}).sort([("followers", -1), ("_id", -1)])
    picked: dict[ObjectId, dict[str, Any]] = {}
    async for row in found.limit(_SUGGESTIONS_READ):
        if row["_id"] not in mine:
            picked[row["_id"]] = row
        if len(picked) == limit:
            break
    ids = list(picked)
    mutual = await follows.followers_among(ids, followees[:_FOLLOWEES_ASKED])
    named = await accounts.people([one[0] for one in mutual.values()])
    hidden = await sight.unseen(viewer, ids)
    photos = await posts.newest_photos([one for one in ids if one not in hidden], PHOTOS_SUGGESTED)
    return [
        Suggestion(
            **{**asdict(row), "note": _why(picked[one]["followers"], mutual.get(one, []), named)},
            bio=picked[one]["bio"],
            photos=photos.get(one, []),
        )
        for row in await rows(viewer, ids)
        for one in [ObjectId(row.id)]
    ]


def _why(followers: int, mutual: list[ObjectId], named: dict[ObjectId, accounts.Person]) -> str:
    if mutual and mutual[0] in named:
        others = f" and {len(mutual) - 1} more" if len(mutual) > 1 else ""
        return f"Followed by {named[mutual[0]].username}{others}"
    return f"{followers:,} follower{'s' * (followers != 1)}" if followers else "New to Instaclone"


async def _page(
    viewer: Viewer, of: str, user_id: str, side: str, before: str
) -> tuple[list[PersonRow], str]:
    whose = db.oid(user_id)
    if await sight.is_shut_out(viewer, whose):
        raise NotFound(blocks.GONE)
    if not await sight.may_see(viewer, whose):
        raise NotFound("Follow this person to see that.")
    query: dict[str, Any] = {of: whose}
    if before:
        query["_id"] = {"$lt": db.oid(before)}
    # Without the hint MongoDB may take the unique index for short lists, and sort.
    found = db.follows.find(query).sort("_id", -1).hint([(of, 1), ("_id", -1)]).limit(PAGE + 1)
    found = await found.to_list()
    if not found and not await accounts.people([whose]):
        raise NotFound(blocks.GONE)
    cursor = str(found[PAGE - 1]["_id"]) if len(found) > PAGE else ""
    return await rows(viewer, [row[side] for row in found[:PAGE]]), cursor
