"""Mail that follows from a change: sent from the outbox, without any caller waiting for it.

An outbox entry holds what to write about, never the text. The secret in a link is created when the mail is
sent, and the recipient is looked up then, except for an address that has just been replaced. So a request
costs one write whether or not the account exists, and the database holds no link.
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
"""Writes and sends a letter, or does nothing when there is no longer anybody to write to."""

HEAD_START = 0.05
"""Seconds between a response and the mail that follows from it."""

log = logging.getLogger(__name__)

_senders: dict[str, Sender] = {}
_sending: set[asyncio.Task[None]] = set()


def sends(letter: str) -> Callable[[Sender], Sender]:
    """Register the sender of a letter."""

    def register(sender: Sender) -> Sender:
        _senders[letter] = sender
        return sender

    return register


def queue(transaction: Transaction, letter: str, account: str, detail: str = "") -> None:
    """Queue a letter to be sent once a change is committed; retried with growing pauses if that fails.

    `account` is an id, or the text somebody typed to name one; `detail` belongs to the sender.
    """
    transaction.announce(
        MailDue(secrets.token_hex(8), letter, account, detail, datetime.now(UTC).isoformat())
    )


async def commit(work: Callable[[Transaction], Awaitable[Result]]) -> Result:
    """Make a change like `outbox.commit`, and send its mail in the background."""
    result, deliveries = await outbox.commit_undelivered(work)
    mail = [delivery for delivery in deliveries if isinstance(delivery.event, MailDue)]
    await outbox.deliver([delivery for delivery in deliveries if not isinstance(delivery.event, MailDue)])
    if mail:
        task = asyncio.create_task(_deliver(mail))
        _sending.add(task)
        task.add_done_callback(_sending.discard)
    return result


async def _deliver(mail: list[Delivery]) -> None:
    # The time this takes reveals who has an account, so the response goes out first.
    await asyncio.sleep(HEAD_START)
    await outbox.deliver(mail)


async def settle() -> None:
    """Wait for the mail that this process is sending."""
    while _sending:
        await asyncio.gather(*_sending, return_exceptions=True)


def link(path: str, token: str = "") -> str:
    """Return a link for a mail, to the public URL of the app, whatever host the request named."""
    return f"{settings().public_url}{path}" + (f"?token={token}" if token else "")


async def send(to: str, letter: Letter) -> None:
    """Send a letter. It is dropped if the address does not exist. Raises DeliveryFailed."""
    try:
        await transport.send(letter, to)
    except Undeliverable:
        log.warning("Dropped a mail because its recipient does not exist")


async def send_link(
    to: str,
    letter: Callable[[str], Letter],
    path: str,
    purpose: str,
    user: ObjectId,
    lifetime: timedelta,
    **facts: Any,
) -> None:
    """Send a letter with a link issued for it. Raises DeliveryFailed, and then the link is discarded."""
    token = await tokens.issue(purpose, user, lifetime, **facts)
    try:
        await send(to, letter(link(path, token)))
    except BaseException:
        with contextlib.suppress(Exception):
            await tokens.discard(token)
        raise


async def mail_due(event: MailDue) -> None:
    # A letter from another version is unknown here: it fails, and is retried until a process knows it.
    await _senders[event.letter](event)
