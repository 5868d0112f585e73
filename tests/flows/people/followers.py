"""People with many followers."""

from __future__ import annotations

from datetime import UTC, datetime

from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer


async def add_followers(viewer: Viewer, count: int) -> None:
    """Have `count` people follow the viewer: fan0, fan1 and so on, the last of them listed first."""
    row = await db.users.find_one({"_id": viewer.oid})
    assert row is not None
    names = [f"fan{number}" for number in range(count)]
    fans = [
        {
            **row,
            "_id": ObjectId(),
            **dict.fromkeys(("username", "username_key"), name),
            **dict.fromkeys(("email", "email_key"), f"{name}@example.org"),
        }
        for name in names
    ]
    await db.users.insert_many(fans)
    now = datetime.now(UTC)
    rows = [{"follower": fan["_id"], "followee": viewer.oid, "created": now} for fan in fans]
    await db.follows.insert_many(rows)
