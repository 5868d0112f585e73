"""What could not be done: tried again, or set aside until an operator says so."""

from __future__ import annotations

from dataclasses import dataclass

from instagram_clone.domain.core import db
from instagram_clone.domain.core.outbox import leases


@dataclass(frozen=True)
class Entry:
    """What could not be done, as its operator reads it. `at` is ISO 8601 UTC."""

    id: str
    kind: str
    subject: str
    tries: int
    error: str
    due: str
    set_aside: bool


async def failed() -> list[Entry]:
    """Return what has failed at least once, the oldest first, a thousand at most."""
    found = db.outbox.find({"tries": {"$gt": 0}}).sort([("at", 1), ("part", 1)]).limit(1000)
    return [
        Entry(
            id=str(row["_id"]),
            kind=row["event"]["kind"],
            subject=row["subject"],
            tries=row["tries"],
            error=row.get("error", ""),
            due=row["lease"].isoformat(),
            set_aside=row.get("aside", False),
        )
        async for row in found
    ]


async def retry() -> int:
    """Have everything that was set aside tried again as after its first try; returns how much that is."""
    await leases.set_clock()
    # Not as before it: screens have been told long ago, and of what has happened since.
    again = {"$set": {"tries": 1, "lease": leases.now()}, "$unset": {"aside": ""}}
    done = await db.outbox.update_many({"aside": True}, again)
    return done.modified_count
