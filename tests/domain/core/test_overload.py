"""A process under overload: what has to wait, and what is answered all the same."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from instagram_clone.domain.core import db
from tests.server import PATIENCE_SECONDS


@pytest.fixture
async def one_connection(mongo_uri: str) -> AsyncIterator[None]:
    """A database with a single connection, which is in use for the whole test."""
    await db.connect(mongo_uri, "overload", maxPoolSize=1)
    stream = await db.users.watch(max_await_time_ms=60_000)
    waiter = asyncio.create_task(stream.next())
    yield
    waiter.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await waiter
    await db.close()


async def test_a_database_whose_connections_are_all_in_use_is_still_reachable(one_connection: None) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await db.users.find_one({})
    assert await db.is_reachable(PATIENCE_SECONDS)


async def test_concurrent_transactions_are_limited(mongo_uri: str) -> None:
    await db.connect(mongo_uri, "overload")
    running, max_running, all_running = 0, 0, asyncio.Event()

    async def work(session: db.Session) -> None:
        nonlocal running, max_running
        running += 1
        max_running = max(max_running, running)
        if max_running == db.MAX_TRANSACTIONS:
            all_running.set()
        await all_running.wait()
        await db.users.find_one({}, session=session)
        running -= 1
        raise KeyError

    transactions = [db.transact(work) for _ in range(3 * db.MAX_TRANSACTIONS)]
    errors = await asyncio.gather(*transactions, return_exceptions=True)
    assert all(isinstance(error, KeyError) for error in errors), "every transaction has run"
    assert max_running == db.MAX_TRANSACTIONS
    await db.close()
