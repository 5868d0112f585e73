"""A process receives what its tabs watch over a real Redis: all of it, in order, and nothing else."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict

import pytest

from instagram_clone import live
from instagram_clone.domain.core import events
from instagram_clone.live import channels, topics
from instagram_clone.live.bus import exchange, handlers
from instagram_clone.live.delivery import subscribe
from instagram_clone.live.tabs import admission
from tests.live.conftest import FakeSockets
from tests.live.test_bus import Pinged, Process, process, server, until
from tests.redis_server import RedisServer
from tests.server import PATIENCE_SECONDS

__all__ = ["process", "server"]

pytestmark = pytest.mark.starves

POST, OTHER = topics.post("p"), topics.post("q")


@pytest.fixture
def received(sockets: FakeSockets, process: Process) -> list[int]:
    """The numbers of the events about posts that this process has received, in order."""
    numbers: list[int] = []

    async def note(event: Pinged) -> None:
        numbers.append(event.number)

    handlers._handlers[Pinged].clear()
    handlers._reaches[Pinged].clear()
    subscribe(Pinged, note, lambda event: [topics.post(one) for one in event.users])
    return numbers


async def receivers(process: Process, topic: topics.Topic) -> int:
    """Return how many connections are subscribed to a topic's channel in Redis."""
    [(_, number)] = await process.redis.pubsub_numsub(handlers.redis_channel(topics.channel(topic)))
    return number


async def ping(process: Process, number: int, *on: topics.Topic) -> None:
    """Publish an event about posts as another process would."""
    event = {"from": "another", "n": number, "kind": "Pinged", "event": asdict(Pinged(number))}
    async with process.redis.pipeline(transaction=False) as pipe:
        for topic in on:
            pipe.publish(handlers.redis_channel(topics.channel(topic)), json.dumps(event))
        await pipe.execute()


async def test_events_on_unwatched_channels_never_arrive(process: Process, received: list[int]) -> None:
    assert await receivers(process, POST) == 0
    assert await live.watch("t1", "timeline", [POST])
    assert (await receivers(process, POST), await receivers(process, OTHER)) == (1, 0)
    for number in range(1, 100):
        await ping(process, number, OTHER)
    await ping(process, 100, POST)
    await until(lambda: received == [100])


