"""The changes that a new message makes to its conversation. Only `sending` uses this, for every message.

A cached conversation (`remembered`) is not read again: the command that writes it checks that everything
the decision was based on still holds.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.outbox import Transaction, Write
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import remembered
from instagram_clone.domain.messaging.permissions import INBOX, LEFT, of_member, unread_for

Row = dict[str, Any]

PRECISION = timedelta(seconds=1)
"""How precisely a conversation stores the time of its last message. Inboxes are sorted by it, so each
change removes and inserts one index entry per member, which is a third of the cost of the write.
"""


class Outdated(Exception):
    """The cached conversation is stale, so nothing that was decided from it may be written."""


class Arrivals:
    """The changes that a transaction's messages make to their conversations, written in one command."""

    def __init__(self, transaction: Transaction, rows: dict[ObjectId, Row], *, read: bool) -> None:
        self._transaction = transaction
        self._before, self._rows = rows, dict(rows)
        self._read = read
        self._updates: list[Row] = []

    @classmethod
    async def begin(cls, transaction: Transaction, ids: set[ObjectId], *, reread: bool) -> Arrivals:
        """Use the cached conversations; read all of them if one is not cached, or with `reread`."""
        known: dict[ObjectId, dict[str, Any]] = {}
        if not reread:
            known = {one: row for one in ids if (row := remembered.get(one)) is not None}
        if len(known) == len(ids):
            return cls(transaction, known, read=False)
        found = db.conversations.find({"_id": {"$in": list(ids)}}, session=transaction.session)
        return cls(transaction, {row["_id"]: row async for row in found}, read=True)

    def row(self, viewer: Viewer, conversation: ObjectId) -> Row:
        """Return a conversation the viewer is in, including the messages added so far. Raises NotFound."""
        return of_member(viewer, self._rows.get(conversation))

    def add(self, author: ObjectId, conversation: ObjectId, at: datetime) -> tuple[Row, int]:
        """Add a message: the conversation moves up the inbox and becomes unread for `unread_for`.

        Writing a message marks all earlier ones as read by its author. Returns the conversation with the
        message's number as `last`, and the number up to which the author's receipt has advanced, or 0 if it
        has not.
        """
        row = self._rows[conversation]
        seq, stood = row["last"] + 1, self._before[conversation]["last"]
        place = next(at for at, one in enumerate(row["members"]) if one["user"] == author)
        mine = row["members"][place]
        read = stood if mine["folder"] == INBOX and mine["seen"] < stood else 0
        change: Row = {"folder": INBOX, "seen": seq} | ({"seen_at": at} if read else {})
        members = row["members"].copy()
        members[place] = {**mine, **change}
        moved: Row = {"at": at} if at - row["at"] >= PRECISION else {}
        after = self._rows[conversation] = {**row, "last": seq, "members": members, **moved}
        query: Row = {"_id": conversation}
        if not self._read:
            query |= _still(row, place, stood)
        self._updates += _changes(query, after, place, change, moved)
        return after, read

    def write_last(self) -> None:
        """Write all changes at the end of the transaction, which raises Outdated if a row was stale."""
        self._transaction.write_last(
            Write("conversations", self._updates, updates=True, too_few=Outdated())
        )

    def remember(self) -> None:
        """Cache the conversations as committed."""
        for row in self._rows.values():
            remembered.put(row)


def _still(row: Row, place: int, stood: int) -> Row:
    """Return the condition for writing a conversation: what the decision was based on, and no more.

    Only the author's receipt is checked, at index `place`: other members may read on in the meantime.
    """
    seen = row["members"][place]["seen"]
    query = remembered.still(row) | {"last": row["last"]}
    query[f"members.{place}.seen"] = {"$lt" if seen < stood else "$gte": stood}
    return query


def _changes(query: Row, row: Row, place: int, of_author: Row, moved: Row) -> list[Row]:
    """Return the update statements for a conversation, which address members by index."""
    members, author = row["members"], row["members"][place]["user"]
    told = unread_for(row, author)
    change: Row = {"last": row["last"]} | {f"members.{at}.hidden": False for at in range(len(members))}
    for name, value in of_author.items():
        change[f"members.{place}.{name}"] = value
    # The cached time may be earlier than the stored one: never move it back.
    newest: Row = {"$max": moved} if moved else {}
    if len(told) == sum(one["folder"] != LEFT for one in members) - 1:
        return [{"q": query, "u": {"$set": change | {"unread": told}, **newest}}]
    # Members for whom this message does not count as unread may still have earlier unread ones.
    told_too = {"$addToSet": {"unread": {"$each": told}}}
    return [
        {"q": query, "u": {"$set": change, **newest, **told_too}},
        {"q": {"_id": row["_id"]}, "u": {"$pull": {"unread": author}}},
    ]
