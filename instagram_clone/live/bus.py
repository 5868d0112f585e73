"""Carrying news between processes: what one announces, the tabs of all others hear of too.

Every process carries an event to its own tabs and, where there is a Redis, publishes it for the
others to do the same. A process that loses Redis, or hears no longer what it says itself, hangs up on
its tabs: they say so, wait, and read the truth again when they are back, so that nothing missed stays
missed. Before they are let in, everything that is remembered for as long as no event says otherwise is
forgotten.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextvars import ContextVar
from dataclasses import asdict, fields
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from instagram_clone.domain.core import events
from instagram_clone.live import connections, online

CHANNEL = "instaclone:news"
ROSTER_SECONDS = 10
"""How often a process says who is with it; one that has not for three times as long is gone."""

PULSE_SECONDS = 1.0
SILENCE_SECONDS = 4.0
"""A process says something to itself so often; once it has heard nothing for so long, Redis hangs."""

RETRY_SECONDS = 0.5
MAX_WAITING = 10_000
"""So much is kept for the others while Redis is away. Where it was more, they are told that it is lost."""

MAX_ARRIVED = 10_000
"""So much that was heard waits to be delivered; beyond that it waits in Redis, which has its own bound."""

Carrier = Callable[[Any], Awaitable[None]]
Arrived = asyncio.Queue[Any]

log = logging.getLogger(__name__)

_carriers: dict[type, list[Carrier]] = defaultdict(list)
_me = secrets.token_hex(8)
_talking = False
_waiting: deque[str] = deque()
_said = asyncio.Event()
_unknown: set[str] = set()
_edited: ContextVar[list[int]] = ContextVar("edited")
"""How many tabs the event that is being delivered has edited."""


class NewsLost(Exception):
    """Another process could not say everything that happened."""


def carry(kind: type, carrier: Carrier) -> None:
    """Call a coroutine function with every event of a kind, announced in whatever process."""
    if not _carriers[kind]:
        events.subscribe(kind, _announced)
    _carriers[kind].append(carrier)


@contextlib.asynccontextmanager
async def between_processes(url: str) -> AsyncIterator[None]:
    """Exchange news with the other processes at a Redis while the context lasts."""
    global _talking, _me, _said
    # Workers are forked after this module is imported: each needs a name of its own.
    _me = secrets.token_hex(8)
    _talking, _said = True, asyncio.Event()
    _waiting.clear()
    connections.admit(False)
    online.tell_elsewhere(_say)
    running = asyncio.create_task(_keep_talking(url))
    try:
        yield
    finally:
        _talking = False
        await _end(running)


async def _end(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks until they have ended.

    Once is not enough: redis-py writes through `asyncio.wait_for`, which before Python 3.12 loses a
    cancellation that comes in the moment the writing is done (python/cpython#86296).
    """
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=0.1)


async def _announced(event: Any) -> None:
    await _deliver_here(event)
    if _talking:
        _say({"kind": type(event).__name__, "event": asdict(event)})


def is_of_few(few: int) -> bool:
    """Count a tab that is edited because of an event, and tell whether it is one of its first few."""
    edited = _edited.get(None)
    if edited is None:
        return True
    edited[0] += 1
    return edited[0] <= few


async def _deliver_here(event: Any) -> None:
    around = _edited.set([0])
    try:
        for carrier in _carriers[type(event)]:
            try:
                await carrier(event)
            except Exception:
                log.exception("A carrier of %s failed", type(event).__name__)
    finally:
        _edited.reset(around)


def _say(news: dict[str, Any]) -> None:
    if not _talking:
        return
    if len(_waiting) >= MAX_WAITING:
        _waiting.clear()
        news = {"lost": True}
    _waiting.append(json.dumps({"from": _me, **news}))
    _said.set()


