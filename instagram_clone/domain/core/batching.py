"""Batching what comes at the same time: one write for all, and no caller is answered before it is done.

As databases commit in groups: while a batch of a key is being written, and for a `pause` after, who comes
waits, and is in the next batch. A single caller never waits; under load the cost is shared.

People who ask at once do so one after another, each in a turn of the loop, and a database that is quicker
than that has answered the first before the next is heard. A batch that `gathers` lets those turns pass.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Item = TypeVar("Item")
Result = TypeVar("Result")

QUIET_TURNS = 4
GATHER_SECONDS = 0.01
"""A batch that gathers begins when so many turns of the loop have brought nobody, or after so long: a
process that has nothing else to do is through with them in some ten microseconds.
"""


class Batcher(Generic[Key, Item, Result]):
    """Calls `work` with a key and all items that have come for it; it returns a result for each, in order.

    A result that is an exception is raised to whom it belongs; one that `work` raises, to all.
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

    async def do(self, key: Key, item: Item) -> Result:
        """Have an item worked on with the others that have come, and return its own result."""
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting[key].append((item, done))
        if key not in self._running:
            # A task of its own: who came first may go away, and the others must not.
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
    until, known, quiet = loop.time() + GATHER_SECONDS, len(waiting), 0
    while quiet < QUIET_TURNS and loop.time() < until:
        await asyncio.sleep(0)
        quiet = quiet + 1 if len(waiting) == known else 0
        known = len(waiting)
