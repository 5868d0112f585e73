"""Processes the follow-up work of changes, and takes over what other processes left behind.

The process that made a change does its follow-up work right away. If that process dies, another takes over
once the lease has expired; a failed entry is retried with growing pauses, and eventually set aside. Every
later subscriber is therefore called at least once and must be idempotent. Entries with the same subject are
processed one after another.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import WriteConcern
from pymongo.errors import PyMongoError

from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.core.events import Event
from instagram_clone.domain.core.outbox import leases

MAX_TRIES = 20
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=10)
POLL_SECONDS = 5.0
PATIENCE_SECONDS = 0.05
"""How long an operation waits for its follow-up work. It rarely takes that long, but approving a crowd of
follow requests takes minutes.
"""

log = logging.getLogger(__name__)
_running: set[asyncio.Task[None]] = set()


@dataclass(frozen=True)
class Delivery:
    """A committed event that its subscribers have yet to receive, and its outbox entry, if any."""

    event: Event
    entry: dict[str, Any] | None


async def deliver(deliveries: list[Delivery], patience: float | None = None) -> None:
    """Publish committed events and do their follow-up work.

    It goes on when the caller is cancelled or stops waiting, and no failure in it reaches the caller: the
    change has been made.
    """
    if deliveries:
        await wait_for(start_delivery(deliveries), patience)


def start_delivery(deliveries: list[Delivery]) -> asyncio.Task[None]:
    """Start to deliver, possibly for several callers; each may wait for it as long as they like."""
    task = asyncio.create_task(_deliver(deliveries))
    _running.add(task)
    task.add_done_callback(_on_delivered)
    return task


async def wait_for(task: asyncio.Task[None], patience: float | None = None) -> None:
    """Wait for follow-up work for up to `patience` seconds, by default PATIENCE_SECONDS."""
    await asyncio.wait({task}, timeout=PATIENCE_SECONDS if patience is None else patience)


async def keep_working() -> None:
    """Process entries that others left behind or that failed, for as long as the process lives."""
    while True:
        try:
            processed = await process_due()
        except PyMongoError as error:
            log.warning("The outbox is unreachable: %s", error)
            processed = 0
        except Exception:
            # Whatever one entry did, the others still have to be processed.
            log.exception("Processing the outbox failed")
            processed = 0
        if not processed:
            await asyncio.sleep(POLL_SECONDS)


async def process_due(now: datetime | None = None) -> int:
    """Process the entries that nobody is working on; returns how many were taken."""
    if now is None:
        await leases.sync_clock()
    due = await leases.claim(now or leases.now())
    await _run_all(_take_over(entry) for entry in due)
    return len(due)


async def settle(seconds: float | None = None) -> None:
    """Wait up to `seconds` for this process's work in progress; another process takes over the rest."""
    while _running:
        _, late = await asyncio.wait(_running, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


def _on_delivered(task: asyncio.Task[None]) -> None:
    _running.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("Follow-up work failed and remains in the outbox", exc_info=error)


async def _deliver(deliveries: list[Delivery]) -> None:
    for delivery in deliveries:
        await events.publish(delivery.event)
    await _process_all([(one.event, one.entry) for one in deliveries if one.entry is not None])


async def _process_all(entries: list[tuple[Event, dict[str, Any]]]) -> None:
    by_subject: dict[str, list[tuple[Event, dict[str, Any]]]] = defaultdict(list)
    for event, entry in entries:
        by_subject[entry["subject"]].append((event, entry))
    await _run_all(_process_in_order(group) for group in by_subject.values())


async def _run_all(work: Iterable[Awaitable[None]]) -> None:
    """Run several awaitables concurrently, each to completion, then raise the first error."""
    work = list(work)
    if len(work) == 1:
        await work[0]
        return
    results = await asyncio.gather(*work, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


async def _process_in_order(entries: list[tuple[Event, dict[str, Any]]]) -> None:
    ids, subject = [entry["_id"] for _, entry in entries], entries[0][1]["subject"]
    with leases.working_on(subject):
        if await leases.has_earlier.submit("", (subject, ids[0])):
            # Someone is working on an earlier entry and continues with these, if they are in this process.
            await db.outbox.update_many({"_id": {"$in": ids}}, {"$set": {"lease": leases.now()}})
            leases.waiting_subjects.add(subject)
        else:
            for event, entry in entries:
                if not await _process(event, entry):
                    return
        while subject in leases.waiting_subjects and (
            entry := await leases.take_next(subject, leases.now())
        ):
            event = events.decode(entry["event"])
            if event is None or not await _process(event, entry):
                return


async def _take_over(entry: dict[str, Any] | None) -> None:
    """Process an entry that another process left behind or that failed, and those waiting behind it."""
    while entry is not None and (event := events.decode(entry["event"])) is not None:
        if not entry["tries"]:
            # The process that made this change may have died before publishing it. Later events of the
            # subject are published again after it, so the current state has the last word.
            await events.publish(event)
        if not await _process(event, entry):
            return
        entry = await leases.take_next(entry["subject"], leases.now())


async def _process(event: Event, entry: dict[str, Any]) -> bool:
    renewer = leases.LeaseRenewer(entry["_id"])
    try:
        for subscriber in events.later_subscribers(event):
            await subscriber(event)
    except Exception as error:
        await _record_failure(entry, event, error)
        return False
    finally:
        await renewer.stop()
    await _delete_batcher.submit("", entry["_id"])
    return True


async def _record_failure(entry: dict[str, Any], event: Event, error: Exception) -> None:
    tries = entry["tries"] + 1
    change: dict[str, Any] = {"tries": tries, "error": f"{type(error).__name__}: {error}"[:500]}
    change["lease"] = leases.now() + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (tries - 1))
    if tries >= MAX_TRIES:
        change["aside"] = True
    log.exception("Follow-up work of %s failed, try %d", type(event).__name__, tries)
    with contextlib.suppress(PyMongoError):
        await db.outbox.update_one({"_id": entry["_id"]}, {"$set": change})


async def _delete_entries(_: str, ids: list[ObjectId]) -> list[Exception | None]:
    # Don't wait for the journal: processing an entry again after a crash does no harm.
    outbox = db.outbox.with_options(write_concern=WriteConcern(w=1, j=False))
    await outbox.delete_many({"_id": {"$in": ids}})
    return [None] * len(ids)


_delete_batcher: Batcher[str, ObjectId, None] = Batcher(_delete_entries)
