"""A process receives what its tabs watch over a real Redis: all of it, in order, and nothing else."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict

import pytest

from instagram_clone import live
from instagram_clone.domain.core import events
from instagram_clone.live import channels, topics
from instagram_clone.live.bus import carriers, exchange
from instagram_clone.live.delivery import subscribe
from instagram_clone.live.tabs import admission
from tests.live.conftest import Wire
from tests.live.test_bus import Process, Rang, process, server, until
from tests.redis_server import RedisServer
from tests.server import PATIENCE_SECONDS

__all__ = ["process", "server"]

pytestmark = pytest.mark.starves

POST, OTHER = topics.post("p"), topics.post("q")


@pytest.fixture
def rang(wire: Wire, process: Process) -> list[int]:
    """The numbers of the events about posts that this process has received, in order."""
    numbers: list[int] = []

    async def note(event: Rang) -> None:
        numbers.append(event.number)

    carriers._handlers[Rang].clear()
    carriers._reaches[Rang].clear()
    subscribe(Rang, note, lambda event: [topics.post(one) for one in event.whom])
    return numbers


async def receivers(process: Process, topic: topics.Topic) -> int:
    """Return how many connections are subscribed to a topic's channel in Redis."""
    [(_, number)] = await process.redis.pubsub_numsub(carriers.spelled(topics.channel(topic)))
    return number


async def ring(process: Process, number: int, *on: topics.Topic) -> None:
    """Publish an event about posts as another process would."""
    event = {"from": "another", "n": number, "kind": "Rang", "event": asdict(Rang(number))}
    async with process.redis.pipeline(transaction=False) as pipe:
        for topic in on:
            pipe.publish(carriers.spelled(topics.channel(topic)), json.dumps(event))
        await pipe.execute()


async def test_what_nobody_here_watches_never_arrives(process: Process, rang: list[int]) -> None:
    assert await receivers(process, POST) == 0
    assert await live.watch("t1", "timeline", [POST])
    assert (await receivers(process, POST), await receivers(process, OTHER)) == (1, 0)
    for number in range(1, 100):
        await ring(process, number, OTHER)
    await ring(process, 100, POST)
    await until(lambda: rang == [100])


