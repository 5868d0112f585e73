"""The web server of production: uvicorn, whose sockets take frames already encoded.

Reflex's own choice, granian, keeps 150 KB for each open socket and hands every frame from thread to
thread; docs/decisions.md has the figures. Development stays with granian, for its reloads.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Any

import uvicorn

from instagram_clone.addresses import AtOnce, counted_as, is_in
from instagram_clone.config import settings
from instagram_clone.runtime.stalls import Unstalled
from instagram_clone.runtime.uvicorn_adapter import STARTUP_FAILURE, HttpConnection, Processes
from instagram_clone.web import build_adapter

ROOT = str(Path(__file__).parent.parent.parent)

MAX_HEADER_BYTES = 64 * 1024
HEADER_SECONDS = 20.0
"""So long may a request's headers take, and so large may they be: neither has a limit in uvicorn."""

LEAST_RATE = 2_000
BODY_GRACE_SECONDS = 15.0
BODY_SECONDS = 900.0
"""A body comes with so many bytes a second on the whole, after a while in which it need not; and in a
quarter of an hour, in which the largest photo can be sent with 280 kbit/s."""

BODY_TICK_SECONDS = 5.0

MAX_MESSAGE_BYTES = 1_000_000
"""What engine.io lets pass as well."""

FILE_BYTES = 256 * 1024
"""How much of a file is read at once; while a slow reader takes it nothing more is."""

SHUTDOWN_SECONDS = 5
KEEP_ALIVE_SECONDS = 65
"""Longer than proxies keep a connection that they may use again."""

MACOS_FILES = 10_240
"""What macOS lets any process open (OPEN_MAX), whatever it says of a limit."""

_connections = AtOnce()


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


class Requests(Unstalled, HttpConnection):
    """HTTP whose headers and bodies come within limits, on so many connections of an address."""

    _heard = 0
    _deadline: asyncio.TimerHandle | None = None
    _received = 0
    _waited = 0.0
    _awaiting_body: asyncio.TimerHandle | None = None
    _counted_as: str | None = None

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.wrap_app(Files)

    def connection_made(self, transport: Any) -> None:
        """Expect a request, unless the address has too many connections."""
        super().connection_made(transport)
        if settings().limits and not is_in(self.peer, settings().trusted_proxies):
            if not _connections.take(counted_as(self.peer), settings().connections_per_address):
                self._answer("429 Too Many Requests", "Your network has too many connections open.")
                return
            self._counted_as = counted_as(self.peer)
        self._expect_headers()

    def becomes_socket(self) -> None:
        """Leave the connection to the socket it becomes, which is counted where it is opened."""
        self._forget()

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
        """Stop counting headers, and expect the body if there is one."""
        self._stop_waiting()
        if self.has_body:
            self._received, self._waited = 0, 0.0
            self._expect_body()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._received += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Have the whole body."""
        self._stop_awaiting_body()
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._forget()
        super().connection_lost(exc)

    def _forget(self) -> None:
        self._stop_waiting()
        self._stop_awaiting_body()
        if self._counted_as is not None:
            _connections.give_back(self._counted_as)
            self._counted_as = None

    def _expect_body(self) -> None:
        self._awaiting_body = self.loop.call_later(BODY_TICK_SECONDS, self._check_body)

    def _check_body(self) -> None:
        # While the app does not take what has come, it is not the sender who is slow.
        if not self.waits_for_app:
            self._waited += BODY_TICK_SECONDS
        late = self._waited > BODY_SECONDS
        if late or self._received < LEAST_RATE * (self._waited - BODY_GRACE_SECONDS):
            self._awaiting_body = None
            self._answer("408 Request Timeout", "The request came too slowly.")
        else:
            self._expect_body()

    def _stop_awaiting_body(self) -> None:
        if self._awaiting_body is not None:
            self._awaiting_body.cancel()
            self._awaiting_body = None

    def _answer(self, status: str, text: str) -> None:
        """Say why, unless the app is answering already, and hang up."""
        if not self.is_answering:
            head = f"HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
            self.transport.write(f"{head}content-length: {len(text)}\r\n\r\n{text}".encode())
        self.transport.close()

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
            self.refuse("The headers are too large or came too slowly.")
        else:
            # Browsers open connections they may need; an answer that nobody asked for would confuse them.
            self.transport.close()


OPTIONS: dict[str, Any] = {
    "http": "instagram_clone.runtime.serve:Requests",
    "ws": "instagram_clone.runtime.sockets:Socket",
    "ws_max_size": MAX_MESSAGE_BYTES,
    "ws_ping_interval": None,  # engine.io has pings of its own
    "ws_per_message_deflate": False,  # a compressor for each socket, and no frame would be shared
    "timeout_keep_alive": KEEP_ALIVE_SECONDS,
    "timeout_graceful_shutdown": SHUTDOWN_SECONDS,
    "proxy_headers": False,  # web/http/client.py decides whom to believe
    "server_header": False,
    "access_log": False,
    "log_level": "warning",  # at "info" it would log the addresses of sockets, with their tabs' tokens
}


def run(host: str, port: int, loglevel: object = None, app_target: str | None = None) -> None:
    """Serve until told to stop. In place of Reflex's `run_granian_backend_prod`, with its arguments."""
    target = app_target or build_adapter.app_target()
    allow_files()
    workers = settings().workers
    if workers == 1:
        uvicorn.run(target, factory=True, host=host, port=port, **OPTIONS)
        return
    # Workers are new processes: `reflex run --backend-only` does not have this folder on their path.
    sys.path.insert(0, ROOT)
    config = uvicorn.Config(target, factory=True, host=host, port=port, workers=workers, **OPTIONS)
    several = Processes(config, [config.bind_socket()])
    several.run()
    if several.failed:
        sys.exit(STARTUP_FAILURE)


def allow_files() -> None:
    """Open as many files and sockets as the system lets this process: each tab is one."""
    try:
        import resource
    except ImportError:  # Windows knows no such limit.
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (most, MACOS_FILES):
        # macOS names no limit, and refuses to set none.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
            return
