"""The final writes of a transaction, which are sent together and committed right away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pymongo.errors import BulkWriteError

from instagram_clone.domain.core import db
from instagram_clone.domain.core.db import Session
from instagram_clone.domain.core.driver import adapter


@dataclass(frozen=True)
class Write:
    """Rows to insert into a collection, or `updates` to it in the form MongoDB's command takes.

    `too_few` is raised if the updates match fewer rows than there are updates.
    """

    collection: str
    documents: list[dict[str, Any]]
    updates: bool = False
    too_few: Exception | None = None

    def command(self) -> dict[str, Any]:
        """Return this as a MongoDB command, which stops at the first row that fails."""
        if self.updates:
            return {"update": self.collection, "updates": self.documents}
        return {"insert": self.collection, "documents": self.documents}


async def finish(session: Session, writes: list[Write]) -> None:
    """Perform the final writes of a transaction and commit it.

    Raises BulkWriteError if an index refuses a row, and a write's `too_few` as described there.
    """

    def check(replies: list[dict[str, Any]]) -> None:
        for write, reply in zip(writes, replies, strict=True):
            if "writeErrors" in reply:
                raise BulkWriteError(reply)
            if write.too_few is not None and reply["n"] < len(write.documents):
                raise write.too_few

    commands = [write.command() for write in writes]
    await adapter.finish_pipelined(session, db.outbox.database.name, commands, check)
