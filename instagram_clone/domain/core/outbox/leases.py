"""Which process is working on which entry: leases that expire, and the order of a subject's entries.

Leases expire by the database's clock, since the clocks of two machines need not agree.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo.errors import PyMongoError

from instagram_clone.domain.core import db
from instagram_clone.domain.core.batching import Batcher

LEASE = timedelta(seconds=30)
"""How long a process that stops renewing its lease is still assumed to be working."""

BATCH = 50

waiting_subjects: set[str] = set()
"""Subjects with an entry of this process that is waiting for an earlier one."""

_working: Counter[str] = Counter()
_clock_offset = timedelta()
"""How far the database's clock is ahead of this process's."""


def now() -> datetime:
    """Return the current time as leases are judged by it."""
    return datetime.now(UTC) + _clock_offset


async def sync_clock() -> None:
    """Ask the database for the time, and go by its clock from now on."""
    global _clock_offset
    before = datetime.now(UTC)
    server_time = await db.clock()
    # The server read its clock between our request and its reply, and rounds down to milliseconds.
    lowest, highest = server_time - datetime.now(UTC), server_time + timedelta(milliseconds=1) - before
    _clock_offset = min(max(_clock_offset, lowest), highest)


@contextlib.contextmanager
def working_on(subject: str) -> Iterator[None]:
    """Mark this process as working on a subject; afterwards, nothing here waits for it any more."""
    _working[subject] += 1
    try:
        yield
    finally:
        _working[subject] -= 1
        if not _working[subject]:
            del _working[subject]
            waiting_subjects.discard(subject)


async def take_next(subject: str, moment: datetime) -> dict[str, Any] | None:
    """Take the first entry of a subject, unless someone is already working on it."""
    query = {"subject": subject, "aside": {"$ne": True}}
    row = await db.outbox.find_one(query, sort=[("at", 1), ("part", 1)])
    if row is None:
        waiting_subjects.discard(subject)
        return None
    if row["lease"] > moment:
        return None
    unclaimed = {"_id": row["_id"], "lease": row["lease"]}
    done = await db.outbox.update_one(unclaimed, {"$set": {"lease": now() + LEASE}})
    return row if done.modified_count else None


class LeaseRenewer:
    """The lease of an entry while this process is working on it. Most entries are done before it has to be
    renewed, and cost a timer but no task.
    """

    def __init__(self, entry_id: ObjectId) -> None:
        self._entry_id = entry_id
        self._renewing: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(LEASE.total_seconds() / 3, self._start)

    async def stop(self) -> None:
        """Stop renewing the lease."""
        self._timer.cancel()
        if self._renewing is not None:
            self._renewing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._renewing

    def _start(self) -> None:
        self._renewing = asyncio.create_task(self._renew())

    async def _renew(self) -> None:
        while True:
            with contextlib.suppress(PyMongoError):
                await db.outbox.update_one({"_id": self._entry_id}, {"$set": {"lease": now() + LEASE}})
            await asyncio.sleep(LEASE.total_seconds() / 3)


async def claim(moment: datetime) -> list[dict[str, Any]]:
    """Take the leases of entries that nobody holds, only the first entry of each subject."""
    query = {"lease": {"$lte": moment}, "aside": {"$ne": True}}
    tried: set[str] = set()
    claimed: list[dict[str, Any]] = []
    # No limit: entries that wait for an earlier one are skipped, and must not hide the others.
    async for row in db.outbox.find(query, {"subject": 1}).sort("lease", 1):
        if row["subject"] in tried:
            continue
        tried.add(row["subject"])
        if (entry := await take_next(row["subject"], moment)) is not None:
            claimed.append(entry)
        if len(claimed) == BATCH:
            break
    return claimed


async def _have_earlier(_: str, entries: list[tuple[str, ObjectId]]) -> list[bool | Exception]:
    """Return for each entry, given as subject and id, whether another one of its subject comes first."""
    subjects = list({subject for subject, _ in entries})
    query = {"subject": {"$in": subjects}, "aside": {"$ne": True}}
    found = db.outbox.find(query, {"subject": 1}).sort([("at", 1), ("part", 1)])
    first: dict[str, ObjectId] = {}
    async for row in found:
        first.setdefault(row["subject"], row["_id"])
    return [first.get(subject, entry_id) != entry_id for subject, entry_id in entries]


has_earlier: Batcher[str, tuple[str, ObjectId], bool] = Batcher(_have_earlier)
"""Tells whether another entry comes before the given one (its subject and id)."""
