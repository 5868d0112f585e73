"""People's choices: whose actions they are notified of, what others may learn, and who sees their posts."""

from __future__ import annotations

from typing import Any

from bson import ObjectId

from instagram_clone.domain.core import db, outbox, rate_limits
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.core.errors import Invalid
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.events import PrivacyChanged

ALERT_KINDS = ("like", "comment_like", "comment", "reply", "mention", "follow")
ALERT_RULES = ("everyone", "following", "off")
PREFERENCES = ("show_active", "read_receipts")


async def alert_rules(user: ObjectId) -> dict[str, str]:
    """Return whose actions a person is notified of, by kind: everyone, following or off."""
    row = await db.users.find_one({"_id": user}, {"alert_rules": 1}) or {}
    return dict.fromkeys(ALERT_KINDS, "everyone") | row.get("alert_rules", {})


async def set_alert_rule(viewer: Viewer, kind: str, rule: str) -> None:
    """Choose whose actions of a kind to be notified of. Raises Invalid."""
    if kind not in ALERT_KINDS or rule not in ALERT_RULES:
        raise Invalid("That is not a valid choice.")
    await db.users.update_one({"_id": viewer.oid}, {"$set": {f"alert_rules.{kind}": rule}})


async def of(users: list[ObjectId]) -> dict[ObjectId, dict[str, bool]]:
    """Return what people let others know (`PREFERENCES`, on unless switched off), in one batched query."""
    return await _preferences_batcher.submit("", users)


async def _read_preferences(
    _: str, asked: list[list[ObjectId]]
) -> list[dict[ObjectId, dict[str, bool]] | Exception]:
    everybody = list({user for users in asked for user in users})
    found = db.users.find({"_id": {"$in": everybody}}, {"preferences": 1})
    default = dict.fromkeys(PREFERENCES, True)
    chosen = {row["_id"]: default | row.get("preferences", {}) async for row in found}
    return [{user: chosen[user] for user in users if user in chosen} for users in asked]


_preferences_batcher: Batcher[str, list[ObjectId], dict[ObjectId, dict[str, bool]]] = Batcher(
    _read_preferences, gathers=True
)


def hides(name: str) -> dict[str, Any]:
    """Return an expression for whether a row of `users` has a preference switched off."""
    return {"$eq": [f"$preferences.{name}", False]}


async def set_preference(viewer: Viewer, name: str, on: bool) -> None:
    """Switch one of the viewer's preferences on or off. Raises Invalid."""
    if name not in PREFERENCES:
        raise Invalid("That is not a valid choice.")
    await db.users.update_one({"_id": viewer.oid}, {"$set": {f"preferences.{name}": on}})


async def set_private(viewer: Viewer, private: bool) -> None:
    """Make the viewer's posts visible only to followers, or to everybody. Idempotent. Publishes
    PrivacyChanged. Raises TooMany.
    """
    await rate_limits.take("privacy", viewer.id)

    async def work(transaction: Transaction) -> None:
        done = await db.users.update_one(
            {"_id": viewer.oid, "private": {"$ne": private}},
            {"$set": {"private": private}},
            session=transaction.session,
        )
        if done.modified_count:
            transaction.announce(PrivacyChanged(viewer.id, private))

    await outbox.commit(work)


async def is_private(user: ObjectId) -> bool:
    """Return whether an account is private right now, without any cache."""
    row = await db.users.find_one({"_id": user}, {"private": 1})
    return row is not None and row["private"]
