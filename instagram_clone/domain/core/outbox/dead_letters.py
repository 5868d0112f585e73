"""Entries that have failed: retried, or set aside until an operator retries them."""

from __future__ import annotations

from dataclasses import dataclass

from instagram_clone.domain.core import db
from instagram_clone.domain.core.outbox import leases


@dataclass(frozen=True)
class Entry:
    """A failed entry as shown to the operator. `due` is ISO 8601 UTC."""

    id: str
    kind: str
    subject: str
    tries: int
    error: str
    due: str
    set_aside: bool


async def failed() -> list[Entry]:
    """Return up to a thousand entries that have failed at least once, oldest first."""
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
    """Queue everything that was set aside, as if it had failed once; returns how many entries that is."""
    await leases.sync_clock()
    # Not as if untried: the event was published long ago, and so were later ones about the same subject.
    change = {"$set": {"tries": 1, "lease": leases.now()}, "$unset": {"aside": ""}}
    done = await db.outbox.update_many({"aside": True}, change)
    return done.modified_count
