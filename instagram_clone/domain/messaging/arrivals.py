"""The changes that a new message makes to its conversation. Only `sending` uses this, for every message.

A conversation in `conversation_cache` is not read again: the command that writes it checks that everything
the decision was based on still holds.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.outbox import Transaction, Write
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import conversation_cache
from instagram_clone.domain.messaging.permissions import INBOX, require_member, unread_for

Row = dict[str, Any]

PRECISION = timedelta(seconds=1)
"""How precisely a conversation stores the time of its last message. Inboxes are sorted by it, so each
change removes and inserts one index entry per member, which is a third of the cost of the write.
"""


class Outdated(Exception):
    """The cached conversation is stale, so nothing that was decided from it may be written."""


class Arrivals:
    """The changes that a transaction's messages make to their conversations, written in one command."""

    def __init__(self, transaction: Transaction, rows: dict[ObjectId, Row], *, fresh: bool) -> None:
        self._transaction = transaction
        self._before, self._rows = rows, dict(rows)
        self._fresh = fresh
        self._updates: list[Row] = []

    @classmethod
    async def load(cls, transaction: Transaction, ids: set[ObjectId], *, reread: bool) -> Arrivals:
        """Use the cached conversations; read all of them if one is not cached, or with `reread`."""
        cached: dict[ObjectId, dict[str, Any]] = {}
        if not reread:
            cached = {one: row for one in ids if (row := conversation_cache.get(one)) is not None}
        if len(cached) == len(ids):
            return cls(transaction, cached, fresh=False)
        found = db.conversations.find({"_id": {"$in": list(ids)}}, session=transaction.session)
        return cls(transaction, {row["_id"]: row async for row in found}, fresh=True)

    def row(self, viewer: Viewer, conversation: ObjectId) -> Row:
        """Return a conversation the viewer is in, including the messages added so far. Raises NotFound."""
        return require_member(viewer, self._rows.get(conversation))

    def add(self, author: ObjectId, conversation: ObjectId, at: datetime) -> tuple[Row, int]:
        """Add a message: the conversation moves up the inbox and becomes unread for `unread_for`.

        Writing a message marks all earlier ones as read by its author. Returns the conversation with the
        message's number as `last`, and the number up to which the author's receipt has advanced, or 0 if it
        has not.
        """
        row = self._rows[conversation]
        seq, last_before = row["last"] + 1, self._before[conversation]["last"]
        index = next(at for at, one in enumerate(row["members"]) if one["user"] == author)
        mine = row["members"][index]
        read = last_before if mine["folder"] == INBOX and mine["seen"] < last_before else 0
        change: Row = {"folder": INBOX, "seen": seq} | ({"seen_at": at} if read else {})
        members = row["members"].copy()
        members[index] = {**mine, **change}
        new_time: Row = {"at": at} if at - row["at"] >= PRECISION else {}
        after = self._rows[conversation] = {**row, "last": seq, "members": members, **new_time}
        query: Row = {"_id": conversation}
        if not self._fresh:
            query |= _unchanged_condition(row, index, last_before)
        self._updates.append(_update(query, after, index, change, new_time))
        return after, read

    def write_last(self) -> None:
        """Write all changes at the end of the transaction, which raises Outdated if a row was stale."""
        self._transaction.write_last(
            Write("conversations", self._updates, updates=True, too_few=Outdated())
        )

    def cache(self) -> None:
        """Cache the conversations as committed."""
        for row in self._rows.values():
            conversation_cache.put(row)


def _unchanged_condition(row: Row, index: int, last_before: int) -> Row:
    """Return the condition for writing a conversation: what the decision was based on, and no more.

    Only the author's receipt is checked, at `index`: other members may read on in the meantime.
    """
    seen = row["members"][index]["seen"]
    query = conversation_cache.unchanged_condition(row) | {"last": row["last"]}
    query[f"members.{index}.seen"] = {"$lt" if seen < last_before else "$gte": last_before}
    return query


def _update(query: Row, row: Row, index: int, author_change: Row, new_time: Row) -> Row:
    """Return the update statement for a conversation, which addresses members by index."""
    members, author = row["members"], row["members"][index]["user"]
    # Nobody else has unread messages: the author has read them all, and nothing is unread in other folders
    # than the inbox, or while muted.
    change: Row = {"last": row["last"], "unread": unread_for(row, author)}
    change |= {f"members.{at}.hidden": False for at in range(len(members))}
    for name, value in author_change.items():
        change[f"members.{index}.{name}"] = value
    # The cached time may be earlier than the stored one: never move it back.
    newest: Row = {"$max": new_time} if new_time else {}
    return {"q": query, "u": {"$set": change, **newest}}
