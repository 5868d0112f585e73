"""Whether an email address is its owner's, and how it becomes another one. Writes `email_changes`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument

from instagram_clone import routes
from instagram_clone.config import settings
from instagram_clone.domain import credentials, db, events, mails, names, throttles, tokens
from instagram_clone.domain.credentials import CHANGE_NEW, CHANGE_OLD, CONFIRM
from instagram_clone.domain.errors import Invalid, NotFound, Refused
from instagram_clone.domain.viewer import Viewer
from instagram_clone.mail import letters

CONFIRM_LIFETIME = timedelta(days=3)
CHANGE_LIFETIME = timedelta(days=1)
NO_MAIL = "This site sends no mail, so an address cannot be confirmed here."
DEAD_LINK = "That link has expired or was used already."

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class OwnEmail:
    """The viewer's address. `change_to` is the one it is to become, `waiting` which of the two have yet to
    confirm ("old", "new").
    """

    email: str
    confirmed: bool
    change_to: str
    waiting: tuple[str, ...]


async def own(viewer: Viewer) -> OwnEmail:
    """Return the viewer's address, which nobody else is shown."""
    row = await db.users.find_one({"_id": viewer.oid})
    if row is None:
        raise NotFound
    change = await db.email_changes.find_one(_pending(row))
    return OwnEmail(
        email=row["email"],
        confirmed=row.get("email_confirmed", False),
        change_to=change["email"] if change else "",
        waiting=tuple(change["waiting"]) if change else (),
    )


async def welcome(user_id: str) -> None:
    """Have a new account's address be confirmed, where mail is sent at all."""
    if settings().sends_mail:
        await mails.write("confirm", user=ObjectId(user_id))


async def ask_to_confirm(user_id: str) -> None:
    """Mail a link to an account's address, to confirm it. Raises Refused and TooMany (five an hour)."""
    if not settings().sends_mail:
        raise Refused(NO_MAIL)
    await throttles.take("confirm-email", user_id, 5, _HOUR)
    await mails.write("confirm", user=ObjectId(user_id))


async def ask_to_change(viewer: Viewer, email: str, password: str) -> OwnEmail:
    """Begin to change the viewer's address: both addresses are mailed a link, and both must confirm.

    An address that was never confirmed is only told: it may be a typing error, which would never answer.
    Publishes EmailChanged. Raises Refused, Invalid (fields "email" and "current"), and TooMany past five
    an hour.
    """
    if not settings().sends_mail:
        raise Refused(NO_MAIL)
    email = names.check_email(email)
    row = await credentials.prove(viewer, password, field="current")
    key = names.email_key(email)
    if key == row["email_key"]:
        raise Invalid("That is your email already.", "email")
    await throttles.take("change-email", viewer.id, 5, _HOUR)
    if await db.users.find_one({"email_key": key}, {"_id": 1}):
        raise Invalid(credentials.TAKEN, "email")
    waiting = ["old", "new"] if row.get("email_confirmed") else ["new"]
    change = {
        "change": ObjectId(),
        "email": email,
        "old_key": row["email_key"],
        "password_number": row.get("password_number", 0),
        "waiting": waiting,
        "expires": datetime.now(UTC) + CHANGE_LIFETIME,
    }
    await db.email_changes.replace_one({"_id": viewer.oid}, change, upsert=True)
    for side in ("old", "new"):
        await mails.write(f"change_{side}", user=viewer.oid, change=change["change"])
    await events.publish(events.EmailChanged(viewer.id))
    return await own(viewer)


async def cancel_change(viewer: Viewer) -> None:
    """Keep the present address after all; the links are worth nothing. Publishes EmailChanged."""
    await _drop(viewer.oid)


async def question(token: str) -> str:
    """Tell what a link asks: "confirm", "change", or "" when it is used, expired or nobody's.

    Uses nothing up.
    """
    found = await tokens.find(token, CONFIRM, CHANGE_OLD, CHANGE_NEW)
    if found is None:
        return ""
    return "confirm" if found["purpose"] == CONFIRM else "change"


