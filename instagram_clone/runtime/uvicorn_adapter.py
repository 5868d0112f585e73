"""The parts of uvicorn that it does not document, each under a name of ours.

No other module touches these parts; a contract test (`tests/runtime/test_uvicorn_contract.py`) names what a
new version has changed. Beside `serve.py`, and not in `live/`, because Reflex loads both before there
is an app.
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
    """A connection of uvicorn's. asyncio and httptools call its methods."""

    def wrap_app(self, wrapper: Callable[[Any], Any]) -> None:
        """Put something around the app that answers. Each request begins with `app`."""
        self.app = wrapper(self.app)

    @property
    def peer(self) -> str:
        """The address at the other end, "" where there is none."""
        return self.client[0] if self.client else ""

    @property
    def has_body(self) -> bool:
        """Tell whether headers announce a body. `headers` are the last request's, in lower case."""
        return any(name in (b"content-length", b"transfer-encoding") for name, _ in self.headers)

    @property
    def waits_for_app(self) -> bool:
        """Tell whether nothing more is read because the app has not taken what has come."""
        return self.flow.read_paused

    @property
    def is_answering(self) -> bool:
        """Tell whether an answer has begun and has not ended. `cycle` is the last request's, or None."""
        return self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete

    def refuse(self, why: str) -> None:
        """Answer 400, and close."""
        self.send_400_response(why)

    def handle_websocket_upgrade(self) -> None:
        """Leave the connection to a socket: uvicorn calls this when the headers ask for it."""
        self.becomes_socket()
        super().handle_websocket_upgrade()

    def becomes_socket(self) -> None:
        """Override to know when a connection is no longer one of HTTP."""


class WebSocketConnection(WebSocketsSansIOProtocol):
    """A WebSocket of uvicorn's that takes frames already encoded, past its own queue and encoder."""

    scope: Any

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.queue: Any = Queue()

    def answer_with(self, app: Any) -> None:
        """Have another app answer than the one that was loaded, before `run_asgi` calls it."""
        self.app = app

    def offer(self, extension: str, value: Any) -> None:
        """Add an extension to the ASGI scope, which is made by the time `run_asgi` is called."""
        self.scope["extensions"][extension] = value

    def start_keepalive(self) -> None:
        """Begin. uvicorn calls this once hands are shaken, and would keep what was said for nothing."""
        super().start_keepalive()
        # The parser has the request too, for as long as it parses.
        self.request.headers.clear()
        del self.request, self.response

    @property
    def free(self) -> bool:
        """Tell whether the reader keeps up: `pause_writing` clears `writable`, `resume_writing` sets it."""
        return self.writable.is_set()

    async def until_free(self) -> None:
        """Wait until it does, or is gone."""
        await self.writable.wait()

    def write_encoded(self, frame: bytes) -> None:
        """Send a frame, if the socket is still open: shaken hands, and no close sent."""
        if self.handshake_complete and not (self.close_sent or self.transport.is_closing()):
            self.transport.write(frame)


class Processes(Multiprocess):
    """Several processes on one port, until told to stop or one of them ends for a reason that would end
    the next one too; uvicorn's own then ends as if it had been told to.
    """

    failed = False

    def keep_subprocess_alive(self) -> None:
        """Start again what has died. uvicorn calls this twice a second."""
        super().keep_subprocess_alive()
        self.failed = self.should_exit.is_set() and any(
            process.exitcode == STARTUP_FAILURE for process in self.processes
        )
