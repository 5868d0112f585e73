"""Queries that a tab repeats as somebody types: one at a time, and only the latest."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Result = TypeVar("Result")

_running: dict[str, asyncio.Task[object]] = {}


async def one_at_a_time(token: str, query: Callable[[], Awaitable[Result]]) -> Result:
    """Run a query once the tab's previous one has finished, unless the handler is superseded before that.

    A query that has started is allowed to finish, and its result is dropped: cancelled in the middle of a
    command, the driver would close its connection, which costs more than most queries. For handlers that
    supersede themselves.
    """
    while previous := _running.get(token):
        await asyncio.wait([previous])
    task = _running[token] = asyncio.create_task(_run(query))
    task.add_done_callback(lambda _: _running.pop(token))
    return await asyncio.shield(task)


async def _run(query: Callable[[], Awaitable[Result]]) -> Result:
    return await query()
