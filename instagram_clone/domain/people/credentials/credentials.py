"""An account's password and email address. Writes both in `users`.

Every write matches the account state it was decided on, so if two of them conflict, one is refused.
"""

from __future__ import annotations

import logging
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from instagram_clone import routes
from instagram_clone.domain.core import db, rate_limits
from instagram_clone.domain.core.errors import Invalid, NotFound, Refused
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import validation
from instagram_clone.domain.people.credentials import mails, passwords, sessions, tokens
from instagram_clone.domain.people.events import EmailChanged, MailDue
from instagram_clone.mail import letters

RESET, CONFIRM, CHANGE_OLD, CHANGE_NEW = "reset", "confirm", "change_old", "change_new"
"""The purposes of mailed links."""

log = logging.getLogger(__name__)

EMAIL_TAKEN = "There is already an account with this email."

_CONFLICT = "Your account changed in the meantime. Try again."


async def change_password(viewer: Viewer, current: str, new: str) -> None:
    """Change the viewer's password and end all their other sessions. Publishes SessionEnded for each.

    Raises Invalid (fields "current" and "password"), TooMany, and Refused if the account has changed in the
    meantime.
    """
    row = await verify_password(viewer, current, field="current")
    new = await passwords.check(new, *personal_words(row))
    if await passwords.matches(new, row["password"]):
        raise Invalid("That is already your password. Choose another.", "password")
    if not await replace_password(row, new, keep=viewer.session_id):
        raise Refused(_CONFLICT)


async def strength(viewer: Viewer, password: str) -> int:
    """Return how strong a password would be for the viewer. Raises Invalid like `passwords.check`."""
    row = await db.users.find_one({"_id": viewer.oid})
    if row is None:
        raise NotFound
    return await passwords.strength(password, *personal_words(row))


async def verify_password(viewer: Viewer, password: str, *, field: str) -> dict[str, Any]:
    """Return the viewer's row once the password has been checked. Raises Invalid with the field, and
    TooMany.
    """
    row = await db.users.find_one({"_id": viewer.oid})
    if row is None:
        raise NotFound
    if not password:
        raise Invalid("Enter your current password.", field)
    if passwords.is_too_long(password):
        raise Invalid("That is not your password.", field)
    # Counted by session, so that a stolen one doesn't use up the tries of the owner's others.
    await rate_limits.take("current-password", viewer.session_id)
    if not await passwords.matches(password, row["password"]):
        raise Invalid("That is not your password.", field)
    await rate_limits.forget("current-password", viewer.session_id)
    return row


async def replace_password(
    row: dict[str, Any], password: str, *, keep: str = "", mailed: bool = False
) -> bool:
    """Set a checked password and return True, or False if the account has changed since `row` was read.

    Ends every session but `keep`, and revokes mailed links to reset the password or change the address.
    Using a link that was `mailed` also confirms the address, since it took reading the mail. Publishes
    EmailChanged, and SessionEnded for each session.
    """
    user, number = row["_id"], row.get("password_number", 0)
    stored = await passwords.hash_password(password)
    new = {"password": stored, "password_number": number + 1, "kept_session": keep}

    async def work(transaction: Transaction) -> bool:
        done = await db.users.update_one(
            {"_id": user, "email_key": row["email_key"], "password_number": match_password_number(number)},
            {"$set": {**new, **({"email_confirmed": True} if mailed else {})}},
            session=transaction.session,
        )
        if not done.modified_count:
            return False
        await sessions.end_all(transaction, user, keep=keep)
        await tokens.revoke(transaction, user, RESET, CHANGE_OLD, CHANGE_NEW)
        mails.queue(transaction, "password_changed", str(user))
        transaction.announce(EmailChanged(str(user)))
        return True

    return await mails.commit(work)


async def replace_email(transaction: Transaction, row: dict[str, Any], old_key: str, email: str) -> None:
    """Set an address that has been confirmed. Announces EmailChanged.

    Raises Refused when the account's address or password has changed since the request, or when another
    account has the new address by now.
    """
    user, number = row["_id"], row.get("password_number", 0)
    new = {"email": email, "email_key": validation.email_key(email), "email_confirmed": True}
    try:
        before = await db.users.find_one_and_update(
            {"_id": user, "email_key": old_key, "password_number": match_password_number(number)},
            {"$set": new},
            session=transaction.session,
        )
    except DuplicateKeyError:
        raise Refused(EMAIL_TAKEN) from None
    if before is None:
        raise Refused(_CONFLICT)
    await tokens.revoke(transaction, user, RESET, CONFIRM)
    for to in (before["email"], email):
        mails.queue(transaction, "email_changed", str(user), to)
    transaction.announce(EmailChanged(str(user)))


async def confirm_email(transaction: Transaction, user: ObjectId, email_key: str) -> bool:
    """Mark an address as confirmed; False when the account has another. Announces EmailChanged."""
    done = await db.users.update_one(
        {"_id": user, "email_key": email_key},
        {"$set": {"email_confirmed": True}},
        session=transaction.session,
    )
    if done.matched_count:
        transaction.announce(EmailChanged(str(user)))
    return bool(done.matched_count)


async def rewrite_email_keys() -> list[str]:
    """Update the keys of addresses that were stored before addresses were normalized.

    Two accounts may turn out to have the same address. Nothing here can tell whose it is, so both stay as
    they are; returns the usernames of the accounts that cannot log in with their address.
    """
    unresolved = []
    async for row in db.users.find({}, {"username": 1, "email": 1, "email_key": 1}):
        key, old = validation.email_key(row["email"]), row["email_key"]
        if key == old:
            continue
        try:
            await db.users.update_one({"_id": row["_id"], "email_key": old}, {"$set": {"email_key": key}})
        except DuplicateKeyError:
            unresolved.append(row["username"])
            log.warning(
                "%s and another account have the same email in two spellings. Logging in with it opens the"
                " other; %s can log in by username, and change the email in the settings.",
                *(row["username"], row["username"]),
            )
    return unresolved


def personal_words(row: dict[str, Any]) -> tuple[str, str, str]:
    """Return what somebody's password must not be made of."""
    return row["username"], row["name"], row["email"]


def match_password_number(number: int) -> Any:
    """Match an account by its password number; rows from before passwords were numbered have none."""
    return number or {"$in": [0, None]}


@mails.sends("password_changed")
async def _send_password_changed(due: MailDue) -> None:
    row = await db.users.find_one({"_id": ObjectId(due.account)})
    if row is not None:
        link = mails.link(routes.FORGOT)
        await mails.send(row["email"], letters.password_changed(row["name"], row["username"], link))


@mails.sends("email_changed")
async def _send_email_changed(due: MailDue) -> None:
    row = await db.users.find_one({"_id": ObjectId(due.account)})
    if row is not None:
        link = mails.link(routes.FORGOT)
        letter = letters.email_changed(row["name"], row["username"], row["email"], link)
        await mails.send(due.detail, letter)
