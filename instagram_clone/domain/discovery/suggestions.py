"""Suggestions of people to follow, in a fixed number of queries. The only writer of `dismissals`."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, field

from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts, directory, visibility
from instagram_clone.domain.people.directory import PersonRow
from instagram_clone.domain.people.relations import follow_requests, graph
from instagram_clone.domain.posts import post_cards

PHOTOS = 3
_POPULAR_READ = 200
_FOLLOWEES_CHECKED = 300
"""How many of the viewer's followees are checked for whether they follow a suggested person."""


@dataclass(frozen=True)
class Suggestion(PersonRow):
    """Someone to follow, with their bio, and their newest photos unless their account is private."""

    bio: str = ""
    photos: list[str] = field(default_factory=list)


async def people(viewer: Viewer, limit: int = 5) -> list[Suggestion]:
    """Return popular people whom the viewer has not followed, asked to follow, or dismissed. Takes the same
    few queries, however many there are.

    The note names one of the viewer's followees who follows them, if any: no more than the viewer could
    learn from the lists of people those followees follow.
    """
    followees, popular = await graph.followees(viewer.oid), await directory.most_followed(_POPULAR_READ)
    blocked = await visibility.blocked_either_way(viewer, [*followees, *(one.id for one in popular)])
    followees = [one for one in followees if one not in blocked]
    ids = [one.id for one in popular]
    dismissed, requested = await asyncio.gather(
        _dismissed(viewer, ids), follow_requests.requested_among(viewer.oid, ids)
    )
    excluded = {*followees, viewer.oid} | blocked | dismissed | requested
    popular = [one for one in popular if one.id not in excluded]
    picked = {one.id: one for one in popular[:limit]}
    ids = list(picked)
    mutual = await graph.followers_among_all(ids, followees[:_FOLLOWEES_CHECKED])
    named = await accounts.people([one[0] for one in mutual.values()])
    photos = await post_cards.newest_photos(visibility.Reader(viewer, followees), ids, PHOTOS)
    return [
        Suggestion(
            **{**asdict(row), "note": _note(picked[one].followers, mutual.get(one, []), named)},
            bio=picked[one].bio,
            photos=photos.get(one, []),
        )
        for row in await directory.rows(viewer, ids, followed=())
        for one in [ObjectId(row.id)]
    ]


async def dismiss(viewer: Viewer, user_id: str) -> None:
    """Never suggest a person to the viewer again. Idempotent. Raises NotFound."""
    user = db.oid(user_id)
    if not await directory.rows(viewer, [user]):
        raise NotFound
    pair = {"user": viewer.oid, "whom": user}
    await db.dismissals.update_one(pair, {"$setOnInsert": pair}, upsert=True)


async def _dismissed(viewer: Viewer, ids: list[ObjectId]) -> set[ObjectId]:
    query = {"user": viewer.oid, "whom": {"$in": ids}}
    return {row["whom"] async for row in db.dismissals.find(query, {"_id": 0, "whom": 1})}


def _note(followers: int, mutual: list[ObjectId], named: dict[ObjectId, accounts.Person]) -> str:
    if mutual and mutual[0] in named:
        others = f" and {len(mutual) - 1} more" if len(mutual) > 1 else ""
        return f"Followed by {named[mutual[0]].username}{others}"
    return f"{followers:,} follower{'s' * (followers != 1)}" if followers else "New to Instaclone"
