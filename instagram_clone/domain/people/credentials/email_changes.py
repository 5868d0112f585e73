"""Changing an account's email address: both the old and the new one confirm it. Writes `email_changes`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument

from instagram_clone import routes
from instagram_clone.config import settings
from instagram_clone.domain.core import db, rate_limits
from instagram_clone.domain.core.errors import Invalid, Refused
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import validation
from instagram_clone.domain.people.credentials import credentials, mails, tokens
from instagram_clone.domain.people.credentials.credentials import CHANGE_NEW, CHANGE_OLD
from instagram_clone.domain.people.events import EmailChanged, MailDue
from instagram_clone.mail import letters
from instagram_clone.mail.letters import Letter

LIFETIME = timedelta(days=1)
NO_MAIL = "This site does not send email, so an address cannot be confirmed here."
DEAD_LINK = "This link has expired or was already used."


async def begin(viewer: Viewer, email: str, password: str) -> None:
    """Start changing the viewer's address: a link is mailed to both addresses, and both must confirm.

    An old address that was never confirmed is only notified: it may be a typo, and then nobody would
    answer. Publishes EmailChanged. Raises Refused, Invalid (fields "email" and "current"), and TooMany.
    """
    if not settings().sends_mail:
        raise Refused(NO_MAIL)
    email = validation.check_email(email)
    row = await credentials.verify_password(viewer, password, field="current")
    key = validation.email_key(email)
    if key == row["email_key"]:
        raise Invalid("That is already your email.", "email")
    await rate_limits.take("email-change", viewer.id)
    if await db.users.find_one({"email_key": key}, {"_id": 1}):
        raise Invalid(credentials.EMAIL_TAKEN, "email")
    waiting = ["old", "new"] if row.get("email_confirmed") else ["new"]
    change = {
        "change": ObjectId(),
        "email": email,
        "old_key": row["email_key"],
        "password_number": row.get("password_number", 0),
        "waiting": waiting,
        "expires": datetime.now(UTC) + LIFETIME,
    }

    async def work(transaction: Transaction) -> None:
        query = {"_id": viewer.oid}
        await db.email_changes.replace_one(query, change, upsert=True, session=transaction.session)
        for kind in (CHANGE_OLD, CHANGE_NEW):
            mails.queue(transaction, kind, viewer.id, str(change["change"]))
        transaction.announce(EmailChanged(viewer.id))

    await mails.commit(work)


async def cancel(viewer: Viewer) -> None:
    """Keep the current address after all and revoke the links. Publishes EmailChanged."""
    await mails.commit(lambda transaction: _drop(transaction, viewer.oid))


async def confirm(token_row: dict[str, Any]) -> str:
    """Confirm a change from one of its two addresses, by token, and return the outcome as text.

    Raises Refused when the change is over or can no longer be made.
    """
    side = "old" if token_row["purpose"] == CHANGE_OLD else "new"

    async def work(transaction: Transaction) -> str:
        session = transaction.session
        row = await db.users.find_one({"_id": token_row["user"]}, session=session)
        change = row and await db.email_changes.find_one_and_update(
            {**pending(row), "change": token_row["facts"]["change"]},
            {"$pull": {"waiting": side}},
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        if row is None or change is None:
            raise Refused(DEAD_LINK)
        if not change["waiting"]:
            await credentials.replace_email(transaction, row, change["old_key"], change["email"])
            await _drop(transaction, row["_id"])
            return f"Your email is now {change['email']}."
        await tokens.spend(transaction, token_row)
        transaction.announce(EmailChanged(str(row["_id"])))
        other = "new" if side == "old" else "current"
        return f"Confirmed. Your email changes once you also use the link we sent to your {other} address."

    try:
        return await mails.commit(work)
    except Refused:
        # If it cannot be done now, it cannot be done later either.
        change = token_row["facts"]["change"]
        await mails.commit(lambda transaction: _drop(transaction, token_row["user"], change=change))
        raise


async def refuse(token_row: dict[str, Any]) -> str:
    """Reject a change from either address, by token, and return the outcome as text.

    The old address rejects any pending change; a new one rejects only its own, which may have been a typo
    that has since been corrected. Raises Refused when that change is over.
    """
    only = {"change": token_row["facts"]["change"]} if token_row["purpose"] == CHANGE_NEW else {}
    if not await mails.commit(lambda transaction: _drop(transaction, token_row["user"], **only)):
        raise Refused(DEAD_LINK)
    return "The change was refused. Your email stays the same."


def pending(row: dict[str, Any]) -> dict[str, Any]:
    """Match an account's pending change; one that was requested under an earlier password is void."""
    number = row.get("password_number", 0)
    return {"_id": row["_id"], "password_number": number, "expires": {"$gt": datetime.now(UTC)}}


async def of_account(row: dict[str, Any]) -> dict[str, Any] | None:
    """Return an account's pending change, like `pending` but with the batched read of `db.row`."""
    change = await db.row("email_changes", row["_id"])
    if change is None or change["password_number"] != row.get("password_number", 0):
        return None
    return change if change["expires"] > datetime.now(UTC) else None


async def _drop(transaction: Transaction, user: ObjectId, **only: ObjectId) -> bool:
    """End an account's pending change, or only the one that `only` names; False when there is none."""
    done = await db.email_changes.delete_one({"_id": user, **only}, session=transaction.session)
    if done.deleted_count:
        await tokens.revoke(transaction, user, CHANGE_OLD, CHANGE_NEW)
        transaction.announce(EmailChanged(str(user)))
    return bool(done.deleted_count)


@mails.sends(CHANGE_OLD)
async def _send_to_old(due: MailDue) -> None:
    row, change = await _account_and_change(due)
    if row is None or change is None:
        return
    name, username, new = row["name"], row["username"], change["email"]
    if "old" in change["waiting"]:
        letter = functools.partial(letters.approve_change, name, username, new)
        await _send_change_link(CHANGE_OLD, row["email"], letter, change)
    else:
        link = mails.link(routes.FORGOT)
        await mails.send(row["email"], letters.change_requested(name, username, new, link))


@mails.sends(CHANGE_NEW)
async def _send_to_new(due: MailDue) -> None:
    row, change = await _account_and_change(due)
    if row is None or change is None:
        return
    both = "old" in change["waiting"]
    letter = functools.partial(letters.confirm_change, row["username"], both=both)
    await _send_change_link(CHANGE_NEW, change["email"], letter, change)


async def _account_and_change(due: MailDue) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Return the account, and its change if that is still the one the mail is about."""
    row = await db.users.find_one({"_id": ObjectId(due.account)})
    query = {"change": ObjectId(due.detail)}
    return row, row and await db.email_changes.find_one({**pending(row), **query})


async def _send_change_link(
    purpose: str, to: str, letter: Callable[[str], Letter], change: dict[str, Any]
) -> None:
    left = change["expires"] - datetime.now(UTC)
    facts = {"change": change["change"]}
    await mails.send_link(to, letter, routes.CONFIRM, purpose, change["_id"], left, **facts)
