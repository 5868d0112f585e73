"""Migrations of a database that an older version has filled: numbered, applied once, in order.

The only writer of `migrations`: one row for each that was applied, and one that is the lock.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError, PyMongoError

from instagram_clone.domain.core import db
from instagram_clone.domain.discovery import people_index, posts_index
from instagram_clone.domain.media import media
from instagram_clone.domain.messaging import conversations
from instagram_clone.domain.notifications import notifications
from instagram_clone.domain.people.credentials import credentials

LOCK = "lock"
LOCK_DURATION = timedelta(minutes=1)
"""How long a process that stops renewing its lock is still assumed to be migrating."""

log = logging.getLogger(__name__)


class NotMigrated(Exception):
    """The database was filled by an older version and has not been migrated."""


@dataclass(frozen=True)
class Migration:
    """A change of data. It may be interrupted and started again."""

    number: int
    name: str
    run: Callable[[], Awaitable[Any]]


MIGRATIONS = (
    Migration(1, "Photos have no `pending` state", media.settle_pending),
    Migration(2, "Conversations store the number of their newest message", conversations.repair),
    Migration(3, "Notifications are numbered", notifications.number_all),
    Migration(4, "Every spelling of an email address has the same key", credentials.rewrite_email_keys),
    Migration(5, "Conversations store blocks in `blocked_by`", conversations.rename_blocks),
    # Replaces 6 and 7, which did the same with fewer fields in the rows.
    Migration(8, "People are indexed by their names", people_index.fill),
    Migration(9, "Posts are indexed by their words", posts_index.fill),
)


async def pending() -> list[Migration]:
    """Return the migrations that have not been applied. An empty database needs none."""
    done = {row["_id"] async for row in db.migrations.find({"_id": {"$ne": LOCK}}, {"_id": 1})}
    if not done and await db.users.find_one({}, {"_id": 1}) is None:
        await _record(*MIGRATIONS)
        return []
    return [migration for migration in MIGRATIONS if migration.number not in done]


async def check() -> None:
    """Raise NotMigrated if any migration is pending."""
    missing = await pending()
    if missing:
        raise NotMigrated(
            "This database is from an older version. First run: python -m instagram_clone.manage migrate"
        )


async def apply() -> list[Migration]:
    """Apply the pending migrations and return them; one process at a time, the others wait."""
    if not await pending():
        return []
    async with _lock():
        missing = await pending()
        for migration in missing:
            log.info("Migration %d: %s", migration.number, migration.name)
            await migration.run()
            await _record(migration)
    return missing


async def _record(*migrations: Migration) -> None:
    for migration in migrations:
        with contextlib.suppress(DuplicateKeyError):
            row = {"_id": migration.number, "name": migration.name, "at": datetime.now(UTC)}
            await db.migrations.insert_one(row)


@contextlib.asynccontextmanager
async def _lock() -> AsyncIterator[None]:
    mine = {"_id": LOCK, "by": secrets.token_hex(8)}
    while not await _try_lock(mine):  # noqa: ASYNC110 (the holder may be another machine)
        await asyncio.sleep(0.5)
    renewing = asyncio.create_task(_renew(mine))
    try:
        yield
    finally:
        renewing.cancel()
        await db.migrations.delete_one(mine)


async def _try_lock(mine: dict[str, str]) -> bool:
    now = datetime.now(UTC)
    free = {"_id": LOCK, "until": {"$lte": now}}
    taken = {"$set": {"by": mine["by"], "until": now + LOCK_DURATION}}
    try:
        await db.migrations.update_one(free, taken, upsert=True)
    except DuplicateKeyError:
        return False
    return True


async def _renew(mine: dict[str, str]) -> None:
    while True:
        await asyncio.sleep(LOCK_DURATION.total_seconds() / 3)
        until = datetime.now(UTC) + LOCK_DURATION
        # The database may be unreachable for a moment; the migration itself will notice.
        with contextlib.suppress(PyMongoError):
            await db.migrations.update_one(mine, {"$set": {"until": until}})
