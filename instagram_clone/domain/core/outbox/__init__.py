"""Follow-up work of a change: recorded with it in one transaction, and processed after it.

Notifications, cascades, file deletions: every subscriber with `later=True` is called from here, at least
once, and must be idempotent.
"""

from instagram_clone.domain.core.outbox.dead_letters import Entry, failed, retry
from instagram_clone.domain.core.outbox.last_writes import Write
from instagram_clone.domain.core.outbox.transactions import (
    Transaction,
    commit,
    commit_undelivered,
    has_pending,
)
from instagram_clone.domain.core.outbox.worker import (
    Delivery,
    deliver,
    keep_working,
    process_due,
    settle,
    start_delivery,
    wait_for,
)

__all__ = [
    "Delivery",
    "Entry",
    "Transaction",
    "Write",
    "commit",
    "commit_undelivered",
    "deliver",
    "failed",
    "has_pending",
    "keep_working",
    "process_due",
    "retry",
    "settle",
    "start_delivery",
    "wait_for",
]
