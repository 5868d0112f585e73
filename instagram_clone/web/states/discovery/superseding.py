"""What a tab asks for again and again as somebody types: one at a time, and the latest only."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Answer = TypeVar("Answer")

_running: dict[str, asyncio.Task[object]] = {}


async def one_at_a_time(token: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """Ask once what the tab asked before is answered; superseded while it waits, a handler never asks.

    What has begun is let finish, and its answer dropped: cancelled in the middle of a command, the driver
    would close its connection, which costs more than most answers. For handlers that supersede themselves.
    """
    while before := _running.get(token):
        await asyncio.wait([before])
    task = _running[token] = asyncio.create_task(_awaited(ask))
    task.add_done_callback(lambda _: _running.pop(token))
    return await asyncio.shield(task)


async def _awaited(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    return await ask()