async def test_events_on_a_channel_just_unwatched_are_not_decoded(
    process: Process, received: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    await live.watch("t1", "timeline", [POST, OTHER])
    await live.watch("t1", "timeline", [OTHER])
    assert await receivers(process, POST) == 1, "the tab may come back"
    decoded: list[str] = []
    loads = json.loads
    monkeypatch.setattr(exchange.json, "loads", lambda text: decoded.append(text) or loads(text))
    await ping(process, 1, POST)
    await ping(process, 2, OTHER)
    await until(lambda: received == [2])
    # Rosters may arrive at any time.
    assert len([one for one in decoded if "Pinged" in str(one)]) == 1


async def test_a_channel_is_unsubscribed_some_time_after_its_last_watcher_left(
    process: Process, received: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    await live.watch("t1", "timeline", [POST])
    await live.watch("t3", "timeline", [POST, OTHER])
    monkeypatch.setattr(channels, "KEPT_SECONDS", 0)
    monkeypatch.setattr(channels, "SWEEP_SECONDS", 0.01)
    live.unwatch("t3", "timeline")
    while await receivers(process, OTHER):
        await live.watch("t3", "detail", [topics.comments("p")])
        live.unwatch("t3", "detail")
    assert await receivers(process, POST) == 1, "another tab watches it"
    assert await live.watch("t3", "timeline", [OTHER]), "the tab waits for the new subscription"
    await ping(process, 1, OTHER)
    await until(lambda: received == [1])


async def test_the_number_of_channels_kept_without_a_watcher_is_limited(
    process: Process, received: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "MAX_KEPT", 10)
    for number in range(50):
        await live.watch("t1", "timeline", [topics.post(f"{number}")])
    await until(lambda: len(channels._unwatched) <= 10)
    assert len(channels._confirmed & set(channels._unwatched)) == len(channels._unwatched)
    while await receivers(process, topics.post("0")):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert await receivers(process, topics.post("49")) == 1


async def test_nothing_is_read_before_a_slow_redis_has_confirmed_the_subscription(
    server: RedisServer, process: Process, received: list[int]
) -> None:
    server.hang()
    try:
        first = asyncio.create_task(_watch("t1"))
        second = asyncio.create_task(_watch("t3"))
        third = asyncio.create_task(_watch("t2"))
        for _ in range(100):
            await asyncio.sleep(0)
        third.cancel()
        await asyncio.wait([third])
        assert third.cancelled() and not first.done() and not second.done()
    finally:
        server.resume()
    assert await first and await second
    assert await receivers(process, POST) == 1
    assert not await live.watch("t2", "timeline", [POST]), "it is subscribed to already"


async def _watch(token: str) -> bool:
    return await live.watch(token, "timeline", [POST])


async def test_nothing_is_lost_between_watching_and_reading(process: Process, received: list[int]) -> None:
    latest, stop = [0], asyncio.Event()

    async def change() -> None:
        while not stop.is_set():
            latest[0] += 1
            await ping(process, latest[0], *(topics.post(f"{one}") for one in range(10)))

    changing = asyncio.create_task(change())
    for one in range(10):
        received.clear()
        await live.watch("t1", "timeline", [topics.post(f"{one}")])
        read = latest[0]
        await until(lambda read=read: bool(received) and received[-1] > read + 20)
        later = [number for number in received if number > read]
        assert later == list(range(read + 1, later[-1] + 1))
    stop.set()
    await changing


async def test_an_event_on_several_channels_is_received_once_and_in_order(
    process: Process, received: list[int]
) -> None:
    await live.watch("t1", "timeline", [POST, OTHER])
    for number in range(1, 200):
        await ping(process, number, *((POST, OTHER), (OTHER,), (POST,))[number % 3])
    await until(lambda: len(received) >= 199)
    assert received == list(range(1, 200))


async def test_a_restarted_redis_is_subscribed_to_all_watched_channels_before_tabs_are_admitted(
    server: RedisServer, process: Process, received: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    await live.watch("t1", "timeline", [POST])
    confirmed: list[set[str]] = []
    set_available = admission.set_available

    def note(service: str, available: bool) -> None:
        if available:
            confirmed.append(set(channels._confirmed))
        set_available(service, available)

    monkeypatch.setattr(admission, "set_available", note)
    server.stop()
    await until(lambda: not process.admitted())
    assert not await live.watch("t3", "timeline", [OTHER]), "nobody waits while Redis is gone"
    server.start()
    await until(process.admitted)
    assert confirmed and {topics.channel(POST), topics.channel(OTHER)} <= confirmed[0]
    await ping(process, 1, POST, OTHER)
    await until(lambda: received == [1])


async def test_a_tab_waiting_for_its_subscription_continues_when_redis_is_lost(
    server: RedisServer, process: Process, received: list[int]
) -> None:
    server.hang()
    waiting = asyncio.create_task(_watch("t1"))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await waiting, "its data may be out of date: the tab is disconnected, and reads again"
    finally:
        server.resume()
    await until(process.admitted)
    await ping(process, 1, POST)
    await until(lambda: received == [1])


async def test_an_event_is_published_on_the_channels_of_its_topics(
    process: Process, received: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[list[str]] = []
    publish = exchange._publish
    monkeypatch.setattr(exchange, "_publish", lambda m, to=None: sent.append(to or []) or publish(m, to))
    many = tuple(str(one) for one in range(handlers.MAX_CHANNELS + 1))
    for users in (("p", "q"), ("p",), (), many):
        await events.publish(Pinged(1, users))  # pyright: ignore[reportArgumentType]
    posts = [handlers.redis_channel(topics.channel(one)) for one in (POST, OTHER)]
    assert [sorted(one) for one in sent] == [posts, posts[:1], [], [handlers.CHANNEL]]
    subscribe(Pinged, _ignore)
    await events.publish(Pinged(1, ("p",)))  # pyright: ignore[reportArgumentType]
    assert sent[-1] == [handlers.CHANNEL], "one subscriber needs all of them"


async def _ignore(_: Pinged) -> None: ...


async def test_without_redis_nobody_waits(sockets: FakeSockets) -> None:
    watching = live.watch("t1", "timeline", [POST])
    with pytest.raises(StopIteration) as ended:
        next(watching.__await__())
    assert ended.value.value is False and not channels._pending


@pytest.mark.parametrize(
    ("topic", "channel"),
    [
        (topics.post("1"), "post:1"),
        (topics.comments("1"), "comments:1"),
        (topics.profile("1"), "profile:1"),
        (topics.user("1"), "user:1"),
        (topics.home("1"), "user:1"),
        (topics.saves("1"), "user:1"),
        (topics.recents("1"), "user:1"),
        (topics.inbox("1"), "user:1"),
        (topics.thread("2", "1"), "user:1"),
        (topics.card("1"), ""),
        (topics.suggested("1"), ""),
        (topics.activity("1"), ""),
    ],
)
def test_topics_of_one_person_share_a_channel(topic: topics.Topic, channel: str) -> None:
    assert topics.channel(topic) == channel
