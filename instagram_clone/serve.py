"""The web server of production: uvicorn, whose sockets take frames already encoded.

Reflex's own choice, granian, keeps 150 KB for each open socket and hands every frame from thread to
thread; docs/decisions.md has the figures. Development stays with granian, for its reloads.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import uvicorn
from reflex.utils.exec import get_app_instance
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from instagram_clone.config import settings

MAX_HEADER_BYTES = 256 * 1024
HEADER_SECONDS = 20.0
"""So long may a request's headers take, and so large may they be: neither has a limit in uvicorn."""

MAX_MESSAGE_BYTES = 1_000_000
"""What engine.io lets pass as well."""

FILE_BYTES = 256 * 1024
"""How much of a file is read at once; while a slow reader takes it nothing more is."""

SHUTDOWN_SECONDS = 5
KEEP_ALIVE_SECONDS = 65
"""Longer than proxies keep a connection that they may use again."""


class Files:
    """An app whose files are sent from here (ASGI's `http.response.pathsend`): reading one that the
    system has in memory takes less than asking a thread to.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request."""

        async def sending(message: Any) -> None:
            if message["type"] != "http.response.pathsend":
                await send(message)
                return
            with Path(message["path"]).open("rb") as file:  # noqa: ASYNC230
                while chunk := file.read(FILE_BYTES):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

        extensions = {**scope.get("extensions", {}), "http.response.pathsend": {}}
        await self._app({**scope, "extensions": extensions}, receive, sending)


class Requests(HttpToolsProtocol):
    """HTTP whose headers come within limits."""

    _heard = 0
    _deadline: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.app = Files(self.app)

    def connection_made(self, transport: Any) -> None:
        """Expect a request."""
        super().connection_made(transport)
        self._expect_headers()

    def data_received(self, data: bytes) -> None:
        """Read on, and hang up on headers without end."""
        super().data_received(data)
        if self._deadline is not None:
            self._heard += len(data)
            if self._heard > MAX_HEADER_BYTES:
                self._refuse()

    def on_message_begin(self) -> None:
        """Begin to read headers."""
        super().on_message_begin()
        if self._deadline is None:
            self._expect_headers()

    def on_headers_complete(self) -> None:
        """Stop counting: what follows is the app's."""
        self._stop_waiting()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _expect_headers(self) -> None:
        self._heard = 0
        self._deadline = self.loop.call_later(HEADER_SECONDS, self._refuse)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self) -> None:
        self._stop_waiting()
        if self.transport.is_closing():
            return
        if self._heard:
            self.send_400_response("The headers are too large or came too slowly.")
        else:
            # Browsers open connections they may need; an answer that nobody asked for would confuse them.
            self.transport.close()


OPTIONS: dict[str, Any] = {
    "http": "instagram_clone.serve:Requests",
    "ws": "instagram_clone.live.sockets:Socket",
    "ws_max_size": MAX_MESSAGE_BYTES,
    "ws_ping_interval": None,  # engine.io has pings of its own
    "ws_per_message_deflate": False,  # a compressor for each socket, and no frame would be shared
    "timeout_keep_alive": KEEP_ALIVE_SECONDS,
    "timeout_graceful_shutdown": SHUTDOWN_SECONDS,
    "proxy_headers": False,  # web/edge/client.py decides whom to believe
    "server_header": False,
    "access_log": False,
    "log_level": "warning",  # at "info" it would log the addresses of sockets, with their tabs' tokens
}


def run(host: str, port: int, loglevel: object = None, app_target: str | None = None) -> None:
    """Serve until told to stop. In place of Reflex's `run_granian_backend_prod`, with its arguments."""
    target = app_target or get_app_instance()
    uvicorn.run(target, factory=True, host=host, port=port, workers=settings().workers, **OPTIONS)
