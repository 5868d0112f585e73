"""Conversations as this process last read or wrote them: a bounded cache that is never authoritative.

Another process may have changed a conversation since, so any write that relies on a cached row must check
that it is still current (`arrivals`): a stale row costs a second attempt and nothing else. Only what
sending relies on is kept current: the last number, the members' folders, who has muted it, and how far each
has read. A block is noticed only by the write's check.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from bson import ObjectId

from instagram_clone.domain.messaging.events import ConversationChanged, ConversationRead, MessageSent

MAX_ROWS = 5_000

_rows: OrderedDict[ObjectId, dict[str, Any]] = OrderedDict()


def get(conversation: ObjectId) -> dict[str, Any] | None:
    """Return a row of `conversations`, which the caller must not change, or None."""
    return _rows.get(conversation)


def unchanged_condition(row: dict[str, Any]) -> dict[str, Any]:
    """Return a query condition: who may write, and who receives messages, is still as cached."""
    query: dict[str, Any] = {"blocked_by.0": {"$exists": bool(row.get("blocked_by"))}}
    # Members keep their places in the list.
    for at, one in enumerate(row["members"]):
        query[f"members.{at}.folder"] = one["folder"]
        query[f"members.{at}.muted"] = one["muted"]
    return query


def put(row: dict[str, Any]) -> None:
    """Cache a row, replacing any earlier version of it."""
    _rows[row["_id"]] = row
    _rows.move_to_end(row["_id"])
    if len(_rows) > MAX_ROWS:
        _rows.popitem(last=False)


def record_read(conversation: ObjectId, user: ObjectId, seq: int) -> None:
    """Record the last message a member has read, if the conversation is cached."""
    row = _rows.get(conversation)
    if row is not None:
        members = [
            one | {"seen": max(one["seen"], seq)} if one["user"] == user else one for one in row["members"]
        ]
        _rows[conversation] = row | {"members": members}


def forget(conversation: ObjectId) -> None:
    """Evict a conversation, so that it is read again when it is next needed."""
    _rows.pop(conversation, None)


async def message_sent(event: MessageSent) -> None:
    """Evict a conversation to which another process has added a message."""
    row = _rows.get(ObjectId(event.conversation_id))
    if row is not None and row["last"] < event.seq:
        forget(row["_id"])


async def conversation_read(event: ConversationRead) -> None:
    """Record what a member has read, here or in another process."""
    record_read(ObjectId(event.conversation_id), ObjectId(event.user_id), event.seq)


async def conversation_changed(event: ConversationChanged) -> None:
    """Evict a conversation whose members, name or folders have changed, here or in another process."""
    forget(ObjectId(event.conversation_id))
