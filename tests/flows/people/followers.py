"""People with many followers, and people who have blocked many."""

from __future__ import annotations

from datetime import UTC, datetime

from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer


async def add_followers(viewer: Viewer, count: int) -> None:
    """Have `count` people follow the viewer: fan0, fan1 and so on, the last of them listed first."""
    now = datetime.now(UTC)
    fans = await _add_people(viewer, count, "fan")
    await db.follows.insert_many(
        [{"follower": fan, "followee": viewer.oid, "created": now} for fan in fans]
    )


async def add_blocked(viewer: Viewer, count: int) -> None:
    """Have the viewer block `count` people: troll0, troll1 and so on, the last of them listed first."""
    now = datetime.now(UTC)
    trolls = await _add_people(viewer, count, "troll")
    await db.blocks.insert_many([{"who": viewer.oid, "whom": troll, "created": now} for troll in trolls])


async def _add_people(like: Viewer, count: int, name: str) -> list[ObjectId]:
    row = await db.users.find_one({"_id": like.oid})
    assert row is not None
    people = [
        {
            **row,
            "_id": ObjectId(),
            **dict.fromkeys(("username", "username_key"), f"{name}{number}"),
            **dict.fromkeys(("email", "email_key"), f"{name}{number}@example.org"),
        }
        for number in range(count)
    ]
    await db.users.insert_many(people)
    return [person["_id"] for person in people]
