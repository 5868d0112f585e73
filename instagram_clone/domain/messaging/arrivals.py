"""What a message that arrives changes in its conversation. Only `sending` sends, and only through here.

A conversation that is `remembered` is not read again: the command that writes it checks that everything
the decision rests on still holds.
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
"""So exactly a conversation says when its last message came. Lists go by that, and each move of it takes an
entry for each member out of their index and puts one in, which is a third of what writing it costs.
"""


class Outdated(Exception):
    """A conversation is no longer as it was remembered, so nothing decided by it may be written."""


class Arrivals:
    """What a transaction that sends messages changes in their conversations, in one command for all."""

    def __init__(self, transaction: Transaction, rows: dict[ObjectId, Row], *, read: bool) -> None:
        self._transaction = transaction
        self._before, self._rows = rows, dict(rows)
        self._read = read
        self._updates: list[Row] = []

    @classmethod
    async def begin(cls, transaction: Transaction, ids: set[ObjectId], *, reread: bool) -> Arrivals:
        """Take conversations as remembered; read them if one is not, or if told to `reread` them."""
        known: dict[ObjectId, dict[str, Any]] = {}
        if not reread:
            known = {one: row for one in ids if (row := remembered.get(one)) is not None}
        if len(known) == len(ids):
            return cls(transaction, known, read=False)
        found = db.conversations.find({"_id": {"$in": list(ids)}}, session=transaction.session)
        return cls(transaction, {row["_id"]: row async for row in found}, read=True)

    def row(self, viewer: Viewer, conversation: ObjectId) -> Row:
        """Return a conversation the viewer is in, with what has arrived so far. Raises NotFound."""
        return of_member(viewer, self._rows.get(conversation))

    def add(self, author: ObjectId, conversation: ObjectId, at: datetime) -> tuple[Row, int]:
        """Let a message arrive: the inbox moves, and it is unread for those whom `unread_for` names.

        Returns the conversation with the message's number, and the number up to which its author, who
        has read whatever stood there before they wrote, had not been noted to have read; 0 for none.
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
        """Have everything that has arrived written at the end of the transaction, which raises Outdated."""
        self._transaction.write_last(
            Write("conversations", self._updates, updates=True, too_few=Outdated())
        )

    def remember(self) -> None:
        """Remember the conversations as they have been committed."""
        for row in self._rows.values():
            remembered.put(row)


def _still(row: Row, place: int, stood: int) -> Row:
    """The condition on which a conversation is written: what the decision rests on, and no more.

    Another member than the author, who is at a place, reading it in the meantime does not count.
    """
    seen = row["members"][place]["seen"]
    query = remembered.still(row) | {"last": row["last"]}
    query[f"members.{place}.seen"] = {"$lt" if seen < stood else "$gte": stood}
    return query


def _changes(query: Row, row: Row, place: int, of_author: Row, moved: Row) -> list[Row]:
    """What writes a conversation, by the places of its members."""
    members, author = row["members"], row["members"][place]["user"]
    told = unread_for(row, author)
    change: Row = {"last": row["last"]} | {f"members.{at}.hidden": False for at in range(len(members))}
    for name, value in of_author.items():
        change[f"members.{place}.{name}"] = value
    # What is remembered is never later than what is stored.
    newest: Row = {"$max": moved} if moved else {}
    if len(told) == sum(one["folder"] != LEFT for one in members) - 1:
        return [{"q": query, "u": {"$set": change | {"unread": told}, **newest}}]
    # To whoever is not told of this message, earlier ones may still be unread.
    told_too = {"$addToSet": {"unread": {"$each": told}}}
    return [
        {"q": query, "u": {"$set": change, **newest, **told_too}},
        {"q": {"_id": row["_id"]}, "u": {"$pull": {"unread": author}}},
    ]
