"""A queue that takes almost no memory while it is empty, as those of open sockets nearly always are.

asyncio's queue holds four deques, 3 KB; a socket has two such queues.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any


class Queue:
    """The part of `asyncio.Queue` that uvicorn and engine.io use: unbounded, with a single consumer."""

    __slots__ = ("_done", "_getter", "_items", "_unfinished")

    def __init__(self) -> None:
        self._items: deque[Any] | None = None
        self._getter: asyncio.Future[None] | None = None
        self._unfinished = 0
        self._done: asyncio.Future[None] | None = None

    def empty(self) -> bool:
        """Return whether the queue is empty."""
        return not self._items

    def put_nowait(self, item: Any) -> None:
        """Add an item."""
        if self._items is None:
            self._items = deque()
        self._items.append(item)
        self._unfinished += 1
        if self._getter is not None and not self._getter.done():
            self._getter.set_result(None)

    async def put(self, item: Any) -> None:
        """Add an item. Never waits, since there is no limit."""
        self.put_nowait(item)

    def get_nowait(self) -> Any:
        """Return the oldest item. Raises asyncio.QueueEmpty."""
        if not self._items:
            raise asyncio.QueueEmpty
        item = self._items.popleft()
        if not self._items:
            self._items = None
        return item

    async def get(self) -> Any:
        """Return the oldest item, waiting until there is one."""
        while not self._items:
            self._getter = asyncio.get_running_loop().create_future()
            try:
                await self._getter
            finally:
                self._getter = None
        return self.get_nowait()

    def task_done(self) -> None:
        """Record that an item taken from the queue has been processed."""
        self._unfinished -= 1
        if self._unfinished <= 0 and self._done is not None:
            self._done.set_result(None)
            self._done = None

    async def join(self) -> None:
        """Wait until all items have been processed."""
        if self._unfinished > 0:
            if self._done is None:
                self._done = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._done)
