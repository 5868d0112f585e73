"""The exchange of events between processes over a real Redis: what interrupts it, and how it recovers."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

import instagram_clone.instagram_clone  # noqa: F401  (creates every cache)
from instagram_clone import live
from instagram_clone.domain.core import events
from instagram_clone.domain.core.cache import TTLCache
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts, visibility
from instagram_clone.domain.people.credentials import sessions
from instagram_clone.live import online
from instagram_clone.live.bus import decoding, exchange, handlers
from instagram_clone.live.delivery import subscribe
from instagram_clone.live.tabs import admission
from tests.conftest import DATA
from tests.redis_server import RedisServer
from tests.server import PATIENCE_SECONDS

pytestmark = pytest.mark.starves


@dataclass(frozen=True)
class Pinged:
    """An event used only by these tests."""

    number: int
    users: tuple[str, ...] = ()


async def until(happened: Callable[[], bool]) -> None:
    """Wait until a condition is true."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not happened():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


sent: list[str] = []
"""The types of all messages sent through tabs' sockets."""


def open_socket() -> Any:
    """Return the `receive` of a tab's socket on which nothing arrives."""

    async def send(message: Any) -> None:
        sent.append(message["type"])

    return live.interruptible(asyncio.Event().wait, send)  # pyright: ignore[reportArgumentType]


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    redis = RedisServer(DATA)
    redis.start()
    yield redis
    redis.resume()
    redis.stop()


@dataclass
class Process:
    """This process on the bus, along with a separate connection to the same Redis and a tab's socket."""

    redis: Redis
    subscription: PubSub
    received: list[Pinged]
    tab: Any

    async def publish(self, message: dict[str, Any] | str) -> None:
        """Publish a message as another process would."""
        text = message if isinstance(message, str) else json.dumps({"from": "another", **message})
        await self.redis.publish(handlers.CHANNEL, text)

    async def ping(self, number: int, **more: Any) -> None:
        """Publish an event as another process would."""
        await self.publish({"kind": "Pinged", "event": {**asdict(Pinged(number)), **more}})

    def admitted(self) -> bool:
        return "Redis" not in admission._unavailable

    async def next_published(self) -> dict[str, Any]:
        """Return the next event that this process publishes to the others."""
        async for message in self.subscription.listen():
            if message["type"] == "message" and "kind" in (data := json.loads(message["data"])):
                return data
        raise AssertionError


@pytest.fixture
async def process(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Process]:
    monkeypatch.setattr(admission, "_unavailable", set())
    monkeypatch.setattr(online, "_elsewhere", {})
    monkeypatch.setattr(online, "_publisher", None)
    monkeypatch.setattr(decoding, "_unknown", set())
    redis = Redis.from_url(server.url)
    async with live.between_processes(server.url), redis.pubsub() as subscription:
        await subscription.subscribe(handlers.CHANNEL)
        process = Process(redis, subscription, [], open_socket())
        assert not process.admitted(), "events before everything is subscribed would be missed"
        await until(process.admitted)

        async def note(event: Pinged) -> None:
            process.received.append(event)

        subscribe(Pinged, note)
        yield process
    handlers._handlers.pop(Pinged, None)
    events._subscribers.pop(Pinged, None)
    await redis.aclose()


