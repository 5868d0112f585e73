"""Reading and encoding packets: the undocumented parts of engine.io, socket.io and Reflex used for that.

No other module touches these parts, and a contract test (`tests/live/tabs/test_engine_contract.py`) shows
what a new version has changed.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from typing import Any

import orjson
import reflex as rx
from engineio.async_socket import AsyncSocket
from engineio.exceptions import SocketIsClosedError, UnknownPacketError
from engineio.packet import MESSAGE, Packet
from reflex.state import StateUpdate
from reflex_base.utils import serializers
from socketio.packet import EVENT

from instagram_clone.live.tabs.transport import Frame, Transport

_JSON_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
"""Leave to Reflex what it has serializers for."""

_original_handler: Any = AsyncSocket._websocket_handler


def read_without_tasks() -> None:
    """Make each socket's packets be read in the task that serves the socket.

    engine.io creates a task for every packet it waits for, and awaits that with another future and a timer.
    `AsyncSocket` looks up its `_websocket_handler` on the class.
    """
    AsyncSocket._websocket_handler = _serve  # pyright: ignore[reportAttributeAccessIssue]


async def _serve(engine: Any, socket: Any) -> None:
    """Serve a WebSocket, as engine.io does, to its end."""
    if engine.connected:
        # This is an upgrade from another transport, which this server does not offer.
        await _original_handler(engine, socket)
        return
    engine.connected = engine.upgraded = True
    writing, reader = asyncio.create_task(_write(engine, socket)), _PacketReader(engine, socket)
    try:
        while (packet := await reader.next()) and await _receive(engine, packet):
            pass
    finally:
        reader.end()
    await engine.queue.put(None)
    await writing
    await engine.close(wait=False, abort=True, reason=engine.server.reason.TRANSPORT_CLOSE)


async def _receive(engine: Any, packet: Packet) -> bool:
    """Handle a packet, and return False once no more should be read. engine.io closes a peer that answers
    no pings, but that peer might go on sending forever.
    """
    try:
        await engine.receive(packet)
    except UnknownPacketError:
        pass
    except (SocketIsClosedError, asyncio.CancelledError):
        return False
    except Exception:
        engine.server.logger.exception("Unknown receive error")
    return not engine.closed


class _PacketReader:
    """Waits for a socket's packets with a single timer, instead of one per message."""

    def __init__(self, engine: Any, socket: Any) -> None:
        self._socket, self._task = socket, asyncio.current_task()
        self._timeout: float = engine.server.ping_interval + engine.server.ping_timeout
        self._max_size: int = engine.server.max_http_buffer_size
        self._loop = asyncio.get_running_loop()
        self._since: float | None = None
        self._timer = self._loop.call_later(self._timeout, self._check)

    async def next(self) -> Packet | None:
        """Return the next packet; None if there will be none, or the peer has been silent for too long."""
        self._since = self._loop.time()
        try:
            text = await self._socket.wait()
            return Packet(encoded_packet=text) if text and len(text) <= self._max_size else None
        except (Exception, asyncio.CancelledError):
            return None
        finally:
            self._since = None

    def end(self) -> None:
        """Stop the timer."""
        self._timer.cancel()

    def _check(self) -> None:
        left = self._timeout
        if self._since is not None:
            left += self._since - self._loop.time()
        if left > 0:
            self._timer = self._loop.call_later(left, self._check)
        elif self._task is not None:
            self._task.cancel()
            self._task.uncancel()


async def _write(engine: Any, socket: Any) -> None:
    """Send all queued packets in one write: each write is a system call and wakes the reader.

    Unlike `AsyncSocket.poll`, this needs no task and timer for each wait. None marks the end of the queue.
    """
    queue, is_last = engine.queue, False
    transport: Transport = queue.transport
    with contextlib.suppress(Exception, asyncio.CancelledError):
        while not is_last:
            packets = [await queue.get()]
            while not queue.empty():
                packets.append(queue.get_nowait())
            for _ in packets:
                queue.task_done()
            is_last = None in packets
            await transport.until_free()
            transport.write(*(Frame(one.encode()) for one in packets if one is not None))
            # If kept while waiting for more, they would hold a whole page for each open tab.
            packets.clear()
    await socket.close()


def delta_packet(app: rx.App, state: type[rx.State], delta: dict[Any, Any]) -> str:
    """Encode new values of a state's vars as a frame's text: an "event" event with a `StateUpdate`."""
    server: Any = app.sio
    assert app.event_namespace is not None
    before, after = _envelope(server.packet_class, app.event_namespace.namespace, state.get_full_name())
    return f"{before}{_json(delta)}{after}"


@functools.cache
def _envelope(packet_class: Any, namespace: str, state: str) -> tuple[str, str]:
    """Return the parts of such a frame before and after the delta, which are the same in all of them."""
    placeholder = {"placeholder": 0}
    event = packet_class(
        EVENT, data=["event", StateUpdate(delta={state: placeholder})], namespace=namespace
    )
    before, _, after = str(Packet(MESSAGE, event.encode()).encode()).partition(_json(placeholder))
    return before, after


def _json(value: Any) -> str:
    """Encode a value as Reflex does, in a tenth of the time."""
    return orjson.dumps(value, default=serializers.serialize, option=_JSON_OPTIONS).decode()