async def _keep_talking(url: str) -> None:
    while True:
        # No silent retries: whoever was away for a moment has missed something.
        redis = Redis.from_url(
            url,
            socket_connect_timeout=2,
            socket_timeout=SILENCE_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        ear, parts = redis.pubsub(), []
        try:
            await ear.subscribe(CHANNEL, _pulse())
            arrived: Arrived = asyncio.Queue(MAX_ARRIVED)
            running = (_listen(ear, arrived), _deliver(arrived), _speak(redis), _call_rolls())
            parts = [asyncio.create_task(part) for part in running]
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for part in done:
                part.result()
        except asyncio.CancelledError:
            await _end(*parts)
            raise
        except (RedisError, OSError, NewsLost) as error:
            log.warning("News are missed: %s", error)
        except Exception:
            log.exception("The exchange of news failed")
        # What is missed from now on would stay missed: better no tab than one that is wrong.
        connections.admit(False)
        connections.hang_up()
        await _end(*parts)
        # One that hangs may not answer to goodbyes either.
        for closing in (ear.aclose, redis.aclose):
            with contextlib.suppress(RedisError, OSError):
                await closing()
        await asyncio.sleep(RETRY_SECONDS)


def _pulse() -> str:
    """Return the channel on which a process hears itself alone."""
    return f"{CHANNEL}:{_me}"


async def _deliver(arrived: Arrived) -> None:
    """Deliver what has arrived, in order. Who hears it may ask the database: the reader waits for none."""
    while True:
        await _deliver_here(await arrived.get())


async def _listen(ear: PubSub, arrived: Arrived) -> None:
    begun: set[Any] = set()
    async for message in ear.listen():
        if message["type"] == "message" and message["channel"] == CHANNEL.encode():
            await _hear(json.loads(message["data"]), arrived)
        elif message["type"] == "subscribe":
            begun.add(message["channel"])
            if len(begun) == 2:
                _begin()
    raise ConnectionError("Redis has ended the subscription")


def _begin() -> None:
    """Let tabs in, now that everything is heard, with nothing remembered from before."""
    events.forget_what_was_believed()
    connections.admit(True)
    _say({"ask": True})


async def _hear(news: dict[str, Any], arrived: Arrived) -> None:
    if news["from"] == _me:
        return
    if "kind" in news:
        event = _event(news["kind"], news["event"])
        if event is not None:
            await arrived.put(event)
    elif "lost" in news:
        raise NewsLost("another process had more to say than could wait")
    elif "ask" in news:
        _say({"here": online.people_here()})
    elif news.keys() & {"here", "came", "went"}:
        online.hear_elsewhere(news["from"], news, ROSTER_SECONDS * 3)
    else:
        _note_unknown(f"news with {sorted(news)}")


def _event(name: str, values: dict[str, Any]) -> Any:
    """Return an event as another process announced it, or None: a newer version may know other kinds.

    What it says beyond what is known here is left out.
    """
    kind = next((kind for kind in _carriers if kind.__name__ == name), None)
    if kind is None:
        _note_unknown(name)
        return None
    known = {field.name for field in fields(kind)}
    for field in values.keys() - known:
        _note_unknown(f"{name}.{field}")
    try:
        # JSON has no tuples; the events' own fields that hold several are tuples.
        return kind(
            **{
                field: tuple(value) if isinstance(value, list) else value
                for field, value in values.items()
                if field in known
            }
        )
    except TypeError as error:
        _note_unknown(f"{name}: {error}")
        return None


def _note_unknown(what: str) -> None:
    if what not in _unknown:
        _unknown.add(what)
        log.warning("Another process tells of what is not known here: %s", what)


async def _speak(redis: Redis) -> None:
    """Say what there is to say, and something to oneself while there is nothing."""
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PULSE_SECONDS):
                await _said.wait()
        _said.clear()
        said = list(_waiting)
        _waiting.clear()
        try:
            async with redis.pipeline(transaction=False) as pipe:
                for one in said:
                    pipe.publish(CHANNEL, one)
                pipe.publish(_pulse(), "")
                await pipe.execute()
        except BaseException:
            # Said again later: hearing a thing twice does no harm.
            _waiting.extendleft(reversed(said))
            raise


async def _call_rolls() -> None:
    while True:
        _say({"here": online.people_here()})
        await asyncio.sleep(ROSTER_SECONDS)
        online.drop_silent()
