"""People: signing up, their names and their numbers. Writes `users`, with profiles, preferences and
presence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from instagram_clone import routes
from instagram_clone.config import settings
from instagram_clone.domain.core import db, rate_limits
from instagram_clone.domain.core.cache import TTLCache
from instagram_clone.domain.core.errors import AllInvalid, Invalid, Refused
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.people import usernames, validation
from instagram_clone.domain.people.credentials import mails, passwords
from instagram_clone.domain.people.credentials.credentials import CONFIRM
from instagram_clone.domain.people.credentials.log_ins import by_login as by_login
from instagram_clone.domain.people.credentials.log_ins import log_in as log_in
from instagram_clone.domain.people.credentials.log_ins import login_key as login_key
from instagram_clone.domain.people.events import PrivacyChanged, ProfileCounted, ProfileEdited, SignedUp

BIO_LENGTH = validation.BIO_LENGTH

KNOWN_SECONDS = 2.0
"""How long a name or a photo that was changed in another process may still be shown as it was."""


@dataclass(frozen=True)
class Person:
    """Somebody as they appear beside a photo or in a list."""

    id: str
    username: str
    name: str
    avatar: str


@dataclass(frozen=True)
class _About:
    """What is asked for most often of somebody."""

    person: Person
    private: bool
    followers: int


async def sign_up(
    email: str, name: str, username: str, password: str, address: str, *, confirm: bool = False
) -> str:
    """Make an account and return its id. `address` is the caller's network address.

    With `confirm` a link is mailed, where mail is sent at all, to confirm the email.
    Raises Refused while sign-up is closed, Invalid with all that is wrong, and TooMany: the answers tell
    who has an account, so they are counted as well as the accounts that are made.
    """
    if not settings().sign_up:
        raise Refused("Sign-up is closed on this server.")
    wrong: list[Invalid] = []
    email = _checked(validation.check_email, email, wrong)
    name = _checked(validation.check_name, name, wrong)
    _checked(validation.check_username, username, wrong)
    try:
        await passwords.check(password, username, name, email)
    except Invalid as error:
        wrong.append(error)
    if wrong:
        raise AllInvalid(wrong)
    await rate_limits.take("sign-up-tries", address)
    if await usernames.taken(username):
        wrong.append(await username_taken(username))
    if await db.users.find_one({"email_key": validation.email_key(email)}, {"_id": 1}):
        wrong.append(Invalid("There is an account with this email. Log in instead.", "email"))
    if wrong:
        raise AllInvalid(wrong)
    await rate_limits.take("sign-up", address)
    row = {
        "_id": ObjectId(),
        "username": username,
        "username_key": username.casefold(),
        "email": email,
        "email_key": validation.email_key(email),
        "name": name,
        "password": await passwords.hashed(password),
        "bio": "",
        "website": "",
        "avatar": "",
        "private": False,
        "posts": 0,
        "followers": 0,
        "following": 0,
        "rev": 0,
    }

    async def work(transaction: Transaction) -> None:
        await db.users.insert_one(row, session=transaction.session)
        transaction.announce(SignedUp(str(row["_id"])))
        if confirm and settings().sends_mail:
            mails.due(transaction, CONFIRM, str(row["_id"]))

    try:
        await mails.commit(work)
    except DuplicateKeyError as error:
        # Two people signed up at once: the unique indexes decide who was first.
        if "email_key" in str(error.details):
            raise Invalid("There is an account with this email. Log in instead.", "email") from None
        raise await username_taken(username) from None
    return str(row["_id"])


def _checked(check: Callable[[str], str], text: str, wrong: list[Invalid]) -> str:
    try:
        return check(text)
    except Invalid as error:
        wrong.append(error)
        return text


async def username_taken(username: str) -> Invalid:
    """Return what is raised where somebody has a username already, with ideas for others."""
    ideas = await usernames.similar(username)
    hint = f" How about {' or '.join(ideas)}?" if ideas else ""
    return Invalid(f"{username} is taken.{hint}", "username")


async def people(ids: list[ObjectId]) -> dict[ObjectId, Person]:
    """Return people by id, in one query at most: who was asked for a moment ago is still known."""
    return {one: about.person for one, about in (await _known.of(ids)).items()}


async def followers(ids: list[ObjectId]) -> dict[ObjectId, int]:
    """Return how many follow some people, in one query at most, as `people`."""
    return {one: about.followers for one, about in (await _known.of(ids)).items()}


async def private_among(ids: list[ObjectId]) -> set[ObjectId]:
    """Return those of some people whose account is private, in one query at most, as `people`."""
    return {one for one, about in (await _known.of(ids)).items() if about.private}


def forget(user_id: str) -> None:
    """Read again what was known of somebody: it has changed, here or in another process."""
    _known.forget(ObjectId(user_id))


async def _read_about(ids: list[ObjectId]) -> dict[ObjectId, _About]:
    fields = {"username": 1, "name": 1, "avatar": 1, "private": 1, "followers": 1}
    found = db.users.find({"_id": {"$in": ids}}, fields)
    return {row["_id"]: _About(person(row), row["private"], row["followers"]) async for row in found}


def person(row: dict[str, Any]) -> Person:
    """Turn a row of `users` into a Person."""
    return Person(
        id=str(row["_id"]),
        username=row["username"],
        name=row["name"],
        avatar=avatar_url(row.get("avatar", "")),
    )


def avatar_url(media_id: str) -> str:
    """Return the address of a profile photo, or "" for people without one."""
    return routes.media_url(media_id, 320) if media_id else ""


async def alerts_seen(user: ObjectId, newest: int) -> bool:
    """Remember up to which number somebody has seen what they were told; False when that was known."""
    done = await db.users.update_one(
        {"_id": user, "alerts_seen": {"$not": {"$gte": newest}}}, {"$set": {"alerts_seen": newest}}
    )
    return bool(done.modified_count)


async def alerts_marker(user: ObjectId) -> Any:
    """Return the number up to which somebody has seen what they were told; an older version kept an id."""
    row = await db.row("users", user) or {}
    return row.get("alerts_seen", 0)


async def forget_old_markers() -> None:
    """Have nobody have seen anything by an id: what people are told is numbered now."""
    await db.users.update_many({"alerts_seen": {"$type": "objectId"}}, {"$unset": {"alerts_seen": ""}})


async def revision(user: ObjectId) -> int:
    """Return the revision of somebody's account, which grows with every change of whom they follow."""
    row = await db.row("users", user)
    return row["rev"] if row else 0


