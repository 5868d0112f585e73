"""What must follow from a change: written down with it in one transaction, and worked off after it.

A notification, a cascade, the deletion of a file: whoever subscribed with `later=True` is called from here.
The process that made a change works off what follows from it at once. If that process dies, another one
takes the lease when it has run out; what fails is tried again after growing pauses, and set aside in the
end. So every later subscriber is called at least once and must be idempotent. Of the same subject, one
entry is worked off after the other. The only writer of `outbox`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from bson import ObjectId
from pymongo import UpdateOne, WriteConcern
from pymongo.errors import PyMongoError

from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.core.db import Session
from instagram_clone.domain.core.events import Event

Result = TypeVar("Result")

LEASE = timedelta(seconds=30)
"""How long a process that says nothing is believed to be at work."""

MAX_TRIES = 20
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=10)
POLL_SECONDS = 5.0
PATIENCE_SECONDS = 0.05
"""How long a verb waits for what follows from it: seldom so long, but letting a crowd in takes minutes."""

BATCH = 50

log = logging.getLogger(__name__)
_running: set[asyncio.Task[None]] = set()
_waiting: set[str] = set()
"""Subjects of which an entry waits here for one that comes before it."""


@dataclass
class Transaction:
    """A change in the making. Every command of it is given the `session`."""

    session: Session
    events: list[Event] = field(default_factory=list)

    def announce(self, event: Event) -> None:
        """Publish an event once this is committed, and have its later subscribers called for certain."""
        self.events.append(event)


@dataclass(frozen=True)
class Delivery:
    """An event whose change is committed: what its subscribers are still to be told, and its entry."""

    event: Event
    entry: dict[str, Any] | None


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


async def commit(work: Callable[[Transaction], Awaitable[Result]], patience: float | None = None) -> Result:
    """Make a change in one transaction, then publish its events and do what follows from them.

    Waits for that as long as a verb does, or so many seconds. `work` is called again when another
    transaction was in the way: it does nothing but commands of its session, and what it raises undoes
    them all.
    """
    result, deliveries = await written(work)
    await deliver(deliveries, patience)
    return result


async def written(work: Callable[[Transaction], Awaitable[Result]]) -> tuple[Result, list[Delivery]]:
    """Make a change in one transaction; its events are delivered by whoever made it, in order."""

    async def attempt(session: Session) -> tuple[Result, list[Delivery]]:
        transaction = Transaction(session)
        result = await work(transaction)
        deliveries = [Delivery(event, _entry(event)) for event in transaction.events]
        entries = [one.entry for one in deliveries if one.entry is not None]
        if entries:
            # The logical clock of the database orders them across processes, as nobody's own clock does.
            upserts = [
                UpdateOne(
                    {"_id": one["_id"]},
                    [{"$set": {**one, "at": "$$CLUSTER_TIME", "part": part}}],
                    upsert=True,
                )
                for part, one in enumerate(entries)
            ]
            await db.outbox.bulk_write(upserts, ordered=False, session=session)
        return result, deliveries

    return await db.transact(attempt)


async def deliver(deliveries: list[Delivery], patience: float | None = None) -> None:
    """Publish events that are committed, and do what follows.

    Neither a caller that goes away nor one that does not wait any longer stops it, and nothing that fails
    here is the caller's: the change has happened.
    """
    if not deliveries:
        return
    task = asyncio.create_task(_deliver(deliveries))
    _running.add(task)
    task.add_done_callback(_delivered)
    await asyncio.wait({task}, timeout=PATIENCE_SECONDS if patience is None else patience)


async def keep_working() -> None:
    """Take over what others left behind or what failed, for as long as the process lives."""
    while True:
        try:
            worked = await work_due()
        except PyMongoError as error:
            log.warning("The outbox is out of reach: %s", error)
            worked = 0
        except Exception:
            # Whatever one entry has done: the others are still to be worked off.
            log.exception("The outbox could not be worked off")
            worked = 0
        if not worked:
            await asyncio.sleep(POLL_SECONDS)


async def work_due(now: datetime | None = None) -> int:
    """Work off the entries that nobody is at work on; returns how many were taken."""
    due = await _claim(now or _now())
    await _all_of(_take_over(entry) for entry in due)
    return len(due)


async def waits(transaction: Transaction, **fields: str) -> bool:
    """Tell whether what follows from an event with these fields is still to be done."""
    query = {f"event.{name}": value for name, value in fields.items()}
    return await db.outbox.find_one(query, {"_id": 1}, session=transaction.session) is not None


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
    # Not as before it: screens have been told long ago, and of what has happened since.
    again = {"$set": {"tries": 1, "lease": _now()}, "$unset": {"aside": ""}}
    done = await db.outbox.update_many({"aside": True}, again)
    return done.modified_count


async def settle(seconds: float | None = None) -> None:
    """Wait for what this process is at work on, so long at most: another one goes on with the rest."""
    while _running:
        _, late = await asyncio.wait(_running, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


def _entry(event: Event) -> dict[str, Any] | None:
    if not events.later(event):
        return None
    return {
        "_id": ObjectId(),
        "subject": event.subject,
        "event": {"$literal": events.encoded(event)},
        "lease": _now() + LEASE,
        "tries": 0,
    }


def _delivered(task: asyncio.Task[None]) -> None:
    _running.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("What follows from a change waits in the outbox", exc_info=error)


async def _deliver(deliveries: list[Delivery]) -> None:
    for one in deliveries:
        await events.publish(one.event)
    await _work_all([(one.event, one.entry) for one in deliveries if one.entry is not None])


async def _work_all(entries: list[tuple[Event, dict[str, Any]]]) -> None:
    by_subject: dict[str, list[tuple[Event, dict[str, Any]]]] = defaultdict(list)
    for event, entry in entries:
        by_subject[entry["subject"]].append((event, entry))
    await _all_of(_work_in_order(one) for one in by_subject.values())


async def _all_of(work: Iterable[Awaitable[None]]) -> None:
    """Do several things at once, each to its end; raise the first error there was."""
    results = await asyncio.gather(*work, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


async def _work_in_order(entries: list[tuple[Event, dict[str, Any]]]) -> None:
    ids, subject = [entry["_id"] for _, entry in entries], entries[0][1]["subject"]
    if await _first.do("", (subject, ids[0])):
        # Somebody is at work on what comes before: they go on with these, if they are in this process.
        await db.outbox.update_many({"_id": {"$in": ids}}, {"$set": {"lease": _now()}})
        _waiting.add(subject)
    else:
        for event, entry in entries:
            if not await _work(event, entry):
                return
    while subject in _waiting and (entry := await _take_next(subject, _now())):
        event = events.decoded(entry["event"])
        if event is None or not await _work(event, entry):
            return


async def _take_over(entry: dict[str, Any] | None) -> None:
    """Work off what another process left behind, or what failed, and what waits for that."""
    while entry is not None and (event := events.decoded(entry["event"])) is not None:
        if not entry["tries"]:
            # Whoever made this change may have died before any screen was told. What came after it has
            # been told, and is told again: what is true now has the last word.
            await events.publish(event)
        if not await _work(event, entry):
            return
        entry = await _take_next(entry["subject"], _now())


async def _take_next(subject: str, now: datetime) -> dict[str, Any] | None:
    """Take the first entry of a subject, unless somebody is at work on it."""
    query = {"subject": subject, "aside": {"$ne": True}}
    row = await db.outbox.find_one(query, sort=[("at", 1), ("part", 1)])
    if row is None:
        _waiting.discard(subject)
        return None
    if row["lease"] > now:
        return None
    mine = {"_id": row["_id"], "lease": row["lease"]}
    done = await db.outbox.update_one(mine, {"$set": {"lease": _now() + LEASE}})
    return row if done.modified_count else None


async def _work(event: Event, entry: dict[str, Any]) -> bool:
    renewing = asyncio.create_task(_renew(entry["_id"]))
    try:
        for subscriber in events.later(event):
            await subscriber(event)
    except Exception as error:
        await _note_failure(entry, event, error)
        return False
    finally:
        renewing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await renewing
    await _finishing.do("", entry["_id"])
    return True


async def _renew(entry_id: ObjectId) -> None:
    while True:
        await asyncio.sleep(LEASE.total_seconds() / 3)
        with contextlib.suppress(PyMongoError):
            await db.outbox.update_one({"_id": entry_id}, {"$set": {"lease": _now() + LEASE}})


async def _note_failure(entry: dict[str, Any], event: Event, error: Exception) -> None:
    tries = entry["tries"] + 1
    change: dict[str, Any] = {"tries": tries, "error": f"{type(error).__name__}: {error}"[:500]}
    change["lease"] = _now() + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (tries - 1))
    if tries >= MAX_TRIES:
        change["aside"] = True
    log.exception("What follows from %s failed, try %d", type(event).__name__, tries)
    with contextlib.suppress(PyMongoError):
        await db.outbox.update_one({"_id": entry["_id"]}, {"$set": change})


async def _claim(now: datetime) -> list[dict[str, Any]]:
    """Take the lease of entries that nobody holds, the first of each subject."""
    query = {"lease": {"$lte": now}, "aside": {"$ne": True}}
    asked: set[str] = set()
    claimed: list[dict[str, Any]] = []
    # As many as wait for what comes before them are passed over: they must not hide the others.
    async for row in db.outbox.find(query, {"subject": 1}).sort("lease", 1):
        if row["subject"] in asked:
            continue
        asked.add(row["subject"])
        if (entry := await _take_next(row["subject"], now)) is not None:
            claimed.append(entry)
        if len(claimed) == BATCH:
            break
    return claimed


async def _earlier(_: str, asked: list[tuple[str, ObjectId]]) -> list[bool | Exception]:
    """Tell for entries, named by subject and id, whether another one of their subject comes first."""
    subjects = list({subject for subject, _ in asked})
    query = {"subject": {"$in": subjects}, "aside": {"$ne": True}}
    found = db.outbox.find(query, {"subject": 1}).sort([("at", 1), ("part", 1)])
    first: dict[str, ObjectId] = {}
    async for row in found:
        first.setdefault(row["subject"], row["_id"])
    return [first.get(subject, entry_id) != entry_id for subject, entry_id in asked]


async def _finish(_: str, ids: list[ObjectId]) -> list[Exception | None]:
    # Nobody waits for the journal: what is done twice after a crash does no harm.
    outbox = db.outbox.with_options(write_concern=WriteConcern(w=1, j=False))
    await outbox.delete_many({"_id": {"$in": ids}})
    return [None] * len(ids)


def _now() -> datetime:
    return datetime.now(UTC)


_first: Batcher[str, tuple[str, ObjectId], bool] = Batcher(_earlier)
_finishing: Batcher[str, ObjectId, None] = Batcher(_finish)
