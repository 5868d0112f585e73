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
from tests.live.conftest import Wire


async def test_what_cannot_be_encoded_costs_only_itself(wire: Wire) -> None:
    live.send_facts("t1", {"bad": "\ud800", "good": 1})
    live.send_facts("t2", {"unknown": object()})
    live.send_facts("t3", {"post": 1})
    await live.settled()
    assert wire.sent == [("s1", {"good": 1}), ("s3", {"post": 1})]


@pytest.fixture
def emitted(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
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
    monkeypatch.setattr(wire, "emit_update", emit_update, raising=False)
    return asked


async def test_one_failing_change_costs_a_tab_no_other_and_has_it_read_again(
    emitted: list[tuple[str, str]],
) -> None:
    made: list[int] = []

    def change(_: object, number: int) -> None:
        if number == 2:
            raise RuntimeError("This one fails.")
        made.append(number)

    for number in (1, 2, 3):
        live.edit("t1", rx.State, change, number)
    live.edit("t2", rx.State, change, 4)
    await live.settled()
    assert sorted(made) == [1, 3, 4]
    assert emitted == [("t1", reflex_adapter.HYDRATE_AND_LOAD)]


async def test_a_tab_that_lets_too_many_bytes_wait_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MAX_WAITING_BYTES", 10_000)
    line = SimpleNamespace(hung_up=0)
    line.disconnect = lambda: setattr(line, "hung_up", line.hung_up + 1)
    live.with_transport({"type": "websocket", "extensions": {transport.TRANSPORT: line}}, None)  # pyright: ignore
    queue = transport.Waiting()
    for _ in range(100):
        await queue.put(packet.Packet(packet.MESSAGE, "x" * 1000))
        await queue.get()
    assert not line.hung_up
    for _ in range(20):
        await queue.put(packet.Packet(packet.MESSAGE, "x" * 1000))
    await queue.put(None)
    assert line.hung_up


async def test_a_tab_that_lets_too_many_facts_wait_is_hung_up_on(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MAX_HELD", 10)
    hung_up: list[str] = []
    for token in ("t1", "t3"):
        line = connections.transport(token)
        monkeypatch.setattr(line, "disconnect", lambda token=token: hung_up.append(token))
    read = asyncio.Event()
    wire.slow["s1"] = read.wait
    for number in range(30):
        for token in ("t1", "t3"):
            live.send_facts(token, {f"post_{number}": number})
        await asyncio.sleep(0)
    read.set()
    await live.settled()
    assert set(hung_up) == {"t1"}
