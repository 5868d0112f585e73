"""Mail on its way: a row for each, sent by whichever process claims it. The only writer of `mails`.

A row says what to write about, never the words: whom to write to, and the secret in a link, are found when
it is sent. So whoever asks waits for one insert, whether there is an account or not, and the database
holds no link.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ReturnDocument

from instagram_clone.domain import db
from instagram_clone.mail import transport
from instagram_clone.mail.letters import Letter
from instagram_clone.mail.transport import Undeliverable, Unreached

Sendable = tuple[str, Letter]
Composer = Callable[[dict[str, Any]], Awaitable[Sendable | None]]
"""Makes of what a row says an address and the letter for it; None when there is nothing to send."""

MAX_TRIES = 20
LONGEST_PAUSE = timedelta(hours=1)
LEASE = timedelta(minutes=5)
"""How long a process has for sending before another one tries."""

POLL_SECONDS = 5.0
"""How soon mail is noticed that another process has written, or that waits for another try."""

log = logging.getLogger(__name__)

_composers: dict[str, Composer] = {}
_written: asyncio.Event | None = None


def composes(kind: str) -> Callable[[Composer], Composer]:
    """Register the composer of a kind of mail."""

    def register(composer: Composer) -> Composer:
        _composers[kind] = composer
        return composer

    return register


async def write(kind: str, **about: Any) -> None:
    """Have a mail sent soon, and again with growing pauses while the server is away."""
    now = datetime.now(UTC)
    await db.mails.insert_one({"kind": kind, "about": about, "created": now, "due": now, "tries": 0})
    if _written is not None:
        _written.set()


async def keep_sending() -> None:
    """Send what is due, until cancelled."""
    global _written
    _written = asyncio.Event()
    while True:
        _written.clear()
        try:
            if await send_next():
                continue
        except Exception:
            log.exception("Mail cannot be looked for")
        try:
            await asyncio.wait_for(_written.wait(), POLL_SECONDS)
        except TimeoutError:
            continue


async def send_next() -> bool:
    """Send the mail that has been due longest; False when none is."""
    now = datetime.now(UTC)
    row = await db.mails.find_one_and_update(
        {"due": {"$lte": now}},
        {"$set": {"due": now + LEASE}, "$inc": {"tries": 1}},
        sort=[("due", 1)],
        return_document=ReturnDocument.AFTER,
    )
    if row is None:
        return False
    try:
        made = await _composers[row["kind"]]({**row["about"], "created": row["created"]})
        if made is not None:
            to, letter = made
            await transport.send(letter, to)
    except Undeliverable:
        log.warning("Mail of kind %s has no recipient", row["kind"])
    except Exception as error:
        # What a server says may repeat the address: the kind of failure must do.
        why = str(error) if isinstance(error, Unreached) else type(error).__name__
        log.warning("Mail of kind %s was not sent: %s", row["kind"], why)
        await _put_off(row, why)
        return True
    await db.mails.delete_one({"_id": row["_id"]})
    return True


async def _put_off(row: dict[str, Any], why: str) -> None:
    if row["tries"] >= MAX_TRIES:
        # Without a date it is nobody's turn any more; it goes after a week, as all that was never sent.
        await db.mails.update_one({"_id": row["_id"]}, {"$unset": {"due": ""}, "$set": {"error": why}})
        return
    pause = min(timedelta(seconds=2 ** row["tries"]), LONGEST_PAUSE)
    await db.mails.update_one(
        {"_id": row["_id"]}, {"$set": {"due": datetime.now(UTC) + pause, "error": why}}
    )
