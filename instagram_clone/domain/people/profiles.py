"""Profiles: what people write about themselves, and their photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from instagram_clone.domain.core import db, outbox, rate_limits
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts, validation
from instagram_clone.domain.people.events import ProfileEdited


@dataclass(frozen=True)
class Profile:
    """A person's profile. `rev` is the revision of the counts, see core/events.py."""

    id: str
    username: str
    name: str
    bio: str
    website: str
    avatar: str
    posts: int
    followers: int
    following: int
    rev: int
    private: bool = False


async def profile(username: str) -> Profile:
    """Return a profile by username, ignoring case. Raises NotFound."""
    row = await db.users.find_one({"username_key": username.casefold()}, {"password": 0})
    if row is None:
        raise NotFound
    return _profile(row)


async def own_profile(viewer: Viewer) -> Profile:
    """Return the viewer's own profile. Raises NotFound when the account is gone."""
    row = await db.row("users", viewer.oid)
    if row is None:
        raise NotFound
    return _profile(row)


async def edit_profile(viewer: Viewer, name: str, username: str, bio: str, website: str) -> Profile:
    """Change the viewer's profile. Publishes ProfileEdited.

    Raises Invalid with the field's name, and TooMany.
    """
    bio, name = validation.check_bio(bio), validation.check_name(name)
    website = validation.check_website(website)
    # This reveals which usernames are taken, too.
    await rate_limits.take("profile", viewer.id)
    change = {
        "name": name,
        "username": validation.check_username(username),
        "username_key": username.casefold(),
        "bio": bio,
        "website": website,
    }

    async def work(transaction: Transaction) -> dict[str, Any]:
        row = await db.users.find_one_and_update(
            {"_id": viewer.oid},
            {"$set": change},
            return_document=ReturnDocument.AFTER,
            session=transaction.session,
        )
        if row is None:
            raise NotFound
        transaction.announce(ProfileEdited(viewer.id, username))
        return row

    try:
        return _profile(await outbox.commit(work))
    except DuplicateKeyError:
        raise await accounts.username_taken_error(username) from None


async def set_avatar(transaction: Transaction, viewer: Viewer, media_id: str) -> str:
    """Make one of the viewer's photos their profile photo; returns the id of the one it replaces.

    Announces ProfileEdited. Raises NotFound when the account is gone.
    """
    row = await db.users.find_one_and_update(
        {"_id": viewer.oid}, {"$set": {"avatar": media_id}}, session=transaction.session
    )
    if row is None:
        raise NotFound
    transaction.announce(ProfileEdited(viewer.id, row["username"]))
    return row.get("avatar", "")


async def has_avatar(user: ObjectId, media_id: str) -> bool:
    """Return whether a photo is a person's profile photo."""
    return await db.users.find_one({"_id": user, "avatar": media_id}, {"_id": 1}) is not None


def _profile(row: dict[str, Any]) -> Profile:
    return Profile(
        id=str(row["_id"]),
        username=row["username"],
        name=row["name"],
        bio=row["bio"],
        website=row["website"],
        avatar=accounts.avatar_url(row["avatar"]),
        posts=row["posts"],
        followers=row["followers"],
        following=row["following"],
        rev=row["rev"],
        private=row["private"],
    )
