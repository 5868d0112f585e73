"""Sign-up, and the names and counts of people. Writes `users`, as do profiles, preferences, presence and
credentials.
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
from instagram_clone.domain.people.events import PrivacyChanged, ProfileCounted, ProfileEdited, SignedUp

BIO_LENGTH = validation.BIO_LENGTH

CACHE_SECONDS = 2.0
"""How long a name or photo changed in another process may still be shown as it was."""


@dataclass(frozen=True)
class Person:
    """A person as shown beside a photo or in a list."""

    id: str
    username: str
    name: str
    avatar: str


@dataclass(frozen=True)
class _Summary:
    """The facts about a person that are asked for most often."""

    person: Person
    private: bool
    followers: int


async def sign_up(
    email: str, name: str, username: str, password: str, address: str, *, confirm: bool = False
) -> str:
    """Create an account and return its id. `address` is the caller's network address.

    With `confirm`, a link to confirm the email address is mailed if the server sends mail at all. Raises
    Refused while sign-up is closed, Invalid with everything that is wrong, and TooMany: the answers reveal
    who has an account, so attempts are counted as well as new accounts.
    """
    if not settings().sign_up:
        raise Refused("Sign-up is closed on this server.")
    problems: list[Invalid] = []
    email = _check(validation.check_email, email, problems)
    name = _check(validation.check_name, name, problems)
    _check(validation.check_username, username, problems)
    try:
        await passwords.check(password, username, name, email)
    except Invalid as error:
        problems.append(error)
    if problems:
        raise AllInvalid(problems)
    await rate_limits.take("sign-up-tries", address)
    if await usernames.is_taken(username):
        problems.append(await username_taken_error(username))
    if await db.users.find_one({"email_key": validation.email_key(email)}, {"_id": 1}):
        problems.append(Invalid("There is already an account with this email. Log in instead.", "email"))
    if problems:
        raise AllInvalid(problems)
    await rate_limits.take("sign-up", address)
    row = {
        "_id": ObjectId(),
        "username": username,
        "username_key": username.casefold(),
        "email": email,
        "email_key": validation.email_key(email),
        "name": name,
        "password": await passwords.hash_password(password),
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
            mails.queue(transaction, CONFIRM, str(row["_id"]))

    try:
        await mails.commit(work)
    except DuplicateKeyError as error:
        # Two people signed up at once: the unique indexes decide who was first.
        if "email_key" in str(error.details):
            raise Invalid("There is already an account with this email. Log in instead.", "email") from None
        raise await username_taken_error(username) from None
    return str(row["_id"])


def _check(check: Callable[[str], str], text: str, problems: list[Invalid]) -> str:
    try:
        return check(text)
    except Invalid as error:
        problems.append(error)
        return text


async def username_taken_error(username: str) -> Invalid:
    """Return the error to raise for a username that is taken, with suggestions for others."""
    ideas = await usernames.suggest_similar(username)
    hint = f" How about {' or '.join(ideas)}?" if ideas else ""
    return Invalid(f"{username} is taken.{hint}", "username")


async def people(ids: list[ObjectId]) -> dict[ObjectId, Person]:
    """Return people by id, in at most one query; recently read ones come from the cache."""
    return {user: summary.person for user, summary in (await _summaries.of(ids)).items()}


async def followers(ids: list[ObjectId]) -> dict[ObjectId, int]:
    """Return people's follower counts by id, in at most one query, cached like `people`."""
    return {user: summary.followers for user, summary in (await _summaries.of(ids)).items()}


async def private_among(ids: list[ObjectId]) -> set[ObjectId]:
    """Return which of these people have a private account, in at most one query, cached like `people`."""
    return {user for user, summary in (await _summaries.of(ids)).items() if summary.private}


def forget(user_id: str) -> None:
    """Evict a person from the cache after a change here or in another process."""
    _summaries.forget(ObjectId(user_id))


async def _read_summaries(ids: list[ObjectId]) -> dict[ObjectId, _Summary]:
    fields = {"username": 1, "name": 1, "avatar": 1, "private": 1, "followers": 1}
    found = db.users.find({"_id": {"$in": ids}}, fields)
    return {row["_id"]: _Summary(person(row), row["private"], row["followers"]) async for row in found}


def person(row: dict[str, Any]) -> Person:
    """Build a Person from a row of `users`."""
    return Person(
        id=str(row["_id"]),
        username=row["username"],
        name=row["name"],
        avatar=avatar_url(row.get("avatar", "")),
    )


def avatar_url(media_id: str) -> str:
    """Return the URL of a profile photo, or "" for people without one."""
    return routes.media_url(media_id, 320) if media_id else ""


async def record_alerts_seen(user: ObjectId, newest: int) -> bool:
    """Record the number up to which a person has seen their notifications; False when it was already
    recorded.
    """
    done = await db.users.update_one(
        {"_id": user, "alerts_seen": {"$not": {"$gte": newest}}}, {"$set": {"alerts_seen": newest}}
    )
    return bool(done.modified_count)


async def alerts_marker(user: ObjectId) -> Any:
    """Return the number up to which a person has seen their notifications; older versions stored an id."""
    row = await db.row("users", user) or {}
    return row.get("alerts_seen", 0)


async def remove_old_markers() -> None:
    """Remove markers stored as ids, now that notifications are numbered."""
    await db.users.update_many({"alerts_seen": {"$type": "objectId"}}, {"$unset": {"alerts_seen": ""}})


async def revision(user: ObjectId) -> int:
    """Return the revision of a person's account, which grows with every change to their followees."""
    row = await db.row("users", user)
    return row["rev"] if row else 0


async def count(transaction: Transaction, user: ObjectId, **changes: int) -> bool | None:
    """Change a person's counts (posts, followers, following), and return whether their account is private.

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
    """Change the same counts of several people at once, and return the event to announce for each."""
    session = transaction.session
    await db.users.update_many({"_id": {"$in": users}}, {"$inc": {**changes, "rev": 1}}, session=session)
    fields = {"posts": 1, "followers": 1, "following": 1, "rev": 1}
    found = db.users.find({"_id": {"$in": users}}, fields, session=session)
    return {row["_id"]: _counted(row) async for row in found}


async def lock(transaction: Transaction, users: list[ObjectId]) -> None:
    """Make two transactions that depend on how the same people are related exclude each other.

    Neither sees what the other has not committed. Without a row that both write, one could follow somebody
    who is blocking them at the same moment.
    """
    await db.users.update_many({"_id": {"$in": users}}, {"$inc": {"held": 1}}, session=transaction.session)


async def account_changed(event: ProfileEdited | PrivacyChanged) -> None:
    forget(event.user_id)


_summaries = TTLCache(_read_summaries, CACHE_SECONDS)
