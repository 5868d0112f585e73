"""Checks whether the counts on people's profiles match the rows, and corrects them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bson import ObjectId

from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.db import Session
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.people import accounts

Number = Callable[[ObjectId, Session], Awaitable[int]]

_numbers: dict[str, Number] = {}


def register_source(name: str, number: Number) -> None:
    """Register a coroutine function that counts what another area stores for a person."""
    _numbers[name] = number


async def recount(user: ObjectId) -> dict[str, int]:
    """Set a person's counts to what the rows say; returns by how much each was wrong.

    Safe at any time: every change of a count also writes its row in the same transaction.
    """

    async def work(transaction: Transaction) -> dict[str, int]:
        session = transaction.session
        row = await db.users.find_one({"_id": user}, session=session)
        if row is None:
            return {}
        real = {
            **{name: await number(user, session) for name, number in _numbers.items()},
            "followers": await db.follows.count_documents({"followee": user}, session=session),
            "following": await db.follows.count_documents({"follower": user}, session=session),
        }
        wrong = {name: number - row[name] for name, number in real.items() if number != row[name]}
        if wrong:
            await accounts.count(transaction, user, **wrong)
        return wrong

    return await outbox.commit(work)


async def repair() -> dict[str, int]:
    """Recount everybody; returns how many people had wrong counts."""
    wrong = [bool(await recount(one)) for one in await db.all_ids("users")]
    return {"people with wrong counts": sum(wrong)}
