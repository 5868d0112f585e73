"""The exchange of events with other processes over Redis.

An event is published on the channels of its topics, to which processes subscribe while a tab watches them
(`channels`), or on the common channel. Each process publishes over one connection and receives over
another, so events arrive in the order in which they were published, across all channels.

A process that loses Redis, or stops receiving its own messages, disconnects its tabs: they show it, wait,
and read everything again when they reconnect. Before it admits them, the process subscribes to all channels
again and clears every cache that relies on events for invalidation.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from instagram_clone.domain.core import events
from instagram_clone.live import channels, online
from instagram_clone.live.bus import carriers, decoding, redis_connections
from instagram_clone.live.bus.carriers import CHANNEL, spelled
from instagram_clone.live.tabs import admission, connections, transport
from instagram_clone.live.topics import Channel

PULSE_SECONDS = 1.0
SILENCE_SECONDS = 4.0
"""How often a process sends itself a heartbeat, and how long a silence means that Redis hangs."""

RETRY_SECONDS = 0.5
MAX_WAITING = 10_000
"""Messages queued while Redis is unreachable. Beyond this, a notice of the loss replaces them all."""

MAX_ARRIVED = 10_000
"""Received events queued for delivery. Beyond this they stay in Redis, which has its own limit."""

Arrived = asyncio.Queue[Any]

log = logging.getLogger(__name__)

_me = secrets.token_hex(8)
_talking = False
_waiting: deque[tuple[list[str], str]] = deque()
"""Messages to be published, and their channels."""

_said_so_far = 0
_heard_last: dict[str, int] = {}
"""The number of each process's last message: one that arrives on several channels is handled once."""

_said = asyncio.Event()


class EventsLost(Exception):
    """Another process could not publish all of its events."""


@contextlib.asynccontextmanager
async def between_processes(url: str) -> AsyncIterator[None]:
    """Exchange events with the other processes through Redis for the duration of the context."""
    global _talking, _me, _said
    # Workers are forked after this module is imported, and each needs an id of its own.
    _me = secrets.token_hex(8)
    _talking, _said = True, asyncio.Event()
    _waiting.clear()
    admission.admit(False)
    online.set_publisher(_say)
    carriers.set_publisher(_announce)
    running = asyncio.create_task(_keep_talking(url))
    try:
        yield
    finally:
        _talking = False
        await redis_connections.end(running)
        channels.end()


def _announce(event: Any) -> None:
    if _talking:
        _say({"kind": type(event).__name__, "event": asdict(event)}, carriers.channels_of(event))


def _say(news: dict[str, Any], on: list[str] | None = None) -> None:
    global _said_so_far
    if not _talking or on == []:
        return
    if len(_waiting) >= MAX_WAITING:
        _waiting.clear()
        news, on = {"lost": True}, None
    _said_so_far += 1
    _waiting.append((on or [CHANNEL], json.dumps({"from": _me, "n": _said_so_far, **news})))
    _said.set()


async def _keep_talking(url: str) -> None:
    while True:
        redis = redis_connections.connect(url, SILENCE_SECONDS)
        ear, parts = redis.pubsub(), []
        try:
            first = [CHANNEL, _pulse(), *map(spelled, channels.begin(connections.watched_topics()))]
            await ear.subscribe(*first)
            arrived: Arrived = asyncio.Queue(MAX_ARRIVED)
            running = (
                _listen(ear, arrived, set(first)),
                _tend(ear),
                _deliver(arrived),
                _speak(redis),
                online.publish_rosters(),
            )
            parts = [asyncio.create_task(part) for part in running]
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for part in done:
                part.result()
        except asyncio.CancelledError:
            await redis_connections.close(redis, ear, *parts)
            raise
        except (RedisError, OSError, EventsLost) as error:
            log.warning("News are missed: %s", error)
        except Exception:
            log.exception("The exchange of news failed")
        # Events missed from now on would never be made up for: better no tab than a wrong one.
        admission.admit(False)
        transport.disconnect()
        channels.end()
        await redis_connections.close(redis, ear, *parts)
        await asyncio.sleep(RETRY_SECONDS)


def _pulse() -> str:
    """Return the channel that carries only this process's own heartbeat."""
    return f"{CHANNEL}:{_me}"


async def _deliver(arrived: Arrived) -> None:
    """Deliver received events in order. Carriers may query the database; reading from Redis goes on."""
    while True:
        await carriers.deliver(await arrived.get())


async def _listen(ear: PubSub, arrived: Arrived, first: set[str]) -> None:
    _heard_last.clear()
    own = f'{{"from": "{_me}"'.encode()
    before, common = f"{CHANNEL}:", CHANNEL.encode()
    async for message in ear.listen():
        if message["type"] == "message":
            if message["data"].startswith(own):
                continue
            name = message["channel"]
            # For channels no longer watched but still subscribed, skip even the decoding.
            if name == common or channels.is_watched(Channel(name.decode().removeprefix(before))):
                await _hear(json.loads(message["data"]), arrived)
        elif message["type"] == "subscribe":
            name = message["channel"].decode()
            channels.confirm(Channel(name.removeprefix(before)))
            if first:
                first.discard(name)
                if not first:
                    _begin()
    raise ConnectionError("Redis has ended the subscription")


async def _tend(ear: PubSub) -> None:
    """Subscribe to channels that tabs start to watch, and unsubscribe from those unwatched for a time."""
    while True:
        new, left = await channels.changes()
        if new:
            await ear.subscribe(*map(spelled, new))
        if left:
            await ear.unsubscribe(*map(spelled, left))


def _begin() -> None:
    """Admit tabs, now that all channels are subscribed, with the caches from before cleared."""
    events.clear_caches()
    admission.admit(True)
    _say({"ask": True})


async def _hear(news: dict[str, Any], arrived: Arrived) -> None:
    number = news.get("n")
    if number is not None:
        if number <= _heard_last.get(news["from"], 0):
            return
        _heard_last[news["from"]] = number
    if "kind" in news:
        event = decoding.event(news["kind"], news["event"])
        if event is not None:
            await arrived.put(event)
    elif "lost" in news:
        raise EventsLost("another process had more to say than could wait")
    elif "ask" in news:
        _say({"online": online.local_people()})
    elif news.keys() & {"online", "connected", "disconnected"}:
        online.update_roster(news["from"], news, online.ROSTER_SECONDS * 3)
    else:
        decoding.note_unknown(f"news with {sorted(news)}")


async def _speak(redis: Redis) -> None:
    """Publish queued messages, with a heartbeat to this process itself at least every `PULSE_SECONDS`."""
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PULSE_SECONDS):
                await _said.wait()
        _said.clear()
        said = list(_waiting)
        _waiting.clear()
        try:
            async with redis.pipeline(transaction=False) as pipe:
                for on, text in said:
                    for one in on:
                        pipe.publish(one, text)
                pipe.publish(_pulse(), "")
                await pipe.execute()
        except BaseException:
            # Publish them again later: receiving a message twice does no harm.
            _waiting.extendleft(reversed(said))
            raise