async def confirm(token: str, address: str) -> str:
    """Say yes at a link, and return what has come of it in words. Raises Refused, Invalid and TooMany."""
    found = await _found(token, address)
    if found["purpose"] != CONFIRM:
        return await _confirm_change(found)
    if not await credentials.confirm_email(found["user"], found["facts"]["email_key"]):
        raise Refused(DEAD_LINK)
    await tokens.spend(found)
    return "Your email is confirmed."


async def _confirm_change(found: dict[str, Any]) -> str:
    side = "old" if found["purpose"] == CHANGE_OLD else "new"
    row = await db.users.find_one({"_id": found["user"]})
    change = row and await db.email_changes.find_one_and_update(
        {**_pending(row), "change": found["facts"]["change"]},
        {"$pull": {"waiting": side}},
        return_document=ReturnDocument.AFTER,
    )
    if row is None or change is None:
        raise Refused(DEAD_LINK)
    if change["waiting"]:
        await tokens.spend(found)
        await events.publish(events.EmailChanged(str(row["_id"])))
        other = "new" if side == "old" else "present"
        return (
            f"Confirmed. Your email changes once the link in the mail to your {other} address is used too."
        )
    # The row and the link go last: whoever is interrupted before can say yes once more.
    try:
        await credentials.replace_email(row, change["old_key"], change["email"])
    except Refused:
        await _drop(row["_id"])
        raise
    await _drop(row["_id"])
    return f"Your email is {change['email']} now."


async def refuse(token: str, address: str) -> str:
    """Say no to a change at a link, from either address, and return what has come of it in words."""
    found = await _found(token, address)
    if found["purpose"] == CONFIRM:
        raise Refused(DEAD_LINK)
    await _drop(found["user"])
    return "The change is refused, and the email stays as it is."


async def _found(token: str, address: str) -> dict[str, Any]:
    await throttles.take("confirm-address", address, 20, _HOUR)
    found = await tokens.find(token, CONFIRM, CHANGE_OLD, CHANGE_NEW)
    if found is None:
        raise Refused(DEAD_LINK)
    return found


async def _drop(user: ObjectId) -> None:
    await db.email_changes.delete_one({"_id": user})
    await tokens.revoke(user, CHANGE_OLD, CHANGE_NEW)
    await events.publish(events.EmailChanged(str(user)))


@mails.composes("confirm")
async def _confirm_letter(what: dict[str, Any]) -> mails.Sendable | None:
    row = await db.users.find_one({"_id": what["user"]})
    if row is None or row.get("email_confirmed"):
        return None
    token = await tokens.issue(CONFIRM, row["_id"], CONFIRM_LIFETIME, email_key=row["email_key"])
    link = credentials.link(routes.CONFIRM, token)
    return row["email"], letters.confirm_email(row["name"], row["username"], link)


@mails.composes("change_old")
async def _old_letter(what: dict[str, Any]) -> mails.Sendable | None:
    row, change = await _both(what)
    if row is None or change is None:
        return None
    if "old" not in change["waiting"]:
        link = credentials.link(routes.FORGOT)
        return row["email"], letters.change_requested(row["name"], row["username"], change["email"], link)
    link = await _change_link(CHANGE_OLD, row, change)
    return row["email"], letters.approve_change(row["name"], row["username"], change["email"], link)


@mails.composes("change_new")
async def _new_letter(what: dict[str, Any]) -> mails.Sendable | None:
    row, change = await _both(what)
    if row is None or change is None:
        return None
    link = await _change_link(CHANGE_NEW, row, change)
    both = "old" in change["waiting"]
    return change["email"], letters.confirm_change(row["name"], row["username"], link, both=both)


async def _both(what: dict[str, Any]) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The account, and its change if it is still the one that was asked for."""
    row = await db.users.find_one({"_id": what["user"]})
    return row, row and await db.email_changes.find_one({**_pending(row), "change": what["change"]})


def _pending(row: dict[str, Any]) -> dict[str, Any]:
    """Match the change an account is waiting for; one that was begun with another password is over."""
    number = row.get("password_number", 0)
    return {"_id": row["_id"], "password_number": number, "expires": {"$gt": datetime.now(UTC)}}


async def _change_link(purpose: str, row: dict[str, Any], change: dict[str, Any]) -> str:
    token = await tokens.issue(
        purpose, row["_id"], change["expires"] - datetime.now(UTC), change=change["change"]
    )
    return credentials.link(routes.CONFIRM, token)
