"""Runs things in the order in which they were queued, even if some take longer to prepare than others."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Generic, TypeVar

Key = TypeVar("Key")


class Turns(Generic[Key]):
    """Queues of a process, one per key. Leaving early doesn't let those behind overtake those ahead."""

    def __init__(self) -> None:
        self._last: dict[Key, asyncio.Future[None]] = {}

    @contextlib.contextmanager
    def queue(self, key: Key) -> Iterator[Callable[[], Awaitable[None]]]:
        """Join a key's queue while the context lasts; yields a function that awaits the caller's turn."""
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
