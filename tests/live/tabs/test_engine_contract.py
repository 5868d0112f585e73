"""What reading and encoding packets relies on, and what would break without it."""

from __future__ import annotations

import asyncio
import inspect
import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from engineio import async_socket, base_server
from engineio.packet import MESSAGE, Packet
from reflex.state import StateUpdate
from socketio.packet import EVENT

from instagram_clone.domain.people.accounts import Person
from instagram_clone.instagram_clone import app
from instagram_clone.live.delivery import LiveState
from instagram_clone.live.tabs import engine_adapter
from instagram_clone.live.tabs.transport import Frame
from instagram_clone.runtime.queues import Queue
from tests.contract import relied_on, untested

ENGINEIO, REFLEX = "python-engineio", "reflex"
PATIENT_SECONDS = 60.0


class FakeWebSocket:
    """A WebSocket with the interface of engine.io's drivers."""

    def __init__(self, *given: Any) -> None:
        self.given, self.sent, self.closed = list(given), [], False

    async def wait(self) -> Any:
        if not self.given:
            raise OSError("gone")
        one = self.given.pop(0)
        return await one if inspect.isawaitable(one) else one

    async def close(self) -> None:
        self.closed = True

    async def until_free(self) -> None: ...

    def write(self, *frames: Frame) -> None:
        self.sent.append([frame.text for frame in frames])


class PacketQueue(Queue):
    """A queue whose transport is a fake socket."""

    def __init__(self, socket: FakeWebSocket) -> None:
        super().__init__()
        self.transport = socket


def engine(socket: FakeWebSocket, received: list[Any], ping_timeout: float = PATIENT_SECONDS) -> Any:
    """Return an engine.io socket, in a minimal server."""

    async def trigger(event: str, sid: str, data: Any, run_async: bool = False) -> None:
        received.append((event, data))
        if data == "wrong":
            raise ValueError(data)

    server = SimpleNamespace(
        create_queue=lambda: PacketQueue(socket), ping_interval=0, ping_timeout=ping_timeout,
        max_http_buffer_size=20, _trigger_event=trigger, async_handlers=False, logger=app.sio.logger,  # pyright: ignore
        reason=base_server.BaseServer.reason,
    )  # fmt: skip
    return async_socket.AsyncSocket(server, "e1")


@pytest.fixture
def patched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(async_socket.AsyncSocket, "_websocket_handler", None)
    engine_adapter.read_without_tasks()


@relied_on(
    ENGINEIO,
    engine_adapter.read_without_tasks,
    "a socket is served by `_websocket_handler`, which passes each packet to `receive`",
    "every message costs an extra task, a timer and two iterations of the event loop",
)
async def test_packets_are_received_in_the_task_that_serves_the_socket(patched: None) -> None:
    assert "self._websocket_handler" in inspect.getsource(async_socket.AsyncSocket._upgrade_websocket)
    received: list[Any] = []
    socket = FakeWebSocket("4one", "4wrong", "9unknown", "4two")
    made, tasks = engine(socket, received), []
    loop = asyncio.get_running_loop()

    def note(loop: asyncio.AbstractEventLoop, coro: Any, **more: Any) -> asyncio.Task[Any]:
        tasks.append(coro.__name__)
        return asyncio.Task(coro, loop=loop, **more)

    await made.send(Packet(MESSAGE, "hello"))
    await made.send(Packet(MESSAGE, "and welcome"))
    loop.set_task_factory(note)
    try:
        await made._websocket_handler(socket)
    finally:
        loop.set_task_factory(None)
    # A packet that fails, or is unknown to engine.io, affects no other.
    assert [data for event, data in received if event == "message"] == ["one", "wrong", "two"]
    assert received[-1] == ("disconnect", made.server.reason.TRANSPORT_CLOSE)
    assert socket.sent[0] == ["4hello", "4and welcome"] and socket.closed and made.closed
    assert tasks == ["_write"]


@relied_on(
    ENGINEIO,
    engine_adapter.read_without_tasks,
    "`ping_interval`, `ping_timeout` and `max_http_buffer_size` limit its waiting and reading",
    "tabs that are gone, or that send endlessly, keep their sockets",
)
@pytest.mark.parametrize("given", ["4" + "x" * 20, "", None, "x", asyncio.Event])
async def test_a_silent_oversized_or_malformed_peer_is_disconnected(patched: None, given: Any) -> None:
    received: list[Any] = []
    silent = given is asyncio.Event
    socket = FakeWebSocket(asyncio.Event().wait() if silent else given, "4more")
    made = engine(socket, received, ping_timeout=0.01 if silent else PATIENT_SECONDS)
    await made._websocket_handler(socket)
    assert [event for event, _ in received] == ["disconnect"] and socket.closed


async def test_a_peer_that_answers_no_ping_is_disconnected_whatever_it_sends(patched: None) -> None:
    received: list[Any] = []
    socket = FakeWebSocket("4one", "4two", "4three")
    made = engine(socket, received)

    async def trigger(event: str, sid: str, data: Any, run_async: bool = False) -> None:
        received.append((event, data))
        if data == "one":
            # As engine.io's service task does, some time after an unanswered ping.
            await made.close(wait=False, abort=False, reason=made.server.reason.PING_TIMEOUT)

    made.server._trigger_event = trigger
    await made._websocket_handler(socket)
    assert [data for event, data in received if event == "message"] == ["one"]
    assert socket.closed and socket.sent[0] == ["1"]


@relied_on(
    REFLEX,
    engine_adapter.delta_packet,
    'a delta goes to a browser as the event "event" with a `StateUpdate`, in engine.io\'s message packet',
    "no fact reaches a screen: likes, messages and notifications show up only after a reload",
)
def test_a_fact_is_sent_as_a_delta_in_reflexs_packet() -> None:
    fact = {"likes": 2, "by": 'é "{}" 🙂', "at": 1.5, "whole": 2.0, "of": [None, True], "big": 2**53 - 1}
    delta: dict[str, Any] = {"post_1": fact}
    text = engine_adapter.delta_packet(app, LiveState, delta)
    kind, _, rest = text.partition("/_event,")
    assert kind == "42" and json.loads(rest)[0] == "event"
    assert json.loads(rest)[1]["delta"] == {LiveState.get_full_name(): delta}
    # Reflex has serializers for these.
    delta |= {
        "card": Person("1", "ana", "Ana", ""),
        "pair": ("a", "b"),
        "date": datetime.now(UTC),
        "by_id": {1: "a"},
    }
    text = engine_adapter.delta_packet(app, LiveState, delta)
    # The same packet, encoded in one piece.
    update = StateUpdate(delta={LiveState.get_full_name(): delta})
    event = app.sio.packet_class(EVENT, data=["event", update], namespace="/_event")  # pyright: ignore
    assert Packet(MESSAGE, event.encode()).encode() == text


def test_everything_in_the_adapter_has_a_contract() -> None:
    assert untested(engine_adapter) == set()
