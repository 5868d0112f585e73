"""What must follow from a change: written down with it in one transaction, and worked off after it.

A notification, a cascade, the deletion of a file: whoever subscribed with `later=True` is called from here,
at least once, and must be idempotent.
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
