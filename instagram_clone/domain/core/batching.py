"""Batches concurrent calls into one piece of work; no caller gets a result before that is done.

Works like group commit in a database: while a key's batch is in progress, and for a `pause` afterwards, new
callers wait and go into the next batch. A single caller never waits; under load the cost is shared.

Concurrent callers arrive one after another, each in its own turn of the event loop, and a fast database has
answered the first before the next one arrives. A batch that `gathers` waits for those turns to pass.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Item = TypeVar("Item")
Result = TypeVar("Result")

IDLE_TURNS = 4
GATHER_SECONDS = 0.01
"""A gathering batch starts once IDLE_TURNS turns of the event loop have brought no new caller, or after
GATHER_SECONDS. An otherwise idle process gets through those turns in about ten microseconds.
"""


class Batcher(Generic[Key, Item, Result]):
    """Calls `work` with a key and all items waiting for it; `work` returns one result per item, in order.

    An exception among the results is raised to its own caller; one that `work` raises, to all callers.
    """

    def __init__(
        self,
        work: Callable[[Key, list[Item]], Awaitable[list[Result | Exception]]],
        pause: float = 0,
        gathers: bool = False,
    ) -> None:
        self._work = work
        self._pause = pause
        self._gathers = gathers
        self._waiting: dict[Key, list[tuple[Item, asyncio.Future[Result]]]] = defaultdict(list)
        self._running: dict[Key, asyncio.Task[None]] = {}

    async def submit(self, key: Key, item: Item) -> Result:
        """Process an item in a batch with the others that are waiting, and return its own result."""
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting[key].append((item, done))
        if key not in self._running:
            # In a task of its own, so that cancelling the first caller doesn't cancel the others.
            self._running[key] = asyncio.create_task(self._run(key))
        return await done

    async def _run(self, key: Key) -> None:
        try:
            while waiting := self._waiting.get(key):
                if self._gathers:
                    await _gather(waiting)
                batch = self._waiting.pop(key)
                try:
                    results = await self._work(key, [item for item, _ in batch])
                except Exception as error:
                    results = [error] * len(batch)
                for (_, done), result in zip(batch, results, strict=True):
                    if done.done():
                        continue
                    if isinstance(result, Exception):
                        done.set_exception(result)
                    else:
                        done.set_result(result)
                if self._pause:
                    await asyncio.sleep(self._pause)
        finally:
            del self._running[key]


async def _gather(waiting: list[Any]) -> None:
    loop = asyncio.get_running_loop()
    deadline, count, idle = loop.time() + GATHER_SECONDS, len(waiting), 0
    while idle < IDLE_TURNS and loop.time() < deadline:
        await asyncio.sleep(0)
        idle = idle + 1 if len(waiting) == count else 0
        count = len(waiting)
