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
from instagram_clone.live.bus import carriers, decoding, exchange
from instagram_clone.live.delivery import subscribe
from instagram_clone.live.tabs import admission
from tests.conftest import DATA
from tests.redis_server import RedisServer
from tests.server import PATIENCE_SECONDS

pytestmark = pytest.mark.starves


@dataclass(frozen=True)
class Rang:
    """An event used only by these tests."""

    number: int
    whom: tuple[str, ...] = ()


async def until(happened: Callable[[], bool]) -> None:
    """Wait until a condition is true."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not happened():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


sent: list[str] = []
"""The types of all messages sent through tabs' sockets."""


def opened() -> Any:
    """Return the `receive` of a tab's socket on which nothing arrives."""

    async def send(message: Any) -> None:
        sent.append(message["type"])

    return live.interruptible(asyncio.Event().wait, send)  # pyright: ignore[reportArgumentType]


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    made = RedisServer(DATA)
    made.start()
    yield made
    made.go_on()
    made.stop()


@dataclass
class Process:
    """This process on the bus, along with a separate connection to the same Redis and a tab's socket."""

    redis: Redis
    ear: PubSub
    rang: list[Rang]
    tab: Any

    async def say(self, news: dict[str, Any] | str) -> None:
        """Publish a message as another process would."""
        text = news if isinstance(news, str) else json.dumps({"from": "another", **news})
        await self.redis.publish(carriers.CHANNEL, text)

    async def ring(self, number: int, **more: Any) -> None:
        """Publish an event as another process would."""
        await self.say({"kind": "Rang", "event": {**asdict(Rang(number)), **more}})

    def admitted(self) -> bool:
        return "Redis" not in admission._missing

    async def heard(self) -> dict[str, Any]:
        """Return the next event that this process publishes to the others."""
        async for message in self.ear.listen():
            if message["type"] == "message" and "kind" in (news := json.loads(message["data"])):
                return news
        raise AssertionError


@pytest.fixture
async def process(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Process]:
    monkeypatch.setattr(admission, "_missing", set())
    monkeypatch.setattr(online, "_elsewhere", {})
    monkeypatch.setattr(online, "_publisher", None)
    monkeypatch.setattr(decoding, "_unknown", set())
    redis = Redis.from_url(server.url)
    async with live.between_processes(server.url), redis.pubsub() as ear:
        await ear.subscribe(carriers.CHANNEL)
        made = Process(redis, ear, [], opened())
        assert not made.admitted(), "what happens before all is heard would be missed"
        await until(made.admitted)

        async def note(event: Rang) -> None:
            made.rang.append(event)

        subscribe(Rang, note)
        yield made
    carriers._handlers.pop(Rang, None)
    events._subscribers.pop(Rang, None)
    await redis.aclose()


