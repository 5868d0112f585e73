"""Admission of new tabs: none while a dependency is missing, and a limited number at a time under a rush.

When a process dies, thousands of its tabs reconnect to another at the same moment. If all of their pages
were read at once, none would be ready until nearly all were, and tabs already connected would wait with
them. So they queue, holding nothing but a socket each. A browser waits for as long as it takes (its timeout
ends with engine.io's handshake) and shows that it is reconnecting.
"""

from __future__ import annotations

import asyncio
from collections import deque

from instagram_clone.live.tabs.socket_adapter import IsConnected, Leave

AT_ONCE = 32
"""How many tabs read their page at a time: enough for their database queries to be batched."""

MAX_SECONDS = 5.0
"""A page that takes longer is waiting for something: it uses no CPU, so its place is freed."""

_missing: set[str] = set()


def is_anything_missing() -> bool:
    """Return whether a dependency is missing, so that no tab can be admitted."""
    return bool(_missing)


def admit(anybody: bool, missing: str = "Redis") -> None:
    """Admit new tabs, or refuse them while a dependency they cannot do without is missing."""
    if anybody:
        _missing.discard(missing)
    else:
        _missing.add(missing)


class AdmissionQueue:
    """Admits a limited number of sockets at a time and queues the rest, skipping any that have closed."""

    def __init__(self, at_once: int = AT_ONCE, max_seconds: float = MAX_SECONDS) -> None:
        self._room = at_once
        self._max_seconds = max_seconds
        self._queue: deque[tuple[asyncio.Future[Leave | None], IsConnected]] = deque()

    def enter(self, is_connected: IsConnected) -> asyncio.Future[Leave | None]:
        """Join the queue. The returned future resolves when the socket's turn comes: to a function to call
        once its page is ready, or to None if the socket has closed.
        """
        turn: asyncio.Future[Leave | None] = asyncio.get_running_loop().create_future()
        self._queue.append((turn, is_connected))
        self._let_in()
        return turn

    def _let_in(self) -> None:
        while self._room and self._queue:
            turn, is_connected = self._queue.popleft()
            if turn.done():
                continue
            if is_connected():
                self._room -= 1
                turn.set_result(self._leaving())
            else:
                turn.set_result(None)

    def _leaving(self) -> Leave:
        is_inside = True

        def leave() -> None:
            nonlocal is_inside
            if is_inside:
                is_inside = False
                timer.cancel()
                self._room += 1
                self._let_in()

        timer = asyncio.get_running_loop().call_later(self._max_seconds, leave)
        return leave
