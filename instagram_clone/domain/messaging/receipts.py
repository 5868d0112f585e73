"""Read receipts: how far each member has read, and which members may know that of each other.

In `conversations` it writes what each member has seen, and removes members from `unread`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import conversation_cache, conversations
from instagram_clone.domain.messaging.events import ConversationRead
from instagram_clone.domain.messaging.permissions import INBOX, member_of
from instagram_clone.domain.people import presence, visibility


async def audience(viewer: Viewer, row: dict[str, Any]) -> tuple[str, ...]:
    """Return the members who may see the viewer's typing and receipts, and whose the viewer may see.
    Excludes anyone on either side of an open request or a block.
    """
    if member_of(row, viewer.oid)["folder"] != INBOX or row.get("blocked_by"):
        return ()
    members = [member["user"] for member in row["members"]]
    hidden = {viewer.oid, *await visibility.blocked_either_way(viewer, members)}
    others = (member for member in row["members"] if member["user"] not in hidden)
    return tuple(str(member["user"]) for member in others if member["folder"] == INBOX)


async def mark_read(viewer: Viewer, conversation_id: str, seq: int) -> None:
    """Record the last message the viewer has read. Publishes ConversationRead if that changes anything."""
    cached = conversation_cache.get(db.oid(conversation_id))
    if (
        cached
        and _is_newer(viewer, cached, seq)
        and await _record_read(viewer, cached, seq, conversation_cache.unchanged_condition(cached))
    ):
        return
    row = await conversations.access(viewer, conversation_id)
    if member_of(row, viewer.oid)["folder"] == INBOX:
        await _record_read(viewer, row, min(seq, row["last"]), {})


def _is_newer(viewer: Viewer, row: dict[str, Any], seq: int) -> bool:
    mine = [one for one in row["members"] if one["user"] == viewer.oid and one["folder"] == INBOX]
    return bool(mine) and mine[0]["seen"] < seq <= row["last"]


async def _record_read(viewer: Viewer, row: dict[str, Any], seq: int, condition: dict[str, Any]) -> bool:
    now = datetime.now(UTC)
    seen = {"seen": {"$max": ["$$one.seen", seq]}, "seen_at": now}
    members = conversations.members_with(viewer.oid, seen)
    would_change = [
        {"members": {"$elemMatch": {"user": viewer.oid, "seen": {"$lt": seq}}}},
        {"unread": viewer.oid, "last": {"$lte": seq}},
    ]
    done = await db.conversations.update_one(
        {"_id": row["_id"], "$or": would_change, **condition},
        [{"$set": {"unread": unread_after_reading(viewer.oid, seq), "members": members}}],
    )
    if done.modified_count:
        conversation_cache.record_read(row["_id"], viewer.oid, seq)
        await announce_read(viewer, row, seq, now)
    return bool(done.modified_count)


async def announce_read(viewer: Viewer, row: dict[str, Any], seq: int, at: datetime) -> None:
    """Publish ConversationRead: how far the viewer has read, shown to the members who may know it."""
    others = [ObjectId(one) for one in await audience(viewer, row)]
    mutual = await presence.mutually_enabled(viewer.oid, others, "read_receipts")
    shown = tuple(str(one) for one in mutual)
    await events.publish(ConversationRead(str(row["_id"]), viewer.id, seq, at.isoformat(), shown))


def unread_after_reading(user: ObjectId, seq: int) -> dict[str, Any]:
    """Return an expression for the new value of `unread` after a user has read up to a number."""
    return {"$cond": [{"$lte": ["$last", seq]}, {"$setDifference": ["$unread", [user]]}, "$unread"]}


async def clear_unread(transaction: Transaction, row: dict[str, Any], seq: int) -> None:
    """Mark a conversation as read for members whose unread messages have all been unsent; `seq` is the
    number of the one unsent just now. The row is locked: no message can arrive before the transaction ends.
    """
    for member in row["members"]:
        if member["seen"] >= seq:
            continue
        query = {"conversation": row["_id"], "seq": {"$gt": member["seen"]}}
        others = {**query, "author": {"$ne": member["user"]}}
        if await db.messages.find_one(others, {"_id": 1}, session=transaction.session) is None:
            await _mark_all_read(transaction, row, member["user"])


async def _mark_all_read(transaction: Transaction, row: dict[str, Any], user: ObjectId) -> None:
    """Mark a conversation as read up to its last number, whose message may have been unsent long ago."""
    await db.conversations.update_one(
        {"_id": row["_id"]},
        {"$max": {"members.$[me].seen": row["last"]}, "$pull": {"unread": user}},
        array_filters=[{"me.user": user}],
        session=transaction.session,
    )
    conversation_cache.forget(row["_id"])