async def test_of_what_was_watched_until_a_moment_ago_nothing_is_decoded(
    process: Process, rang: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    await live.watch("t1", "timeline", [POST, OTHER])
    await live.watch("t1", "timeline", [OTHER])
    assert await receivers(process, POST) == 1, "they may come back"
    decoded: list[str] = []
    loads = json.loads
    monkeypatch.setattr(exchange.json, "loads", lambda text: decoded.append(text) or loads(text))
    await ring(process, 1, POST)
    await ring(process, 2, OTHER)
    await until(lambda: rang == [2])
    # Rosters may arrive at any time.
    assert len([one for one in decoded if "Rang" in str(one)]) == 1


async def test_a_channel_is_left_a_while_after_its_last_watcher(
    process: Process, rang: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    await live.watch("t1", "timeline", [POST])
    await live.watch("t3", "timeline", [POST, OTHER])
    monkeypatch.setattr(channels, "KEPT_SECONDS", 0)
    monkeypatch.setattr(channels, "SWEEP_SECONDS", 0.01)
    live.unwatch("t3", "timeline")
    while await receivers(process, OTHER):
        await live.watch("t3", "detail", [topics.comments("p")])
        live.unwatch("t3", "detail")
    assert await receivers(process, POST) == 1, "somebody else watches it"
    assert await live.watch("t3", "timeline", [OTHER]), "it is subscribed to again, and waited for"
    await ring(process, 1, OTHER)
    await until(lambda: rang == [1])


async def test_only_so_many_channels_are_kept_for_nobody(
    process: Process, rang: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "MAX_KEPT", 10)
    for number in range(50):
        await live.watch("t1", "timeline", [topics.post(f"{number}")])
    await until(lambda: len(channels._unwatched) <= 10)
    assert len(channels._confirmed & set(channels._unwatched)) == len(channels._unwatched)
    while await receivers(process, topics.post("0")):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert await receivers(process, topics.post("49")) == 1


async def test_nothing_is_read_before_a_slow_redis_has_confirmed_what_is_watched(
    server: RedisServer, process: Process, rang: list[int]
) -> None:
    server.hang()
    try:
        first = asyncio.create_task(_watch("t1"))
        second = asyncio.create_task(_watch("t3"))
        given_up = asyncio.create_task(_watch("t2"))
        for _ in range(100):
            await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.wait([given_up])
        assert given_up.cancelled() and not first.done() and not second.done()
    finally:
        server.go_on()
    assert await first and await second
    assert await receivers(process, POST) == 1
    assert not await live.watch("t2", "timeline", [POST]), "it is heard already"


async def _watch(token: str) -> bool:
    return await live.watch(token, "timeline", [POST])


async def test_nothing_is_lost_between_watching_and_reading(process: Process, rang: list[int]) -> None:
    truth, stop = [0], asyncio.Event()

    async def change() -> None:
        while not stop.is_set():
            truth[0] += 1
            await ring(process, truth[0], *(topics.post(f"{one}") for one in range(10)))

    changing = asyncio.create_task(change())
    for one in range(10):
        rang.clear()
        await live.watch("t1", "timeline", [topics.post(f"{one}")])
        read = truth[0]
        await until(lambda read=read: bool(rang) and rang[-1] > read + 20)
        later = [number for number in rang if number > read]
        assert later == list(range(read + 1, later[-1] + 1))
    stop.set()
    await changing


async def test_an_event_on_several_channels_is_heard_once_and_in_its_order(
    process: Process, rang: list[int]
) -> None:
    await live.watch("t1", "timeline", [POST, OTHER])
    for number in range(1, 200):
        await ring(process, number, *((POST, OTHER), (OTHER,), (POST,))[number % 3])
    await until(lambda: len(rang) >= 199)
    assert rang == list(range(1, 200))


async def test_a_redis_that_is_restarted_sends_what_is_watched_before_tabs_are_let_in(
    server: RedisServer, process: Process, rang: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    await live.watch("t1", "timeline", [POST])
    let_in: list[set[str]] = []
    admit = admission.admit

    def note(anybody: bool, *more: str) -> None:
        if anybody:
            let_in.append(set(channels._confirmed))
        admit(anybody, *more)

    monkeypatch.setattr(admission, "admit", note)
    server.stop()
    await until(lambda: not process.admitted())
    assert not await live.watch("t3", "timeline", [OTHER]), "nobody waits for what is not there"
    server.start()
    await until(process.admitted)
    assert let_in and {topics.channel(POST), topics.channel(OTHER)} <= let_in[0]
    await ring(process, 1, POST, OTHER)
    await until(lambda: rang == [1])


async def test_whoever_waits_when_redis_goes_goes_on(
    server: RedisServer, process: Process, rang: list[int]
) -> None:
    server.hang()
    waiting = asyncio.create_task(_watch("t1"))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await waiting, "what was read may be old: the tab is hung up on, and reads again"
    finally:
        server.go_on()
    await until(process.admitted)
    await ring(process, 1, POST)
    await until(lambda: rang == [1])


async def test_an_event_is_said_where_its_topics_are_watched(
    process: Process, rang: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[list[str]] = []
    say = exchange._say
    monkeypatch.setattr(exchange, "_say", lambda news, on=None: said.append(on or []) or say(news, on))
    many = tuple(str(one) for one in range(carriers.MAX_CHANNELS + 1))
    for whom in (("p", "q"), ("p",), (), many):
        await events.publish(Rang(1, whom))  # pyright: ignore[reportArgumentType]
    posts = [carriers.spelled(topics.channel(one)) for one in (POST, OTHER)]
    assert [sorted(one) for one in said] == [posts, posts[:1], [], [carriers.CHANNEL]]
    subscribe(Rang, _nobody)
    await events.publish(Rang(1, ("p",)))  # pyright: ignore[reportArgumentType]
    assert said[-1] == [carriers.CHANNEL], "somebody has to hear of all of them"


async def _nobody(_: Rang) -> None: ...


async def test_without_a_redis_nobody_waits(wire: Wire) -> None:
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
def test_what_is_one_persons_shares_a_channel(topic: topics.Topic, channel: str) -> None:
    assert topics.channel(topic) == channel
