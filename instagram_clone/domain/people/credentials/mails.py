"""Mail as something that follows from a change: worked off from the outbox, and waited for by nobody.

What waits there says what to write about, never the words: whom to write to, and the secret in a link, are
found when it is sent. So who asks waits for one write, whether there is an account or not, and the
database holds no link.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from bson import ObjectId

from instagram_clone.config import settings
from instagram_clone.domain.core import outbox
from instagram_clone.domain.core.outbox import Delivery, Transaction
from instagram_clone.domain.people.credentials import tokens
from instagram_clone.domain.people.events import MailDue
from instagram_clone.mail import transport
from instagram_clone.mail.letters import Letter
from instagram_clone.mail.transport import Undeliverable

Result = TypeVar("Result")
Sender = Callable[[MailDue], Awaitable[None]]
"""Writes and sends a letter, or nothing when there is nobody to write to any more."""

HEAD_START = 0.05
"""Seconds between an answer and the mail that follows from it."""

log = logging.getLogger(__name__)

_senders: dict[str, Sender] = {}
_sending: set[asyncio.Task[None]] = set()


def sends(letter: str) -> Callable[[Sender], Sender]:
    """Register the sender of a letter."""

    def register(sender: Sender) -> Sender:
        _senders[letter] = sender
        return sender

    return register


def due(transaction: Transaction, letter: str, account: str, detail: str = "") -> None:
    """Have a letter be sent once a change is committed, again with growing pauses if that fails.

    `account` is an id, or what somebody typed to name one; `detail` is the sender's own.
    """
    transaction.announce(
        MailDue(secrets.token_hex(8), letter, account, detail, datetime.now(UTC).isoformat())
    )


async def commit(work: Callable[[Transaction], Awaitable[Result]]) -> Result:
    """Make a change as `outbox.commit` does, and send its mail without having anybody wait for that."""
    result, deliveries = await outbox.written(work)
    mail = [one for one in deliveries if isinstance(one.event, MailDue)]
    await outbox.deliver([one for one in deliveries if not isinstance(one.event, MailDue)])
    if mail:
        task = asyncio.create_task(_deliver(mail))
        _sending.add(task)
        task.add_done_callback(_sending.discard)
    return result


async def _deliver(mail: list[Delivery]) -> None:
    # How long this takes tells who has an account: the answer goes out before it begins.
    await asyncio.sleep(HEAD_START)
    await outbox.deliver(mail)


async def settle() -> None:
    """Wait for the mail that this process is sending."""
    while _sending:
        await asyncio.gather(*_sending, return_exceptions=True)


def link(path: str, token: str = "") -> str:
    """A link for a mail: to where people reach the app, whatever host the request named."""
    return f"{settings().public_url}{path}" + (f"?token={token}" if token else "")


async def send(to: str, letter: Letter) -> None:
    """Send a letter. Where nobody has that address it is forgotten. Raises Unreached."""
    try:
        await transport.send(letter, to)
    except Undeliverable:
        log.warning("A mail has no recipient")


async def send_link(
    to: str,
    letter: Callable[[str], Letter],
    path: str,
    purpose: str,
    user: ObjectId,
    lifetime: timedelta,
    **facts: Any,
) -> None:
    """Send a letter with a link that is made for it. Raises Unreached, and then there is no link."""
    token = await tokens.issue(purpose, user, lifetime, **facts)
    try:
        await send(to, letter(link(path, token)))
    except BaseException:
        with contextlib.suppress(Exception):
            await tokens.discard(token)
        raise


async def mail_due(event: MailDue) -> None:
    # One that this process does not know fails, and waits for one that does: another version's.
    await _senders[event.letter](event)
