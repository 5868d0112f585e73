"""Doing in order what was numbered in order, although what leads up to it takes some longer than others."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Generic, TypeVar

Key = TypeVar("Key")


class Turns(Generic[Key]):
    """Queues of a process, one for each key. Whoever leaves one early makes nobody overtake."""

    def __init__(self) -> None:
        self._last: dict[Key, asyncio.Future[None]] = {}

    @contextlib.contextmanager
    def queue(self, key: Key) -> Iterator[Callable[[], Awaitable[None]]]:
        """Stand in the queue of a key while the context lasts; what it gives waits for one's turn."""
        before = self._last.get(key)
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._last[key] = mine

        async def turn() -> None:
            if before is not None:
                await asyncio.wait([before])

        def leave(_: object = None) -> None:
            mine.set_result(None)
            if self._last.get(key) is mine:
                del self._last[key]

        try:
            yield turn
        finally:
            if before is None or before.done():
                leave()
            else:
                before.add_done_callback(leave)