async def count(transaction: Transaction, user: ObjectId, **changes: int) -> bool | None:
    """Move somebody's counts (posts, followers, following), and tell whether their account is private.

    Announces ProfileCounted. Returns None when the account is gone.
    """
    row = await db.users.find_one_and_update(
        {"_id": user},
        {"$inc": {**changes, "rev": 1}},
        return_document=ReturnDocument.AFTER,
        session=transaction.session,
    )
    if row is None:
        return None
    transaction.announce(_counted(row))
    return row["private"]


def _counted(row: dict[str, Any]) -> ProfileCounted:
    return ProfileCounted(str(row["_id"]), row["posts"], row["followers"], row["following"], row["rev"])


async def count_each(
    transaction: Transaction, users: list[ObjectId], **changes: int
) -> dict[ObjectId, ProfileCounted]:
    """Move the same counts of several people at once, and return what is to be announced of each."""
    session = transaction.session
    await db.users.update_many({"_id": {"$in": users}}, {"$inc": {**changes, "rev": 1}}, session=session)
    fields = {"posts": 1, "followers": 1, "following": 1, "rev": 1}
    found = db.users.find({"_id": {"$in": users}}, fields, session=session)
    return {row["_id"]: _counted(row) async for row in found}


async def hold(transaction: Transaction, users: list[ObjectId]) -> None:
    """Have two transactions that decide by how people stand to each other exclude one another.

    Neither sees what the other has not committed: without a row that both write, one could follow
    somebody who shuts them out at the same moment.
    """
    await db.users.update_many({"_id": {"$in": users}}, {"$inc": {"held": 1}}, session=transaction.session)


async def account_changed(event: ProfileEdited | PrivacyChanged) -> None:
    forget(event.user_id)


_known = TTLCache(_read_about, KNOWN_SECONDS)
