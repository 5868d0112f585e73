"""Whether an email address is confirmed, and what the links mailed to it do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bson import ObjectId

from instagram_clone import routes
from instagram_clone.config import settings
from instagram_clone.domain.core import db, rate_limits
from instagram_clone.domain.core.errors import NotFound, Refused
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.credentials import credentials, email_changes, mails, tokens
from instagram_clone.domain.people.credentials.credentials import CHANGE_NEW, CHANGE_OLD, CONFIRM
from instagram_clone.domain.people.credentials.email_changes import DEAD_LINK, NO_MAIL
from instagram_clone.domain.people.events import MailDue
from instagram_clone.mail import letters

CONFIRM_LIFETIME = timedelta(days=3)


@dataclass(frozen=True)
class OwnEmail:
    """The viewer's address. `change_to` is the requested new one, `waiting` which of the two ("old", "new")
    have yet to confirm.
    """

    email: str
    confirmed: bool
    change_to: str
    waiting: tuple[str, ...]


async def own(viewer: Viewer) -> OwnEmail:
    """Return the viewer's address, which is shown to nobody else."""
    row = await db.row("users", viewer.oid)
    if row is None:
        raise NotFound
    change = await email_changes.of_account(row)
    return OwnEmail(
        email=row["email"],
        confirmed=row.get("email_confirmed", False),
        change_to=change["email"] if change else "",
        waiting=tuple(change["waiting"]) if change else (),
    )


async def ask_to_confirm(user_id: str) -> None:
    """Mail an account's address a link to confirm it. Raises Refused and TooMany."""
    if not settings().sends_mail:
        raise Refused(NO_MAIL)
    await rate_limits.take("confirm-mail", user_id)

    async def work(transaction: Transaction) -> None:
        mails.queue(transaction, CONFIRM, user_id)

    await mails.commit(work)


async def link_purpose(token: str) -> str:
    """Return what a link asks: "confirm", "change", or "" when it is used, expired or invalid.

    Does not use the link up.
    """
    token_row = await tokens.find(token, CONFIRM, CHANGE_OLD, CHANGE_NEW)
    if token_row is None:
        return ""
    return "confirm" if token_row["purpose"] == CONFIRM else "change"


async def confirm(token: str, address: str) -> str:
    """Accept what a link asks, and return the outcome as text. Raises Refused and TooMany."""
    token_row = await _find(token, address)
    if token_row["purpose"] != CONFIRM:
        return await email_changes.confirm(token_row)

    async def work(transaction: Transaction) -> None:
        if not await credentials.confirm_email(
            transaction, token_row["user"], token_row["facts"]["email_key"]
        ):
            raise Refused(DEAD_LINK)
        await tokens.spend(transaction, token_row)

    await mails.commit(work)
    return "Your email is confirmed."


async def refuse(token: str, address: str) -> str:
    """Reject a change by a link, from either address, and return the outcome as text.

    Raises Refused and TooMany.
    """
    token_row = await _find(token, address)
    if token_row["purpose"] == CONFIRM:
        raise Refused(DEAD_LINK)
    return await email_changes.refuse(token_row)


async def _find(token: str, address: str) -> dict[str, Any]:
    await rate_limits.take("confirm", address)
    token_row = await tokens.find(token, CONFIRM, CHANGE_OLD, CHANGE_NEW)
    if token_row is None:
        raise Refused(DEAD_LINK)
    return token_row


@mails.sends(CONFIRM)
async def _send_confirmation(due: MailDue) -> None:
    row = await db.users.find_one({"_id": ObjectId(due.account)})
    if row is not None and not row.get("email_confirmed"):
        await mails.send_link(
            row["email"],
            lambda link: letters.confirm_email(row["username"], link),
            *(routes.CONFIRM, CONFIRM, row["_id"], CONFIRM_LIFETIME),
            email_key=row["email_key"],
        )
