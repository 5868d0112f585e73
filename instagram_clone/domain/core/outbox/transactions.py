"""Changes and their follow-up work, recorded in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bson import ObjectId, Timestamp

from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.db import Session
from instagram_clone.domain.core.events import Event
from instagram_clone.domain.core.outbox import leases
from instagram_clone.domain.core.outbox.last_writes import Write, finish
from instagram_clone.domain.core.outbox.worker import Delivery, deliver

Result = TypeVar("Result")


@dataclass
class Transaction:
    """A change in progress. Pass its `session` to every command."""

    session: Session
    events: list[Event] = field(default_factory=list)
    last: list[Write] = field(default_factory=list)

    def announce(self, event: Event) -> None:
        """Publish an event once this is committed, and guarantee that its later subscribers are called."""
        self.events.append(event)

    def write_last(self, *writes: Write) -> None:
        """Make these writes the last of the transaction, followed by the commit. They are sent together,
        rather than each waiting for the one before. The caller does not see MongoDB's replies.
        """
        self.last += writes


async def commit(work: Callable[[Transaction], Awaitable[Result]], patience: float | None = None) -> Result:
    """Make a change in one transaction, then publish its events and do the follow-up work.

    Waits for that work for up to `patience` seconds, by default PATIENCE_SECONDS. `work` is called again
    after a write conflict, so it must only run commands in its session; if it raises, they are all rolled
    back.
    """
    result, deliveries = await commit_undelivered(work)
    await deliver(deliveries, patience)
    return result


async def commit_undelivered(
    work: Callable[[Transaction], Awaitable[Result]],
) -> tuple[Result, list[Delivery]]:
    """Make a change in one transaction; the caller must deliver its events, in order."""

    async def attempt(session: Session) -> tuple[Result, list[Delivery]]:
        transaction = Transaction(session)
        result = await work(transaction)
        deliveries = [Delivery(event, _entry(event)) for event in transaction.events]
        entries = [delivery.entry for delivery in deliveries if delivery.entry is not None]
        if entries:
            # MongoDB replaces an empty timestamp with its logical clock, which orders entries across
            # processes as no process's own clock could.
            rows = [{**entry, "at": Timestamp(0, 0), "part": part} for part, entry in enumerate(entries)]
            await db.outbox.insert_many(rows, session=session)
        if transaction.last:
            await finish(session, transaction.last)
        return result, deliveries

    return await db.transact(attempt)


async def has_pending(transaction: Transaction, **fields: str) -> bool:
    """Return whether follow-up work of an event with these fields is still pending."""
    query = {f"event.{name}": value for name, value in fields.items()}
    return await db.outbox.find_one(query, {"_id": 1}, session=transaction.session) is not None


def _entry(event: Event) -> dict[str, Any] | None:
    if not events.later_subscribers(event):
        return None
    return {
        "_id": ObjectId(),
        "subject": event.subject,
        "event": events.encode(event),
        "lease": leases.now() + leases.LEASE,
        "tries": 0,
    }
