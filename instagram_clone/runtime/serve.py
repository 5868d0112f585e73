"""The production web server: uvicorn, with sockets that accept frames already encoded.

Reflex's own choice, granian, uses 150 KB per open socket and hands every frame from thread to thread;
docs/decisions.md has the figures. Development stays with granian, for its reloads.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Any

import uvicorn

from instagram_clone.addresses import ConcurrencyLimit, is_in, limit_key
from instagram_clone.config import settings
from instagram_clone.runtime.stalls import StallGuard
from instagram_clone.runtime.uvicorn_adapter import STARTUP_FAILURE, HttpConnection, Processes
from instagram_clone.web import build_adapter

ROOT = str(Path(__file__).parent.parent.parent)

MAX_HEADER_BYTES = 64 * 1024
HEADER_SECONDS = 20.0
"""How large a request's headers may be, and how long they may take: uvicorn limits neither."""

MIN_BYTES_PER_SECOND = 2_000
BODY_GRACE_SECONDS = 15.0
BODY_SECONDS = 900.0
"""After a grace period, a body must have averaged this many bytes a second, and it must be complete in a
quarter of an hour, which is enough to send the largest photo at 280 kbit/s."""

BODY_TICK_SECONDS = 5.0

MAX_MESSAGE_BYTES = 1_000_000
"""The same limit as engine.io's."""

FILE_BYTES = 256 * 1024
"""How much of a file is read at a time; no more is read until the client has taken it."""

SHUTDOWN_SECONDS = 5
KEEP_ALIVE_SECONDS = 65
"""Longer than proxies keep idle connections for reuse."""

MACOS_FILES = 10_240
"""What macOS lets any process open (OPEN_MAX), whatever limit it reports."""

_connections = ConcurrencyLimit()


class Files:
    """An app whose files are sent from here (ASGI's `http.response.pathsend`): reading a file that is in
    the page cache takes less time than handing it to a thread.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request."""

        async def send_file(message: Any) -> None:
            if message["type"] != "http.response.pathsend":
                await send(message)
                return
            with Path(message["path"]).open("rb") as file:  # noqa: ASYNC230
                while chunk := file.read(FILE_BYTES):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

        extensions = {**scope.get("extensions", {}), "http.response.pathsend": {}}
        await self._app({**scope, "extensions": extensions}, receive, send_file)


