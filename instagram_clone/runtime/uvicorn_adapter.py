"""The undocumented parts of uvicorn that are used, each under a name of ours.

No other module touches these parts, and a contract test (`tests/runtime/test_uvicorn_contract.py`) shows
what a new version has changed. It is in `runtime/`, not `live/`, because Reflex loads it with `serve.py`,
before there is an app.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from uvicorn.config import STARTUP_FAILURE
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.supervisors.multiprocess import Multiprocess

from instagram_clone.runtime.queues import Queue

__all__ = ["STARTUP_FAILURE"]


class HttpConnection(HttpToolsProtocol):
    """A uvicorn HTTP connection, whose methods are called by asyncio and httptools."""

    def wrap_app(self, wrapper: Callable[[Any], Any]) -> None:
        """Wrap the app that answers. Each request is passed to `app`."""
        self.app = wrapper(self.app)

    @property
    def peer(self) -> str:
        """The peer's address, "" if there is none."""
        return self.client[0] if self.client else ""

    @property
    def has_body(self) -> bool:
        """Whether the headers announce a body. `headers` are the last request's, with lower-case names."""
        return any(name in (b"content-length", b"transfer-encoding") for name, _ in self.headers)

    @property
    def waits_for_app(self) -> bool:
        """Whether reading is paused because the app has not taken what was received."""
        return self.flow.read_paused

    @property
    def is_answering(self) -> bool:
        """Whether a response has started and not ended. `cycle` is the last request's, or None."""
        return self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete

    def refuse(self, why: str) -> None:
        """Respond with 400, and close the connection."""
        self.send_400_response(why)

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over to a WebSocket: uvicorn calls this if the headers ask for it."""
        self.on_websocket_upgrade()
        super().handle_websocket_upgrade()

    def on_websocket_upgrade(self) -> None:
        """Override to learn when a connection stops being an HTTP one."""


class WebSocketConnection(WebSocketsSansIOProtocol):
    """A uvicorn WebSocket that takes frames already encoded, bypassing its own queue and encoder."""

    scope: Any

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.queue: Any = Queue()

    def replace_app(self, app: Any) -> None:
        """Replace the app that was loaded, before `run_asgi` calls it."""
        self.app = app

    def add_extension(self, extension: str, value: Any) -> None:
        """Add an extension to the ASGI scope, which exists by the time `run_asgi` is called."""
        self.scope["extensions"][extension] = value

    def start_keepalive(self) -> None:
        """Drop the handshake's request and response once it is complete: uvicorn would keep them."""
        super().start_keepalive()
        # The parser refers to the request too, for as long as it parses.
        self.request.headers.clear()
        del self.request, self.response

    @property
    def free(self) -> bool:
        """Whether the reader keeps up: `pause_writing` clears `writable`, `resume_writing` sets it."""
        return self.writable.is_set()

    async def until_free(self) -> None:
        """Wait until the reader keeps up, or is gone."""
        await self.writable.wait()

    def write_encoded(self, frame: bytes) -> None:
        """Send a frame, if the socket is open: the handshake is complete, and no close has been sent."""
        if self.handshake_complete and not (self.close_sent or self.transport.is_closing()):
            self.transport.write(frame)


class Processes(Multiprocess):
    """Several processes on one port, until stopped or until one fails at startup, as its replacement would
    too. uvicorn's own class then exits as if it had been stopped; `failed` tells the difference.
    """

    failed = False

    def keep_subprocess_alive(self) -> None:
        """Restart processes that have died. uvicorn calls this twice a second."""
        super().keep_subprocess_alive()
        self.failed = self.should_exit.is_set() and any(
            process.exitcode == STARTUP_FAILURE for process in self.processes
        )
