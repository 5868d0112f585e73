"""Sending frames to a tab, bypassing the queues and tasks that an engine.io packet goes through.

A transport is a tab's WebSocket as the web server sees it. Production's own takes a frame as bytes
(`instagram_clone.runtime.serve`); with any other server, it is sent as a message through ASGI's `send`. All
connections of a process can be broken off at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import weakref
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from websockets.frames import Frame as WebSocketFrame
from websockets.frames import Opcode

from instagram_clone.runtime.queues import Queue

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

TRANSPORT = "instagram_clone.transport"
"""The ASGI scope extension under which a web server offers its transport."""

MAX_QUEUED_BYTES = 1_000_000
"""What may be queued for a socket in engine.io: some twenty pages. With more, its peer isn't reading."""

log = logging.getLogger(__name__)
_opening: ContextVar[Transport] = ContextVar("opening")
_connections: weakref.WeakSet[_Connection] = weakref.WeakSet()
_closing: set[asyncio.Task[None]] = set()


@dataclass
class Frame:
    """A text sent to many tabs, encoded once for all of them."""

    text: str

    @cached_property
    def encoded(self) -> bytes:
        """A whole WebSocket frame (RFC 6455, 5.2). Servers don't mask frames, so all tabs get the same."""
        return WebSocketFrame(Opcode.TEXT, self.text.encode()).serialize(mask=False)


class Transport(Protocol):
    """Where a tab's frames go. It is not free while the reader has yet to take what was written before."""

    @property
    def free(self) -> bool: ...

    async def until_free(self) -> None: ...

    def write(self, *frames: Frame) -> None: ...

    def disconnect(self) -> None: ...


class AsgiTransport:
    """A transport over the `send` of any ASGI server."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._writing: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    @property
    def free(self) -> bool:
        """Whether the server has taken what was written last."""
        return self._writing is None or self._writing.done()

    async def until_free(self) -> None:
        """Wait until it has, or until the tab is gone."""
        if self._writing is not None:
            await self._writing

    def write(self, *frames: Frame) -> None:
        """Start sending frames."""
        messages = ({"type": "websocket.send", "text": frame.text} for frame in frames)
        self._writing = asyncio.create_task(self._send_all(*messages))

    def disconnect(self) -> None:
        """Ask the server to close the socket, once it has taken what was written last."""
        self._closing = asyncio.create_task(self._send_all({"type": "websocket.close", "code": 1013}))

    async def _send_all(self, *messages: MutableMapping[str, Any]) -> None:
        try:
            for message in messages:
                await self._send(message)
        except Exception:
            log.debug("A tab disconnected during a send", exc_info=True)


def with_transport(scope: Scope, send: Send) -> Scope:
    """Return a WebSocket's ASGI scope with its transport: the web server's own, or one over `send`."""
    offered = scope.get("extensions") or {}
    if TRANSPORT not in offered:
        scope = {**scope, "extensions": {**offered, TRANSPORT: AsgiTransport(send)}}
    _opening.set(transport_in(scope))
    return scope


class PacketQueue(Queue):
    """The packets queued for a socket in engine.io, which sets no limit on them.

    A tab that exceeds the limit is disconnected; its browser shows that, reconnects and reads again.
    """

    __slots__ = ("_bytes", "transport")

    def __init__(self) -> None:
        super().__init__()
        self.transport = _opening.get()
        self._bytes = 0

    def put_nowait(self, item: Any) -> None:
        """Queue a packet. Disconnects the tab if that exceeds MAX_QUEUED_BYTES."""
        super().put_nowait(item)
        self._bytes += _size(item)
        if self._bytes > MAX_QUEUED_BYTES:
            self.transport.disconnect()

    def get_nowait(self) -> Any:
        """Return the oldest packet. Raises asyncio.QueueEmpty."""
        item = super().get_nowait()
        self._bytes -= _size(item)
        return item


def _size(packet: Any) -> int:
    return sys.getsizeof(packet) + sys.getsizeof(getattr(packet, "data", None))


def transport_in(scope: Scope) -> Transport:
    """Return the transport in a scope."""
    return scope["extensions"][TRANSPORT]


def disconnect() -> None:
    """Break every connection of this process, as a network failure would: browsers show it and reconnect.

    After a regular socket.io disconnect, they would not.
    """
    for connection in list(_connections):
        connection.abort()


def interruptible(receive: Receive, send: Send) -> Receive:
    """Return an ASGI `receive` that `disconnect` can interrupt with a disconnect, closing the socket."""
    connection = _Connection(receive, send)
    _connections.add(connection)
    return connection


class _Connection:
    """A WebSocket's `receive`. A waiting reader is woken by cancelling it: a second future to wait on would
    add a cost to every frame.
    """

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._reader: asyncio.Task[Any] | None = None
        self._broken = False

    async def __call__(self) -> MutableMapping[str, Any]:
        """Receive the next message."""
        if self._broken:
            return {"type": "websocket.disconnect", "code": 1012}
        self._reader = reader = asyncio.current_task()
        try:
            return await self._receive()
        except asyncio.CancelledError:
            # Someone else may have cancelled it at the same time.
            if not self._broken or (reader is not None and reader.uncancel() > 0):
                raise
            return {"type": "websocket.disconnect", "code": 1012}
        finally:
            self._reader = None

    def abort(self) -> None:
        """Make the next message a disconnect."""
        if not self._broken:
            self._broken = True
            if self._reader is not None:
                self._reader.cancel()
            # The app's own cleanup may be blocked by the missing dependency; browsers need not wait for it.
            closing = asyncio.get_running_loop().create_task(self._close())
            _closing.add(closing)
            closing.add_done_callback(_closing.discard)

    async def _close(self) -> None:
        with contextlib.suppress(Exception):
            await self._send({"type": "websocket.close", "code": 1012})
