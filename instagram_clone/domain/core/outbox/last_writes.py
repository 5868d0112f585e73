"""The writes that a transaction ends with, which are sent together and committed at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pymongo.errors import BulkWriteError

from instagram_clone.domain.core import db
from instagram_clone.domain.core.db import Session
from instagram_clone.domain.core.driver import adapter


@dataclass(frozen=True)
class Write:
    """Rows to insert into a collection, or `updates` of it as MongoDB's command takes them.

    `too_few` is raised where those find fewer rows than there are of them.
    """

    collection: str
    what: list[dict[str, Any]]
    updates: bool = False
    too_few: Exception | None = None

    def command(self) -> dict[str, Any]:
        """Return this as a command of MongoDB's, which ends with the first row that fails."""
        if self.updates:
            return {"update": self.collection, "updates": self.what}
        return {"insert": self.collection, "documents": self.what}


async def finish(session: Session, writes: list[Write]) -> None:
    """Make the last writes of a transaction and commit it.

    Raises BulkWriteError where an index refuses a row, and what a write says of too few.
    """

    def check(answers: list[dict[str, Any]]) -> None:
        for write, answer in zip(writes, answers, strict=True):
            if "writeErrors" in answer:
                raise BulkWriteError(answer)
            if write.too_few is not None and answer["n"] < len(write.what):
                raise write.too_few

    commands = [write.command() for write in writes]
    await adapter.finish_together(session, db.outbox.database.name, commands, check)
