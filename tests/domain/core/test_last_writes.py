"""The last writes of a transaction: all of them or none, and committed before anything is published."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pymongo.errors import BulkWriteError

from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.outbox import Transaction, Write

pytestmark = pytest.mark.anyio


class TooFew(Exception):
    """A row to be changed does not exist."""


def named(name: str) -> dict[str, Any]:
    return {"q": {"_id": name}, "u": {"$inc": {"times": 1}}}


async def write(*writes: Write) -> None:
    async def work(transaction: Transaction) -> None:
        transaction.write_last(*writes)

    await outbox.written(work)


async def rows() -> dict[str, int]:
    """Return the rows, and how often each was changed."""
    return {row["_id"]: row["times"] async for row in db.recents.find()}


@pytest.fixture
async def one(database: None) -> None:
    """A single row."""
    await db.recents.insert_one({"_id": "one", "times": 0})


async def test_all_of_them_are_made(one: None) -> None:
    await write(
        Write("recents", [named("one"), named("one")], updates=True, too_few=TooFew()),
        Write("recents", [{"_id": "two", "times": 0}]),
    )
    assert await rows() == {"one": 2, "two": 0}


async def test_none_is_made_where_an_index_refuses_a_later_one(one: None) -> None:
    with pytest.raises(BulkWriteError):
        await write(
            Write("recents", [named("one")], updates=True),
            Write("recents", [{"_id": "two", "times": 0}, {"_id": "one", "times": 0}]),
        )
    assert await rows() == {"one": 0}


async def test_none_is_made_where_an_update_finds_too_few(one: None) -> None:
    with pytest.raises(TooFew):
        await write(
            Write("recents", [named("one"), named("nobody")], updates=True, too_few=TooFew()),
            Write("recents", [{"_id": "two", "times": 0}]),
        )
    assert await rows() == {"one": 0}


async def test_what_came_before_them_in_the_transaction_is_made_or_not_with_them(one: None) -> None:
    async def work(transaction: Transaction) -> None:
        await db.recents.insert_one({"_id": "two", "times": 0}, session=transaction.session)
        transaction.write_last(Write("recents", [named(whom)], updates=True, too_few=TooFew()))

    whom = "nobody"
    with pytest.raises(TooFew):
        await outbox.written(work)
    assert await rows() == {"one": 0}
    whom = "one"
    await outbox.written(work)
    assert await rows() == {"one": 1, "two": 0}


async def test_those_that_are_in_each_others_way_are_all_made(one: None) -> None:
    many = 12
    await asyncio.gather(
        *(
            write(
                Write("recents", [named("one")], updates=True, too_few=TooFew()),
                Write("recents", [{"_id": f"more {number}", "times": 0}]),
            )
            for number in range(many)
        )
    )
    found = await rows()
    assert found["one"] == many and len(found) == many + 1
