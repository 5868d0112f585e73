"""The last writes of a transaction: all of them or none, and committed before anything is published."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pymongo.errors import BulkWriteError

from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.outbox import Transaction, Write


class TooFew(Exception):
    """A row to be changed does not exist."""


def increment(name: str) -> dict[str, Any]:
    return {"q": {"_id": name}, "u": {"$inc": {"times": 1}}}


async def write(*writes: Write) -> None:
    async def work(transaction: Transaction) -> None:
        transaction.write_last(*writes)

    await outbox.commit_undelivered(work)


async def rows() -> dict[str, int]:
    """Return the rows, and how often each was changed."""
    return {row["_id"]: row["times"] async for row in db.recents.find()}


@pytest.fixture
async def one_row(database: None) -> None:
    """A single row."""
    await db.recents.insert_one({"_id": "one", "times": 0})


async def test_all_writes_are_made(one_row: None) -> None:
    await write(
        Write("recents", [increment("one"), increment("one")], updates=True, too_few=TooFew()),
        Write("recents", [{"_id": "two", "times": 0}]),
    )
    assert await rows() == {"one": 2, "two": 0}


async def test_none_is_made_if_an_index_refuses_a_later_one(one_row: None) -> None:
    with pytest.raises(BulkWriteError):
        await write(
            Write("recents", [increment("one")], updates=True),
            Write("recents", [{"_id": "two", "times": 0}, {"_id": "one", "times": 0}]),
        )
    assert await rows() == {"one": 0}


async def test_none_is_made_if_an_update_matches_too_few_rows(one_row: None) -> None:
    with pytest.raises(TooFew):
        await write(
            Write("recents", [increment("one"), increment("nobody")], updates=True, too_few=TooFew()),
            Write("recents", [{"_id": "two", "times": 0}]),
        )
    assert await rows() == {"one": 0}


async def test_earlier_writes_of_the_transaction_succeed_or_fail_with_them(one_row: None) -> None:
    async def work(transaction: Transaction) -> None:
        await db.recents.insert_one({"_id": "two", "times": 0}, session=transaction.session)
        transaction.write_last(Write("recents", [increment(target)], updates=True, too_few=TooFew()))

    target = "nobody"
    with pytest.raises(TooFew):
        await outbox.commit_undelivered(work)
    assert await rows() == {"one": 0}
    target = "one"
    await outbox.commit_undelivered(work)
    assert await rows() == {"one": 1, "two": 0}


async def test_conflicting_transactions_all_succeed(one_row: None) -> None:
    count = 12
    await asyncio.gather(
        *(
            write(
                Write("recents", [increment("one")], updates=True, too_few=TooFew()),
                Write("recents", [{"_id": f"more {number}", "times": 0}]),
            )
            for number in range(count)
        )
    )
    found = await rows()
    assert found["one"] == count and len(found) == count + 1