async def test_what_another_version_tells_is_left_out_and_noted_once(
    process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    tab = asyncio.create_task(process.tab())
    with caplog.at_level(logging.WARNING, decoding.__name__):
        for number in (1, 2):
            await process.say({"kind": "PostPainted", "event": {"post_id": "1", "colour": "blue"}})
            await process.say({"kind": "Rang", "event": {"whom": ["nobody"]}})
            await process.say({"weather": "fine"})
            await process.ring(number, whom=["ana"], louder=True)
    await until(lambda: len(process.rang) == 2)
    assert process.rang == [Rang(1, ("ana",)), Rang(2, ("ana",))]
    assert process.admitted() and not tab.done()
    noted = "\n".join(caplog.messages)
    assert len(caplog.messages) == 4, noted
    for what in ("PostPainted", "Rang.louder", "weather", "number"):
        assert noted.count(what) == 1, noted
    tab.cancel()


@pytest.mark.parametrize("news", ["no JSON", "[]", json.dumps({"from": "another", "lost": True})])
async def test_after_anything_else_tabs_are_hung_up_on_and_news_are_heard_again(
    process: Process, news: str
) -> None:
    tab = asyncio.create_task(process.tab())
    await process.say(news)
    assert (await tab)["type"] == "websocket.disconnect"
    await until(process.admitted)
    await process.ring(1)
    await until(lambda: process.rang == [Rang(1)])


@pytest.fixture
def remembered(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Put an entry into every cache, and return a function that counts the caches which still have it."""
    caches = [one for one in vars(accounts).values() if isinstance(one, TTLCache)]
    caches += [one for one in vars(visibility).values() if isinstance(one, TTLCache)]
    values = [cache._values for cache in caches] + [sessions._cache]
    for known in values:
        monkeypatch.setitem(known, "of before", (Viewer("", "", ""), float("inf")))  # pyright: ignore[reportArgumentType]
    assert len(values) >= 3
    return lambda: sum("of before" in known for known in values)


async def test_a_redis_that_hangs_is_noticed_and_what_was_missed_is_not_believed(
    server: RedisServer, process: Process, remembered: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert exchange.SILENCE_SECONDS + exchange.PULSE_SECONDS <= 5
    left: list[int] = []
    admit = admission.admit

    def note(anybody: bool, *more: str) -> None:
        if anybody:
            left.append(remembered())
        admit(anybody, *more)

    monkeypatch.setattr(admission, "admit", note)
    tab = asyncio.create_task(process.tab())
    sent.clear()
    server.hang()
    try:
        assert (await tab)["type"] == "websocket.disconnect"
        await until(lambda: sent == ["websocket.close"])
        assert not process.admitted() and remembered() >= 3
        await events.publish(Rang(7))  # pyright: ignore[reportArgumentType]
        assert not process.admitted()
    finally:
        server.go_on()
    await until(process.admitted)
    assert left == [0], "forgotten before anybody is let in, and not after"
    # Events from this process during the outage reach the others late, rather than never.
    assert (await process.heard())["event"]["number"] == 7


async def test_whoever_reads_what_arrives_waits_for_nobody_who_hears_it(process: Process) -> None:
    asked, order = asyncio.Event(), []

    async def ask(event: Rang) -> None:
        await asked.wait()
        order.append(event.number)

    subscribe(Rang, ask)
    for number in (1, 2, 3):
        await process.ring(number)
    await process.say({"connected": "dan"})
    await until(lambda: live.is_online("dan"))
    assert process.rang == [Rang(1)] and order == [], "what follows is delivered in order, and later"
    asked.set()
    await until(lambda: order == [1, 2, 3])


async def test_a_redis_that_is_restarted_is_found_again(server: RedisServer, process: Process) -> None:
    tab = asyncio.create_task(process.tab())
    server.stop()
    assert (await tab)["type"] == "websocket.disconnect"
    server.start()
    await until(process.admitted)
    await process.ring(1)
    await until(lambda: process.rang == [Rang(1)])


async def test_a_process_that_hears_nothing_of_its_own_hangs_up(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis answers every command but nothing arrives, as behind a proxy that has lost the subscription."""
    monkeypatch.setattr(exchange, "SILENCE_SECONDS", 1.0)
    monkeypatch.setattr(exchange, "PULSE_SECONDS", 0.1)
    await process.say("no JSON")
    await until(lambda: not process.admitted())
    await until(process.admitted)
    tab = asyncio.create_task(opened()())
    monkeypatch.setattr(exchange, "_pulse", lambda: "elsewhere")
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert (await tab)["type"] == "websocket.disconnect"


async def test_a_cancellation_that_is_lost_keeps_nobody_out(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak = exchange._speak

    async def speak_on(redis: Redis) -> None:
        """Lose a cancellation, as `asyncio.wait_for` may before Python 3.12 when its task is just done."""
        try:
            await speak(redis)
        except asyncio.CancelledError:
            await speak(redis)

    monkeypatch.setattr(exchange, "_speak", speak_on)
    for number in (1, 2):
        tab = asyncio.create_task(opened()())
        await process.say("no JSON")
        assert (await tab)["type"] == "websocket.disconnect"
        await until(process.admitted)
        await process.ring(number)
        await until(lambda number=number: process.rang[-1:] == [Rang(number)])


async def test_what_waits_for_redis_is_bounded_and_others_are_told(
    server: RedisServer, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "MAX_WAITING", 10)
    tab = asyncio.create_task(process.tab())
    server.hang()
    try:
        await tab
        for number in range(100):
            await events.publish(Rang(number))  # pyright: ignore[reportArgumentType]
            assert len(exchange._waiting) <= 10
        assert any("lost" in one for _, one in exchange._waiting)
    finally:
        server.go_on()
    async for message in process.ear.listen():
        if message["type"] == "message" and "lost" in json.loads(message["data"]):
            break


async def test_what_is_forgotten_while_a_session_is_read_is_not_believed_later(ana: Viewer) -> None:
    token = await sessions.start(ana.id, "")
    sessions.forget_all()
    reading = asyncio.create_task(sessions.viewer(token))
    await asyncio.sleep(0)
    assert not reading.done()
    sessions.forget_all()
    viewer = await reading
    assert viewer is not None and viewer.session_id not in sessions._cache
    assert await sessions.viewer(token) == viewer and viewer.session_id in sessions._cache


async def test_who_leaves_the_bus_leaves_no_connection_behind(server: RedisServer) -> None:
    async with Redis.from_url(server.url) as redis:
        gc.disable()
        try:
            async with live.between_processes(server.url):
                await until(lambda: "Redis" not in admission._missing)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while len(await redis.client_list()) > 1:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        finally:
            gc.enable()
