"""Changes and what must follow from them, written down in one transaction."""

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
    """A change in the making. Every command of it is given the `session`."""

    session: Session
    events: list[Event] = field(default_factory=list)
    last: list[Write] = field(default_factory=list)

    def announce(self, event: Event) -> None:
        """Publish an event once this is committed, and have its later subscribers called for certain."""
        self.events.append(event)

    def write_last(self, *writes: Write) -> None:
        """Have some writes be the last of this, after which it is committed: they are sent together, where
        one would otherwise be waited for before the next. What MongoDB says of them is not seen.
        """
        self.last += writes


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
            # MongoDB writes its logical clock in place of an empty timestamp, which orders them across
            # processes as nobody's own clock does.
            rows = [{**one, "at": Timestamp(0, 0), "part": part} for part, one in enumerate(entries)]
            await db.outbox.insert_many(rows, session=session)
        if transaction.last:
            await finish(session, transaction.last)
        return result, deliveries

    return await db.transact(attempt)


async def waits(transaction: Transaction, **fields: str) -> bool:
    """Tell whether what follows from an event with these fields is still to be done."""
    query = {f"event.{name}": value for name, value in fields.items()}
    return await db.outbox.find_one(query, {"_id": 1}, session=transaction.session) is not None


def _entry(event: Event) -> dict[str, Any] | None:
    if not events.later(event):
        return None
    return {
        "_id": ObjectId(),
        "subject": event.subject,
        "event": events.encoded(event),
        "lease": leases.now() + leases.LEASE,
        "tries": 0,
    }