class Requests(StallGuard, HttpConnection):
    """An HTTP connection with limits on headers and bodies, and on the connections per address."""

    _header_bytes = 0
    _header_timer: asyncio.TimerHandle | None = None
    _body_bytes = 0
    _body_seconds = 0.0
    _body_timer: asyncio.TimerHandle | None = None
    _counted_key: str | None = None

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.wrap_app(Files)

    def connection_made(self, transport: Any) -> None:
        """Wait for a request, unless the address has too many connections."""
        super().connection_made(transport)
        if settings().limits and not is_in(self.peer, settings().trusted_proxies):
            if not _connections.take(limit_key(self.peer), settings().connections_per_address):
                self._answer("429 Too Many Requests", "Your network has too many connections open.")
                return
            self._counted_key = limit_key(self.peer)
        self._start_header_timer()

    def on_websocket_upgrade(self) -> None:
        """Hand the connection over to the socket it becomes, which is counted where it is opened."""
        self._release()

    def data_received(self, data: bytes) -> None:
        """Read on, and refuse headers that are too large."""
        timer = self._header_timer
        super().data_received(data)
        # A request that begins in this chunk is counted from the next one on.
        if timer is not None and self._header_timer is timer:
            self._header_bytes += len(data)
            if self._header_bytes > MAX_HEADER_BYTES:
                self._reject_headers()

    def on_message_begin(self) -> None:
        """Start the deadline for headers, unless it is already running."""
        super().on_message_begin()
        if self._header_timer is None:
            self._start_header_timer()

    def on_headers_complete(self) -> None:
        """Stop counting headers, and start watching the body if there is one."""
        self._cancel_header_timer()
        if self.has_body:
            self._body_bytes, self._body_seconds = 0, 0.0
            self._start_body_timer()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Count a chunk of the body."""
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Stop watching the body, which is complete."""
        self._cancel_body_timer()
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._release()
        super().connection_lost(exc)

    def _release(self) -> None:
        self._cancel_header_timer()
        self._cancel_body_timer()
        if self._counted_key is not None:
            _connections.give_back(self._counted_key)
            self._counted_key = None

    def _start_body_timer(self) -> None:
        self._body_timer = self.loop.call_later(BODY_TICK_SECONDS, self._check_body)

    def _check_body(self) -> None:
        # While the app hasn't taken what was received, it isn't the sender who is slow.
        if not self.waits_for_app:
            self._body_seconds += BODY_TICK_SECONDS
        late = self._body_seconds > BODY_SECONDS
        if late or self._body_bytes < MIN_BYTES_PER_SECOND * (self._body_seconds - BODY_GRACE_SECONDS):
            self._body_timer = None
            self._answer("408 Request Timeout", "The request came too slowly.")
        else:
            self._start_body_timer()

    def _cancel_body_timer(self) -> None:
        if self._body_timer is not None:
            self._body_timer.cancel()
            self._body_timer = None

    def _answer(self, status: str, text: str) -> None:
        """Send the reason, unless the app is answering already, and close the connection."""
        if not self.is_answering:
            head = f"HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
            self.transport.write(f"{head}content-length: {len(text)}\r\n\r\n{text}".encode())
        self.transport.close()

    def _start_header_timer(self) -> None:
        self._header_bytes = 0
        self._header_timer = self.loop.call_later(HEADER_SECONDS, self._reject_headers)

    def _cancel_header_timer(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None

    def _reject_headers(self) -> None:
        self._cancel_header_timer()
        if self.transport.is_closing():
            return
        if self._header_bytes:
            self.refuse("The headers are too large or came too slowly.")
        else:
            # Browsers open connections speculatively; an unrequested answer would confuse them.
            self.transport.close()


OPTIONS: dict[str, Any] = {
    "http": "instagram_clone.runtime.serve:Requests",
    "ws": "instagram_clone.runtime.sockets:Socket",
    "ws_max_size": MAX_MESSAGE_BYTES,
    "ws_ping_interval": None,  # engine.io sends its own pings
    "ws_per_message_deflate": False,  # it takes a compressor per socket, and frames could not be shared
    "timeout_keep_alive": KEEP_ALIVE_SECONDS,
    "timeout_graceful_shutdown": SHUTDOWN_SECONDS,
    "proxy_headers": False,  # web/http/client.py decides which proxies to trust
    "server_header": False,
    "access_log": False,
    "log_level": "warning",  # at "info" it would log the URLs of sockets, with their tabs' tokens
}


def run(host: str, port: int, loglevel: object = None, app_target: str | None = None) -> None:
    """Serve until stopped. Replaces Reflex's `run_granian_backend_prod`, and takes its arguments."""
    target = app_target or build_adapter.app_target()
    raise_file_limit()
    workers = settings().workers
    if workers == 1:
        uvicorn.run(target, factory=True, host=host, port=port, **OPTIONS)
        return
    # Workers are new processes: under `reflex run --backend-only` this folder is not on their path.
    sys.path.insert(0, ROOT)
    config = uvicorn.Config(target, factory=True, host=host, port=port, workers=workers, **OPTIONS)
    processes = Processes(config, [config.bind_socket()])
    processes.run()
    if processes.failed:
        sys.exit(STARTUP_FAILURE)


def raise_file_limit() -> None:
    """Raise the limit on open files and sockets as far as the system allows: each tab is one."""
    try:
        import resource
    except ImportError:  # Windows has no such limit.
        return
    _, hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (hard_limit, MACOS_FILES):
        # macOS reports no limit, but refuses to set it to unlimited.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard_limit))
            return
