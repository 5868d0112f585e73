"""Checks whether the counts on people's profiles match the rows, and corrects them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bson import ObjectId

from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.db import Session
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.people import accounts

CountSource = Callable[[ObjectId, Session], Awaitable[int]]

_sources: dict[str, CountSource] = {}


def register_source(name: str, count: CountSource) -> None:
    """Register a coroutine function that counts what another area stores for a person."""
    _sources[name] = count


async def recount(user: ObjectId) -> dict[str, int]:
    """Set a person's counts to what the rows say; returns by how much each was wrong.

    Safe at any time: every change of a count also writes its row in the same transaction.
    """

    async def work(transaction: Transaction) -> dict[str, int]:
        session = transaction.session
        row = await db.users.find_one({"_id": user}, session=session)
        if row is None:
            return {}
        actual = {
            **{name: await count(user, session) for name, count in _sources.items()},
            "followers": await db.follows.count_documents({"followee": user}, session=session),
            "following": await db.follows.count_documents({"follower": user}, session=session),
        }
        differences = {name: count - row[name] for name, count in actual.items() if count != row[name]}
        if differences:
            await accounts.count(transaction, user, **differences)
        return differences

    return await outbox.commit(work)


async def repair() -> dict[str, int]:
    """Recount everybody; returns how many people had wrong counts."""
    wrong = [bool(await recount(user)) for user in await db.all_ids("users")]
    return {"people with wrong counts": sum(wrong)}
