"""Conversations: one for each set of people, how it is started, and how it is loaded.

Its row is written here and by `membership`, `receipts` and `arrivals`, each of which writes what its name
says. The row holds everything about its members, up to ten of them: the folder that each keeps it in
(inbox, requests, or neither), how far they have read it, and what they have cleared. Messages are numbered
(`seq`) within their conversation, and all positions are given as these numbers.
"""

from __future__ import annotations

import contextlib
import hashlib
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from instagram_clone.domain.core import db, events, outbox, rate_limits
from instagram_clone.domain.core.errors import DomainError, Invalid, NotFound
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import conversation_cache
from instagram_clone.domain.messaging.events import ConversationChanged
from instagram_clone.domain.messaging.permissions import (
    CANNOT_MESSAGE,
    DECLINED,
    GONE,
    INBOX,
    LEFT,
    REQUEST,
    check_may_send,
    member_of,
    readers,
    require_member,
)
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.relations import blocks, graph
from instagram_clone.domain.people.validation import check_title

MAX_MEMBERS = 10
NAME_LENGTH = 50


async def start(viewer: Viewer, user_ids: list[str], name: str = "") -> str:
    """Return the id of the one conversation with the given people, creating it if necessary.

    People who do not follow the viewer find it among their requests. Raises Invalid for nobody, only the
    viewer, or more than nine others; NotFound for people who are gone or, indistinguishably, have blocked
    the viewer; Refused for people the viewer has blocked; and TooMany.
    """
    others = [one for one in dict.fromkeys(db.oid(user_id) for user_id in user_ids) if one != viewer.oid]
    if not others:
        raise Invalid("Choose someone to message.")
    if len(others) >= MAX_MEMBERS:
        raise Invalid(f"A group can have up to {MAX_MEMBERS} people.")
    if len(await accounts.people(others)) < len(others):
        raise NotFound(blocks.GONE)
    await blocks.check_reachable(viewer, others, refusal=CANNOT_MESSAGE)
    key = _key([viewer.oid, *others])
    existing = await db.conversations.find_one({"key": key}, {"_id": 1})
    if existing is not None:
        await _reopen(viewer, existing["_id"])
        return str(existing["_id"])
    await rate_limits.take("conversation", viewer.id)
    followers = await graph.followers_among(viewer.id, [str(one) for one in others])
    row: dict[str, Any] = {
        "_id": ObjectId(),
        "key": key,
        "starter": viewer.oid,
        "group": len(others) > 1,
        "name": check_name(name) if len(others) > 1 else "",
        "members": [_member(viewer.oid, INBOX)]
        + [_member(one, INBOX if str(one) in followers else REQUEST) for one in others],
        "last": 0,
        "at": datetime.now(UTC),
        "unread": [],
    }

    async def work(transaction: Transaction) -> None:
        if not row["group"]:
            await blocks.check_reachable(viewer, others, CANNOT_MESSAGE, session=transaction.session)
            # A concurrent block either commits first and is seen here, or later and finds this row to mark.
            await accounts.lock(transaction, [viewer.oid, *others])
        await db.conversations.insert_one(row, session=transaction.session)

    try:
        await outbox.commit(work)
    except DuplicateKeyError:
        # Both sides started at the same moment: the unique index decided who was first.
        row = await db.conversations.find_one({"key": key}, {"_id": 1}) or row
        await _reopen(viewer, row["_id"])
    return str(row["_id"])


async def _reopen(viewer: Viewer, conversation: ObjectId) -> None:
    """Put a conversation that the viewer declined back among their requests, now that they ask for it.

    One in which nobody has written yet requests nothing: it moves to their inbox. Publishes
    ConversationChanged.
    """
    row = await db.conversations.find_one({"_id": conversation})
    folder = member_of(row, viewer.oid)["folder"] if row is not None else INBOX
    if row is not None and row["last"] == 0 and folder in (REQUEST, DECLINED):
        # A first message may arrive at this moment: it is a request.
        await change(viewer, row, {"folder": {"$cond": [{"$eq": ["$last", 0]}, INBOX, REQUEST]}})
        await events.publish(ConversationChanged(str(conversation), readers(row)))
    elif row is not None and folder == DECLINED:
        await change(viewer, row, {"folder": REQUEST})


def _member(user: ObjectId, folder: str) -> dict[str, Any]:
    return {
        "user": user,
        "folder": folder,
        "seen": 0,
        "seen_at": None,
        "cleared": 0,
        "hidden": False,
        "muted": False,
    }


