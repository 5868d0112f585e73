"""The production server's WebSockets, each of which is its tab's transport."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from instagram_clone.config import settings
from instagram_clone.live.tabs import connections, socket_adapter
from instagram_clone.live.tabs.transport import TRANSPORT, Frame
from instagram_clone.rates import Bucket
from instagram_clone.runtime.stalls import StallGuard
from instagram_clone.runtime.uvicorn_adapter import WebSocketConnection

SYSTEM_BUFFER_BYTES = 256 * 1024
"""The kernel's send buffer for each socket, which by default would grow to megabytes."""

BURST = 400
PER_SECOND = 60.0
COST_BYTES = 10_000
"""How many messages a socket may send at once, and then per second; COST_BYTES count as one more."""


class Socket(StallGuard, WebSocketConnection):
    """A tab's WebSocket. Its reader keeps up while the kernel's buffer, and 64 KB here, are not full."""

    _bucket: Bucket | None = None
    _pause = 0.0

    def connection_made(self, transport: Any) -> None:
        """Set the limits on what is buffered for the peer and on how fast it may send."""
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SYSTEM_BUFFER_BYTES)
        if settings().limits:
            self._bucket = Bucket(BURST, PER_SECOND)
        super().connection_made(transport)

    async def run_asgi(self) -> None:
        """Offer the transport to the app."""
        self.add_extension(TRANSPORT, self)
        self.replace_app(socket_adapter.enter(connections.app(), self.app))
        await super().run_asgi()

    async def receive(self) -> Any:
        """Return the next message. A peer that sends too many is slowed down by backpressure."""
        if self._pause:
            await asyncio.sleep(self._pause)
        message: Any = await super().receive()
        if self._bucket is not None:
            size = len(message.get("text") or message.get("bytes") or "")
            self._pause = self._bucket.charge(1 + size / COST_BYTES)
        return message

    def write(self, *frames: Frame) -> None:
        """Send frames, if the socket is still open."""
        self.write_encoded(b"".join(frame.encoded for frame in frames))

    def disconnect(self) -> None:
        """Abort the connection, and drop whatever is buffered in it."""
        self.transport.abort()
