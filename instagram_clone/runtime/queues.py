"""A queue that takes next to nothing while it is empty, as those of open sockets nearly always are.

asyncio's has four deques, 3 KB; a socket has two of them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any


class Queue:
    """What uvicorn and engine.io use of asyncio's: without a bound, and taken from by one task."""

    __slots__ = ("_done", "_items", "_taker", "_unfinished")

    def __init__(self) -> None:
        self._items: deque[Any] | None = None
        self._taker: asyncio.Future[None] | None = None
        self._unfinished = 0
        self._done: asyncio.Future[None] | None = None

    def empty(self) -> bool:
        """Tell whether nothing waits."""
        return not self._items

    def put_nowait(self, item: Any) -> None:
        """Have something wait."""
        if self._items is None:
            self._items = deque()
        self._items.append(item)
        self._unfinished += 1
        if self._taker is not None and not self._taker.done():
            self._taker.set_result(None)

    async def put(self, item: Any) -> None:
        """Have something wait."""
        self.put_nowait(item)

    def get_nowait(self) -> Any:
        """Take what has waited longest. Raises asyncio.QueueEmpty."""
        if not self._items:
            raise asyncio.QueueEmpty
        item = self._items.popleft()
        if not self._items:
            self._items = None
        return item

    async def get(self) -> Any:
        """Take what has waited longest, as soon as there is something."""
        while not self._items:
            self._taker = asyncio.get_running_loop().create_future()
            try:
                await self._taker
            finally:
                self._taker = None
        return self.get_nowait()

    def task_done(self) -> None:
        """Note that something that was taken has been worked on."""
        self._unfinished -= 1
        if self._unfinished <= 0 and self._done is not None:
            self._done.set_result(None)
            self._done = None

    async def join(self) -> None:
        """Wait until everything has been."""
        if self._unfinished > 0:
            if self._done is None:
                self._done = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._done)