def _key(members: list[ObjectId]) -> str:
    return hashlib.sha256("|".join(sorted(str(one) for one in members)).encode()).hexdigest()


def check_name(name: str) -> str:
    """Return the name of a group as it is stored. Raises Invalid."""
    return check_title(name, NAME_LENGTH)


async def access(viewer: Viewer, conversation_id: str) -> dict[str, Any]:
    """Load a conversation the viewer is in. Raises NotFound whether it is missing or someone else's."""
    row = require_member(viewer, await db.row("conversations", db.oid(conversation_id)))
    conversation_cache.put(row)
    return row


async def access_to_send(viewer: Viewer, conversation_id: str) -> dict[str, Any]:
    """Load a conversation to write in, from the cache if that lets the viewer write. Raises NotFound."""
    row = conversation_cache.get(db.oid(conversation_id))
    if row is not None:
        with contextlib.suppress(DomainError):
            check_may_send(viewer, require_member(viewer, row))
            return row
    return await access(viewer, conversation_id)


async def load_locked(transaction: Transaction, conversation: ObjectId) -> dict[str, Any]:
    """Load and lock a conversation: nobody else changes it before the transaction ends. Raises NotFound."""
    return await _lock(transaction, {"_id": conversation})


async def access_locked(transaction: Transaction, viewer: Viewer, conversation: ObjectId) -> dict[str, Any]:
    """Load and lock a conversation the viewer is in, like `load_locked`. Raises NotFound."""
    return await _lock(transaction, _member_query(viewer, conversation))


async def _lock(transaction: Transaction, query: dict[str, Any]) -> dict[str, Any]:
    row = await db.conversations.find_one_and_update(
        query,
        {"$inc": {"held": 1}},
        return_document=ReturnDocument.AFTER,
        session=transaction.session,
    )
    if row is None:
        raise NotFound(GONE)
    return row


def _member_query(viewer: Viewer, conversation: ObjectId) -> dict[str, Any]:
    """Return a query for a conversation the viewer is in, so that nobody else's request can lock it."""
    member = {"user": viewer.oid, "folder": {"$ne": LEFT}}
    return {"_id": conversation, "members": {"$elemMatch": member}}


async def change(viewer: Viewer, row: dict[str, Any], mine: dict[str, Any], **more: Any) -> None:
    """Update the viewer's entry in a conversation and `more` of its fields; values may be expressions."""
    # The write checks membership again, so that someone who was just removed from a group stays out.
    query = _member_query(viewer, row["_id"])
    changed = {"members": members_with(viewer.oid, mine), **more}
    done = await db.conversations.update_one(query, [{"$set": changed}])
    conversation_cache.forget(row["_id"])
    if not done.matched_count:
        raise NotFound(GONE)


def members_with(user: ObjectId, change: dict[str, Any]) -> dict[str, Any]:
    """Return an expression for the members with one user's entry changed."""
    mine = {"$eq": ["$$one.user", user]}
    changed = {"$cond": [mine, {"$mergeObjects": ["$$one", change]}, "$$one"]}
    return {"$map": {"input": "$members", "as": "one", "in": changed}}


async def catch_up(conversation: ObjectId) -> int:
    """Set a conversation's last number to that of its newest message; return by how much it was behind."""
    newest = await db.messages.find_one(
        {"conversation": conversation}, {"seq": 1, "at": 1}, sort=[("seq", -1)]
    )
    if newest is None:
        return 0
    before = await db.conversations.find_one_and_update(
        {"_id": conversation}, {"$max": {"last": newest["seq"], "at": newest["at"]}}
    )
    return max(0, newest["seq"] - before["last"]) if before else 0


async def _record_block(transaction: Transaction, by: ObjectId, other: ObjectId, blocked: bool) -> None:
    """Record a block or its end in the two people's conversation, where sending a message checks it."""
    change = {"$addToSet" if blocked else "$pull": {"blocked_by": by}}
    key = _key([by, other])
    await db.conversations.update_one({"key": key}, change, session=transaction.session)


async def rename_blocks() -> None:
    """Rename the field for blocks in two-person conversations from `shut` to `blocked_by`. Idempotent."""
    old: dict[str, Any] = {"shut": {"$exists": True}}
    await db.conversations.update_many(old, {"$rename": {"shut": "blocked_by"}})


async def repair() -> dict[str, int]:
    """Bring every conversation up to date with its newest message; return how many were behind."""
    behind = [bool(await catch_up(one)) for one in await db.all_ids("conversations")]
    return {"conversations behind their messages": sum(behind)}


blocks.on_block(_record_block)
