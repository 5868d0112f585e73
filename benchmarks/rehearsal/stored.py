"""What the site's database holds at the end, and whether anything is left to repair or in the outbox."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from benchmarks.rehearsal.environment import DATABASE
from benchmarks.rehearsal.verdict import Truth
from instagram_clone.domain import repair
from instagram_clone.domain.core import db, outbox


@dataclass(frozen=True)
class Stored:
    """What is stored, and what is still in the outbox."""

    truth: Truth
    waiting: list[str]
    failed: list[str]


@contextlib.asynccontextmanager
async def _connected(uri: str) -> AsyncIterator[None]:
    await db.connect(uri, DATABASE)
    try:
        yield
    finally:
        await db.close()


async def stored(uri: str) -> Stored:
    """Read what is stored."""
    async with _connected(uri):
        counts = {str(row["_id"]): row["likes"] async for row in db.posts.find({}, {"likes": 1})}
        rows = [
            (str(row["post"]), str(row["user"])) async for row in db.likes.find({}, {"post": 1, "user": 1})
        ]
        waiting = [_pending_entry(row) async for row in db.outbox.find({})]
        failed = [f"{one.kind} of {one.subject}: {one.error}" for one in await outbox.failed()]
        return Stored(Truth(counts, rows), waiting, failed)


async def repaired(uri: str) -> list[str]:
    """Repair the site as its operator would, and return what was wrong."""
    async with _connected(uri):
        found = await repair.everything()
        await outbox.settle()
    return [f"{number} {kind}" for kind, number in found.items()]


def outbox_entries(found: Stored) -> list[str]:
    """Return the entries still in the outbox."""
    return [*found.waiting, *found.failed]


def _pending_entry(entry: dict[str, Any]) -> str:
    failed = f", failed {entry['tries']} times: {entry.get('error')}" if entry["tries"] else ""
    return f"{entry['event'].get('kind')} waits in the outbox until {entry['lease']:%X}{failed}"
