"""An event loop whose clock jumps to whatever is due next: a minute passes at once, and never early."""

from __future__ import annotations

import asyncio
import selectors
from typing import Any


class _InstantSelector(selectors.DefaultSelector):
    """Waits only for files that are ready, and adds up how long it would otherwise have waited."""

    skipped = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(None if timeout is None else 0)
        if not ready and timeout:
            self.skipped += timeout
        return ready


class SimulatedTime(asyncio.SelectorEventLoop):
    """Keeps the order of everything that is due, and takes no time. For tests without a network."""

    def __init__(self) -> None:
        self._instant_selector = _InstantSelector()
        super().__init__(self._instant_selector)

    def time(self) -> float:
        # Time that the machine itself takes is not counted, so slow machines get the same times.
        return self._instant_selector.skipped


SIMULATED = ("asyncio", {"loop_factory": SimulatedTime})
"""What a module's `anyio_backend` returns to run its tests in simulated time."""
