"""Admission of new tabs: none while a dependency is unavailable, and a limited number at a time in a rush.

When a process dies, thousands of its tabs reconnect to another at the same moment. If all of their pages
were read at once, none would be ready until nearly all were, and tabs already connected would wait with
them. So they queue, holding nothing but a socket each. A browser waits for as long as it takes (its timeout
ends with engine.io's handshake) and shows that it is reconnecting.
"""

from __future__ import annotations

import asyncio
from collections import deque

from instagram_clone.live.tabs.socket_adapter import IsConnected, Leave

MAX_LOADING = 32
"""How many tabs read their page at a time: enough for their database queries to be batched."""

MAX_SECONDS = 5.0
"""A page that takes longer is waiting for something: it uses no CPU, so its place is freed."""

_unavailable: set[str] = set()


def is_closed() -> bool:
    """Return whether a dependency is unavailable, so that no tab can be admitted."""
    return bool(_unavailable)


def set_available(service: str, available: bool) -> None:
    """Record whether a service is available. New tabs are refused while any is not."""
    if available:
        _unavailable.discard(service)
    else:
        _unavailable.add(service)


class AdmissionQueue:
    """Admits a limited number of sockets at a time and queues the rest, skipping any that have closed."""

    def __init__(self, max_loading: int = MAX_LOADING, max_seconds: float = MAX_SECONDS) -> None:
        self._free_places = max_loading
        self._max_seconds = max_seconds
        self._queue: deque[tuple[asyncio.Future[Leave | None], IsConnected]] = deque()

    def enter(self, is_connected: IsConnected) -> asyncio.Future[Leave | None]:
        """Join the queue. The returned future resolves when the socket's turn comes: to a function to call
        once its page is ready, or to None if the socket has closed.
        """
        turn: asyncio.Future[Leave | None] = asyncio.get_running_loop().create_future()
        self._queue.append((turn, is_connected))
        self._admit_next()
        return turn

    def _admit_next(self) -> None:
        while self._free_places and self._queue:
            turn, is_connected = self._queue.popleft()
            if turn.done():
                continue
            if is_connected():
                self._free_places -= 1
                turn.set_result(self._make_leave())
            else:
                turn.set_result(None)

    def _make_leave(self) -> Leave:
        is_inside = True

        def leave() -> None:
            nonlocal is_inside
            if is_inside:
                is_inside = False
                timer.cancel()
                self._free_places += 1
                self._admit_next()

        timer = asyncio.get_running_loop().call_later(self._max_seconds, leave)
        return leave
