"""Peers that stop reading: a connection whose peer takes nothing is aborted."""

from __future__ import annotations

import asyncio
from typing import Any

STALL_SECONDS = 30.0
MIN_READ_BYTES = 15_000
"""What a peer must read in STALL_SECONDS while its buffer is full, in bytes: half a kilobyte a second."""


class StallGuard(asyncio.Protocol):
    """A mixin for uvicorn's protocols that disconnects a peer which doesn't read what was written."""

    transport: Any
    loop: asyncio.AbstractEventLoop

    _unread = 0
    _stall_timer: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """Stop writing, and check after STALL_SECONDS how much was taken."""
        super().pause_writing()
        self._unread = self.transport.get_write_buffer_size()
        self._stall_timer = self.loop.call_later(STALL_SECONDS, self._check)

    def resume_writing(self) -> None:
        """Resume writing, and stop checking."""
        self._cancel()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop checking."""
        self._cancel()
        super().connection_lost(exc)

    def _check(self) -> None:
        before, self._unread = self._unread, self.transport.get_write_buffer_size()
        if before - self._unread < MIN_READ_BYTES:
            # `close` would wait until what was written has been taken.
            self.transport.abort()
        else:
            self._stall_timer = self.loop.call_later(STALL_SECONDS, self._check)

    def _cancel(self) -> None:
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None