async def test_unknown_data_from_another_version_is_ignored_and_logged_once(
    process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    tab = asyncio.create_task(process.tab())
    with caplog.at_level(logging.WARNING, decoding.__name__):
        for number in (1, 2):
            await process.publish({"kind": "PostPainted", "event": {"post_id": "1", "colour": "blue"}})
            await process.publish({"kind": "Pinged", "event": {"users": ["nobody"]}})
            await process.publish({"weather": "fine"})
            await process.ping(number, users=["ana"], louder=True)
    await until(lambda: len(process.received) == 2)
    assert process.received == [Pinged(1, ("ana",)), Pinged(2, ("ana",))]
    assert process.admitted() and not tab.done()
    logged = "\n".join(caplog.messages)
    assert len(caplog.messages) == 4, logged
    for what in ("PostPainted", "Pinged.louder", "weather", "number"):
        assert logged.count(what) == 1, logged
    tab.cancel()


@pytest.mark.parametrize("message", ["no JSON", "[]", json.dumps({"from": "another", "lost": True})])
async def test_an_invalid_message_disconnects_tabs_and_events_are_received_again_afterwards(
    process: Process, message: str
) -> None:
    tab = asyncio.create_task(process.tab())
    await process.publish(message)
    assert (await tab)["type"] == "websocket.disconnect"
    await until(process.admitted)
    await process.ping(1)
    await until(lambda: process.received == [Pinged(1)])


@pytest.fixture
def count_cached(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Put an entry into every cache, and return a function that counts the caches which still have it."""
    caches = [one for one in vars(accounts).values() if isinstance(one, TTLCache)]
    caches += [one for one in vars(visibility).values() if isinstance(one, TTLCache)]
    values = [cache._values for cache in caches] + [sessions._cache]
    for entries in values:
        monkeypatch.setitem(entries, "earlier", (Viewer("", "", ""), float("inf")))  # pyright: ignore[reportArgumentType]
    assert len(values) >= 3
    return lambda: sum("earlier" in entries for entries in values)


async def test_a_redis_that_hangs_is_noticed_and_caches_are_cleared(
    server: RedisServer, process: Process, count_cached: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert exchange.SILENCE_SECONDS + exchange.HEARTBEAT_SECONDS <= 5
    left: list[int] = []
    set_available = admission.set_available

    def note(service: str, available: bool) -> None:
        if available:
            left.append(count_cached())
        set_available(service, available)

    monkeypatch.setattr(admission, "set_available", note)
    tab = asyncio.create_task(process.tab())
    sent.clear()
    server.hang()
    try:
        assert (await tab)["type"] == "websocket.disconnect"
        await until(lambda: sent == ["websocket.close"])
        assert not process.admitted() and count_cached() >= 3
        await events.publish(Pinged(7))  # pyright: ignore[reportArgumentType]
        assert not process.admitted()
    finally:
        server.resume()
    await until(process.admitted)
    assert left == [0], "caches are cleared before any tab is admitted, not after"
    # Events from this process during the outage reach the others late, rather than never.
    assert (await process.next_published())["event"]["number"] == 7


async def test_reading_from_redis_does_not_wait_for_event_handlers(process: Process) -> None:
    answered, order = asyncio.Event(), []

    async def ask(event: Pinged) -> None:
        await answered.wait()
        order.append(event.number)

    subscribe(Pinged, ask)
    for number in (1, 2, 3):
        await process.ping(number)
    await process.publish({"connected": "dan"})
    await until(lambda: live.is_online("dan"))
    assert process.received == [Pinged(1)] and order == [], "later events wait, and are delivered in order"
    answered.set()
    await until(lambda: order == [1, 2, 3])


async def test_a_restarted_redis_is_reconnected_to(server: RedisServer, process: Process) -> None:
    tab = asyncio.create_task(process.tab())
    server.stop()
    assert (await tab)["type"] == "websocket.disconnect"
    server.start()
    await until(process.admitted)
    await process.ping(1)
    await until(lambda: process.received == [Pinged(1)])


async def test_a_process_that_misses_its_own_heartbeats_disconnects_its_tabs(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis answers every command but nothing arrives, as behind a proxy that has lost the subscription."""
    monkeypatch.setattr(exchange, "SILENCE_SECONDS", 1.0)
    monkeypatch.setattr(exchange, "HEARTBEAT_SECONDS", 0.1)
    await process.publish("no JSON")
    await until(lambda: not process.admitted())
    await until(process.admitted)
    tab = asyncio.create_task(open_socket()())
    monkeypatch.setattr(exchange, "_heartbeat_channel", lambda: "elsewhere")
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert (await tab)["type"] == "websocket.disconnect"


async def test_a_lost_cancellation_does_not_keep_tabs_out(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_loop = exchange._publish_loop

    async def lose_cancellation(redis: Redis) -> None:
        """Lose a cancellation, as `asyncio.wait_for` may before Python 3.12 when its task is just done."""
        try:
            await publish_loop(redis)
        except asyncio.CancelledError:
            await publish_loop(redis)

    monkeypatch.setattr(exchange, "_publish_loop", lose_cancellation)
    for number in (1, 2):
        tab = asyncio.create_task(open_socket()())
        await process.publish("no JSON")
        assert (await tab)["type"] == "websocket.disconnect"
        await until(process.admitted)
        await process.ping(number)
        await until(lambda number=number: process.received[-1:] == [Pinged(number)])


async def test_the_queue_for_redis_is_bounded_and_others_learn_of_the_loss(
    server: RedisServer, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "MAX_OUTGOING", 10)
    tab = asyncio.create_task(process.tab())
    server.hang()
    try:
        await tab
        for number in range(100):
            await events.publish(Pinged(number))  # pyright: ignore[reportArgumentType]
            assert len(exchange._outgoing) <= 10
        assert any("lost" in one for _, one in exchange._outgoing)
    finally:
        server.resume()
    async for message in process.subscription.listen():
        if message["type"] == "message" and "lost" in json.loads(message["data"]):
            break


async def test_a_session_invalidated_while_it_is_read_is_not_cached(ana: Viewer) -> None:
    token = await sessions.start(ana.id, "")
    sessions.forget_all()
    reading = asyncio.create_task(sessions.viewer(token))
    await asyncio.sleep(0)
    assert not reading.done()
    sessions.forget_all()
    viewer = await reading
    assert viewer is not None and viewer.session_id not in sessions._cache
    assert await sessions.viewer(token) == viewer and viewer.session_id in sessions._cache


async def test_leaving_the_bus_leaves_no_connection_behind(server: RedisServer) -> None:
    async with Redis.from_url(server.url) as redis:
        gc.disable()
        try:
            async with live.between_processes(server.url):
                await until(lambda: "Redis" not in admission._unavailable)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while len(await redis.client_list()) > 1:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        finally:
            gc.enable()
