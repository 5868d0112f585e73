"""What an account is opened with: its password and its email address. Writes these in `users`.

Every write names the state of the account it was decided on, so of two that cross one is refused.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from instagram_clone import routes
from instagram_clone.config import settings
from instagram_clone.domain import db, events, mails, names, passwords, sessions, throttles, tokens
from instagram_clone.domain.errors import Invalid, NotFound, Refused
from instagram_clone.domain.viewer import Viewer
from instagram_clone.mail import letters

RESET, CONFIRM, CHANGE_OLD, CHANGE_NEW = "reset", "confirm", "change_old", "change_new"
"""What the links in mails are for."""

TAKEN = "There is an account with this email."

_QUARTER = timedelta(minutes=15)
_CHANGED_MEANWHILE = "Your account was changed meanwhile. Try again."


async def change_password(viewer: Viewer, current: str, new: str) -> None:
    """Change the viewer's password; every other session ends. Publishes SessionEnded for each.

    Raises Invalid (fields "current" and "password"), and TooMany after five wrong ones in fifteen minutes.
    """
    row = await prove(viewer, current, field="current")
    new = await passwords.check(new, *about(row))
    if await passwords.matches(new, row["password"]):
        raise Invalid("That is your password already. Choose another.", "password")
    if not await replace_password(row, new, keep=viewer.session_id):
        raise Refused(_CHANGED_MEANWHILE)


async def prove(viewer: Viewer, password: str, *, field: str) -> dict[str, Any]:
    """Return the row of the viewer, who knows its password. Raises Invalid with the field, and TooMany."""
    row = await db.users.find_one({"_id": viewer.oid})
    if row is None:
        raise NotFound
    if not password:
        raise Invalid("Enter your current password.", field)
    if passwords.is_too_long(password):
        raise Invalid("That is not your password.", field)
    await throttles.take("prove-password", viewer.id, 5, _QUARTER)
    if not await passwords.matches(password, row["password"]):
        raise Invalid("That is not your password.", field)
    await throttles.forget("prove-password", viewer.id)
    return row


async def replace_password(
    row: dict[str, Any], password: str, *, keep: str = "", mailed: bool = False
) -> bool:
    """Set a checked password, unless the account has changed since `row` was read; then False.

    Whoever used a link that was `mailed` has read the mail: the address is theirs.
    With it every session but `keep` ends, and every link that was mailed is worth nothing. Sessions name
    the number of the password they began with, so they are over with this one write; what follows tells
    their tabs and cleans up.
    """
    number = row.get("password_number", 0)
    stored = await passwords.hashed(password)
    confirmed = {"email_confirmed": True} if mailed else {}
    done = await db.users.update_one(
        {"_id": row["_id"], "email_key": row["email_key"], "password_number": numbered(number)},
        {"$set": {"password": stored, "password_number": number + 1, "kept_session": keep, **confirmed}},
    )
    if not done.modified_count:
        return False
    await sessions.end_outdated(str(row["_id"]), keep=keep)
    await tokens.revoke(row["_id"], RESET, CHANGE_OLD, CHANGE_NEW)
    await mails.write("password_changed", user=row["_id"])
    return True


async def replace_email(row: dict[str, Any], old_key: str, email: str) -> None:
    """Set an address that has been confirmed. Idempotent. Publishes EmailChanged.

    Raises Refused when the account has another address or password than when it was asked for, or somebody
    else has the new address by now.
    """
    key = names.email_key(email)
    if row["email_key"] == key:
        return
    number = row.get("password_number", 0)
    try:
        before = await db.users.find_one_and_update(
            {"_id": row["_id"], "email_key": old_key, "password_number": numbered(number)},
            {"$set": {"email": email, "email_key": key, "email_confirmed": True}},
        )
    except DuplicateKeyError:
        raise Refused(TAKEN) from None
    if before is None:
        raise Refused(_CHANGED_MEANWHILE)
    await tokens.revoke(row["_id"], RESET, CONFIRM)
    for to in (before["email"], email):
        await mails.write("email_changed", user=row["_id"], to=to)
    await events.publish(events.EmailChanged(str(row["_id"])))


async def confirm_email(user: ObjectId, email_key: str) -> bool:
    """Note that an address is its owner's; False when the account has another. Publishes EmailChanged."""
    done = await db.users.update_one(
        {"_id": user, "email_key": email_key}, {"$set": {"email_confirmed": True}}
    )
    if done.matched_count:
        await events.publish(events.EmailChanged(str(user)))
    return bool(done.matched_count)


def about(row: dict[str, Any]) -> tuple[str, str, str]:
    """What a password of somebody's must not be made of."""
    return row["username"], row["name"], row["email"]


def numbered(number: int) -> Any:
    """Match an account whose password has a number; rows from before there were any have none."""
    return number or {"$in": [0, None]}


def link(path: str, token: str = "") -> str:
    """A link for a mail: to where people reach the app, whatever host the request named."""
    return f"{settings().public_url}{path}" + (f"?token={token}" if token else "")


@mails.composes("password_changed")
async def _password_changed(what: dict[str, Any]) -> mails.Sendable | None:
    row = await db.users.find_one({"_id": what["user"]})
    if row is None:
        return None
    return row["email"], letters.password_changed(row["name"], row["username"], link(routes.FORGOT))


@mails.composes("email_changed")
async def _email_changed(what: dict[str, Any]) -> mails.Sendable | None:
    row = await db.users.find_one({"_id": what["user"]})
    if row is None:
        return None
    said = letters.email_changed(row["name"], row["username"], row["email"], link(routes.FORGOT))
    return what["to"], said
