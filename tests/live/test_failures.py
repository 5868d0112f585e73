"""A failure in one tab, or in one item sent to it, affects nothing else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
import reflex as rx
from engineio import packet

from instagram_clone import live
from instagram_clone.live import delivery, reflex_adapter
from instagram_clone.live.tabs import connections, transport
from tests.live.conftest import FakeSockets


async def test_a_fact_that_cannot_be_encoded_affects_no_other(sockets: FakeSockets) -> None:
    live.send_facts("t1", {"bad": "\ud800", "good": 1})
    live.send_facts("t2", {"unknown": object()})
    live.send_facts("t3", {"post": 1})
    await live.settled()
    assert sockets.sent == [("s1", {"good": 1}), ("s3", {"post": 1})]


@pytest.fixture
def emitted(sockets: FakeSockets, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The names of the events that tabs were asked to send back, with their tabs. All tabs have a state."""
    asked: list[tuple[str, str]] = []

    class State:
        router = SimpleNamespace(session=SimpleNamespace(client_token="t"))

        async def get_state(self, cls: type) -> type:
            return cls

    @contextlib.asynccontextmanager
    async def modify_state(_: object) -> AsyncIterator[State]:
        yield State()

    async def emit_update(update: Any, token: str) -> None:
        asked.extend((token, event.name) for event in update.events)

    monkeypatch.setattr(connections.app(), "modify_state", modify_state, raising=False)
    monkeypatch.setattr(sockets, "emit_update", emit_update, raising=False)
    return asked


async def test_a_failing_change_affects_no_other_and_reloads_its_tab(
    emitted: list[tuple[str, str]],
) -> None:
    applied: list[int] = []

    def change(_: object, number: int) -> None:
        if number == 2:
            raise RuntimeError("This one fails.")
        applied.append(number)

    for number in (1, 2, 3):
        live.edit("t1", rx.State, change, number)
    live.edit("t2", rx.State, change, 4)
    await live.settled()
    assert sorted(applied) == [1, 3, 4]
    assert emitted == [("t1", reflex_adapter.HYDRATE_AND_LOAD)]


async def test_a_tab_with_too_many_bytes_queued_is_disconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MAX_QUEUED_BYTES", 10_000)
    socket = SimpleNamespace(disconnects=0)
    socket.disconnect = lambda: setattr(socket, "disconnects", socket.disconnects + 1)
    live.with_transport({"type": "websocket", "extensions": {transport.TRANSPORT: socket}}, None)  # pyright: ignore
    queue = transport.PacketQueue()
    for _ in range(100):
        await queue.put(packet.Packet(packet.MESSAGE, "x" * 1000))
        await queue.get()
    assert not socket.disconnects
    for _ in range(20):
        await queue.put(packet.Packet(packet.MESSAGE, "x" * 1000))
    await queue.put(None)
    assert socket.disconnects


async def test_a_tab_with_too_many_facts_held_is_disconnected(
    sockets: FakeSockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MAX_HELD", 10)
    disconnected: list[str] = []
    for token in ("t1", "t3"):
        transport_ = connections.transport(token)
        monkeypatch.setattr(transport_, "disconnect", lambda token=token: disconnected.append(token))
    read = asyncio.Event()
    sockets.slow["s1"] = read.wait
    for number in range(30):
        for token in ("t1", "t3"):
            live.send_facts(token, {f"post_{number}": number})
        await asyncio.sleep(0)
    read.set()
    await live.settled()
    assert set(disconnected) == {"t1"}
