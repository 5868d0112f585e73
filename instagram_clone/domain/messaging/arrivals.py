"""What a message that arrives changes in its conversation. Only `messages` sends, and only through here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne

from instagram_clone.domain.core import db
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging.conversations import INBOX, counted, member_of, of_member

Row = dict[str, Any]


class Arrivals:
    """What a transaction that sends messages changes in their conversations, in one command for all."""

    def __init__(self, transaction: Transaction, rows: dict[ObjectId, Row]) -> None:
        self._transaction = transaction
        self._before, self._rows = rows, dict(rows)
        self._updates: list[UpdateOne] = []

    @classmethod
    async def begin(cls, transaction: Transaction, ids: list[ObjectId]) -> Arrivals:
        """Read conversations as they are now."""
        query = {"_id": {"$in": list(set(ids))}}
        found = db.conversations.find(query, session=transaction.session)
        return cls(transaction, {row["_id"]: row async for row in found})

    def row(self, viewer: Viewer, conversation: ObjectId) -> Row:
        """Return a conversation the viewer is in, with what has arrived so far. Raises NotFound."""
        return of_member(viewer, self._rows.get(conversation))

    def add(self, author: ObjectId, conversation: ObjectId, at: datetime) -> tuple[Row, int]:
        """Let a message arrive: the inbox moves, and it is unread for those whom `counted` names.

        Returns the conversation with the message's number, and the number up to which its author, who
        has read whatever stood there before they wrote, had not been noted to have read; 0 for none.
        """
        row = self._rows[conversation]
        seq, stood = row["last"] + 1, self._before[conversation]["last"]
        mine = member_of(row, author)
        read = stood if mine["folder"] == INBOX and mine["seen"] < stood else 0
        change: Row = {"folder": INBOX, "seen": seq} | ({"seen_at": at} if read else {})
        members = [{**one, **change} if one is mine else one for one in row["members"]]
        after = self._rows[conversation] = {**row, "last": seq, "members": members}
        self._updates.append(UpdateOne({"_id": conversation}, _change(after, author, change, at)))
        return after, read

    async def write(self) -> None:
        """Write everything that has arrived."""
        await db.conversations.bulk_write(self._updates, session=self._transaction.session)


def _change(row: Row, author: ObjectId, of_author: Row, at: datetime) -> list[Row]:
    mine = {"$eq": ["$$one.user", author]}
    member = {"$mergeObjects": ["$$one", {"hidden": False}, {"$cond": [mine, of_author, {}]}]}
    unread = {"$setUnion": [{"$setDifference": ["$unread", [author]]}, counted(row, author)]}
    return [
        {
            "$set": {
                "last": row["last"],
                "at": {"$max": ["$at", at]},
                "unread": unread,
                "members": {"$map": {"input": "$members", "as": "one", "in": member}},
            }
        }
    ]
