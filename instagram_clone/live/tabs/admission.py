"""Who is let in: nobody while something is missing, and so many at a time where everybody comes at once.

When a process has died its tabs find another in the same moment, thousands of them. Were all of their
pages read at once, none would be ready before nearly all are, and whoever is there already would wait
with them. So they stand in a queue, with nothing but a socket each. A browser waits for as long as it takes
(its time limit ends when engine.io has said hello), and says meanwhile that it is reconnecting.
"""

from __future__ import annotations

import asyncio
from collections import deque

from instagram_clone.live.tabs.socket_adapter import IsThere, Leave

AT_ONCE = 32
"""So many tabs have their page read at a time: enough to ask the database together."""

MAX_SECONDS = 5.0
"""A page that takes longer waits for something: it costs no processor, and keeps nobody out."""

_missing: set[str] = set()


def is_anything_missing() -> bool:
    """Tell whether nobody can be let in."""
    return bool(_missing)


def admit(anybody: bool, missing: str = "Redis") -> None:
    """Take new tabs in, or refuse them while something that they cannot do without is missing."""
    if anybody:
        _missing.discard(missing)
    else:
        _missing.add(missing)


class Door:
    """So many are inside at a time, and the rest in a queue. Whoever has gone away in it is passed over."""

    def __init__(self, at_once: int = AT_ONCE, max_seconds: float = MAX_SECONDS) -> None:
        self._room = at_once
        self._max_seconds = max_seconds
        self._queue: deque[tuple[asyncio.Future[Leave | None], IsThere]] = deque()

    def enter(self, is_there: IsThere) -> asyncio.Future[Leave | None]:
        """Stand in the queue; what is returned has a result when it is one's turn: what to call when one is
        ready, None for who has gone.
        """
        turn: asyncio.Future[Leave | None] = asyncio.get_running_loop().create_future()
        self._queue.append((turn, is_there))
        self._let_in()
        return turn

    def _let_in(self) -> None:
        while self._room and self._queue:
            turn, is_there = self._queue.popleft()
            if turn.done():
                continue
            if is_there():
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
