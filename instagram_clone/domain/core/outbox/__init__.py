"""Follow-up work of a change: recorded with it in one transaction, and processed after it.

Notifications, cascades, file deletions: every subscriber with `later=True` is called from here, at least
once, and must be idempotent.
"""

from instagram_clone.domain.core.outbox.dead_letters import Entry, failed, retry
from instagram_clone.domain.core.outbox.last_writes import Write
from instagram_clone.domain.core.outbox.transactions import Transaction, commit, waits, written
from instagram_clone.domain.core.outbox.worker import (
    Delivery,
    begin,
    deliver,
    keep_working,
    settle,
    wait_for,
    work_due,
)

__all__ = [
    "Delivery",
    "Entry",
    "Transaction",
    "Write",
    "begin",
    "commit",
    "deliver",
    "failed",
    "keep_working",
    "retry",
    "settle",
    "wait_for",
    "waits",
    "work_due",
    "written",
]
