"""The WebSockets of the production server, each of them its tab's line."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from instagram_clone.live.lines import LINE, Frame


class Socket(WebSocketsSansIOProtocol):
    """A WebSocket of uvicorn's that takes frames already encoded."""

    async def run_asgi(self) -> None:
        """Offer the line to the app."""
        scope: Any = self.scope
        scope["extensions"][LINE] = self
        await super().run_asgi()

    @property
    def free(self) -> bool:
        """Tell whether the reader keeps up: the system's buffer for it, and 64 KB of ours, are not full."""
        return self.writable.is_set()

    async def until_free(self) -> None:
        """Wait until it does, or is gone."""
        await self.writable.wait()

    def write(self, frame: Frame) -> None:
        """Send a frame, if the socket is still open."""
        if self.handshake_complete and not (self.close_sent or self.transport.is_closing()):
            self.transport.write(frame.encoded)
