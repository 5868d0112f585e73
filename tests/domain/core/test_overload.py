"""A process under overload: what has to wait, and what is answered all the same."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from instagram_clone.domain.core import db
from tests.server import PATIENCE_SECONDS

pytestmark = pytest.mark.anyio


@pytest.fixture
async def one_connection(mongo_uri: str) -> AsyncIterator[None]:
    """A database with a single connection, which is in use for the whole test."""
    await db.connect(mongo_uri, "overload", maxPoolSize=1)
    stream = await db.users.watch(max_await_time_ms=60_000)
    using = asyncio.create_task(stream.next())
    yield
    using.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await using
    await db.close()


async def test_a_database_whose_connections_are_all_in_use_answers(one_connection: None) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await db.users.find_one({})
    assert await db.answers(PATIENCE_SECONDS)


async def test_so_many_transactions_are_under_way_at_a_time(mongo_uri: str) -> None:
    await db.connect(mongo_uri, "overload")
    underway, most, all_at_once = 0, 0, asyncio.Event()

    async def work(session: db.Session) -> None:
        nonlocal underway, most
        underway += 1
        most = max(most, underway)
        if most == db.TRANSACTIONS_AT_ONCE:
            all_at_once.set()
        await all_at_once.wait()
        await db.users.find_one({}, session=session)
        underway -= 1
        raise KeyError

    waiting = [db.transact(work) for _ in range(3 * db.TRANSACTIONS_AT_ONCE)]
    errors = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(error, KeyError) for error in errors), "each has had its turn"
    assert most == db.TRANSACTIONS_AT_ONCE
    await db.close()
