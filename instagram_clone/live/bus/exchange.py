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
from instagram_clone.live.bus import decoding, handlers, redis_connections
from instagram_clone.live.bus.handlers import CHANNEL, redis_channel
from instagram_clone.live.tabs import admission, connections, transport
from instagram_clone.live.topics import Channel

HEARTBEAT_SECONDS = 1.0
SILENCE_SECONDS = 4.0
"""How often a process sends itself a heartbeat, and after how long a silence it considers Redis hung."""

RETRY_SECONDS = 0.5
MAX_OUTGOING = 10_000
"""Messages queued while Redis is unreachable. Beyond this, a notice of the loss replaces them all."""

MAX_RECEIVED = 10_000
"""Received events queued for delivery. Beyond this they stay in Redis, which has its own limit."""

Received = asyncio.Queue[Any]

log = logging.getLogger(__name__)

_process_id = secrets.token_hex(8)
_active = False
_outgoing: deque[tuple[list[str], str]] = deque()
"""Messages to be published, and their channels."""

_last_sent = 0
_last_number: dict[str, int] = {}
"""The number of each process's last message: one that arrives on several channels is handled once."""

_has_outgoing = asyncio.Event()


class EventsLost(Exception):
    """Another process could not publish all of its events."""


@contextlib.asynccontextmanager
async def between_processes(url: str) -> AsyncIterator[None]:
    """Exchange events with the other processes through Redis for the duration of the context."""
    global _active, _process_id, _has_outgoing
    # Workers are forked after this module is imported, and each needs an id of its own.
    _process_id = secrets.token_hex(8)
    _active, _has_outgoing = True, asyncio.Event()
    _outgoing.clear()
    admission.set_available("Redis", False)
    online.set_publisher(_publish)
    handlers.set_publisher(_publish_event)
    running = asyncio.create_task(_run(url))
    try:
        yield
    finally:
        _active = False
        await redis_connections.end(running)
        channels.end()


def _publish_event(event: Any) -> None:
    if _active:
        _publish({"kind": type(event).__name__, "event": asdict(event)}, handlers.channels_of(event))


def _publish(message: dict[str, Any], to: list[str] | None = None) -> None:
    global _last_sent
    if not _active or to == []:
        return
    if len(_outgoing) >= MAX_OUTGOING:
        _outgoing.clear()
        message, to = {"lost": True}, None
    _last_sent += 1
    _outgoing.append((to or [CHANNEL], json.dumps({"from": _process_id, "n": _last_sent, **message})))
    _has_outgoing.set()


async def _run(url: str) -> None:
    while True:
        redis = redis_connections.connect(url, SILENCE_SECONDS)
        subscription, tasks = redis.pubsub(), []
        try:
            watched = channels.begin(connections.watched_topics())
            initial = [CHANNEL, _heartbeat_channel(), *map(redis_channel, watched)]
            await subscription.subscribe(*initial)
            received: Received = asyncio.Queue(MAX_RECEIVED)
            coroutines = (
                _listen(subscription, received, set(initial)),
                _update_subscriptions(subscription),
                _deliver(received),
                _publish_loop(redis),
                online.publish_rosters(),
            )
            tasks = [asyncio.create_task(one) for one in coroutines]
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except asyncio.CancelledError:
            await redis_connections.close(redis, subscription, *tasks)
            raise
        except (RedisError, OSError, EventsLost) as error:
            log.warning("Events may have been missed: %s", error)
        except Exception:
            log.exception("The event exchange failed")
        # Events missed from now on would never be made up for: better no tab than a wrong one.
        admission.set_available("Redis", False)
        transport.disconnect()
        channels.end()
        await redis_connections.close(redis, subscription, *tasks)
        await asyncio.sleep(RETRY_SECONDS)


def _heartbeat_channel() -> str:
    """Return the channel that carries only this process's own heartbeat."""
    return f"{CHANNEL}:{_process_id}"


async def _deliver(received: Received) -> None:
    """Deliver received events in order. Handlers may query the database; reading from Redis goes on."""
    while True:
        await handlers.deliver(await received.get())


async def _listen(subscription: PubSub, received: Received, initial: set[str]) -> None:
    _last_number.clear()
    own = f'{{"from": "{_process_id}"'.encode()
    prefix, common = f"{CHANNEL}:", CHANNEL.encode()
    async for message in subscription.listen():
        if message["type"] == "message":
            if message["data"].startswith(own):
                continue
            name = message["channel"]
            # For channels no longer watched but still subscribed, skip even the decoding.
            if name == common or channels.is_watched(Channel(name.decode().removeprefix(prefix))):
                await _receive(json.loads(message["data"]), received)
        elif message["type"] == "subscribe":
            name = message["channel"].decode()
            channels.confirm(Channel(name.removeprefix(prefix)))
            if initial:
                initial.discard(name)
                if not initial:
                    _on_subscribed()
    raise ConnectionError("Redis ended the subscription")


async def _update_subscriptions(subscription: PubSub) -> None:
    """Subscribe to channels that tabs start to watch, and unsubscribe from those unwatched for a while."""
    while True:
        new, dropped = await channels.changes()
        if new:
            await subscription.subscribe(*map(redis_channel, new))
        if dropped:
            await subscription.unsubscribe(*map(redis_channel, dropped))


def _on_subscribed() -> None:
    """Admit tabs, now that all channels are subscribed, with the earlier caches cleared."""
    events.clear_caches()
    admission.set_available("Redis", True)
    _publish({"ask": True})


async def _receive(message: dict[str, Any], received: Received) -> None:
    number = message.get("n")
    if number is not None:
        if number <= _last_number.get(message["from"], 0):
            return
        _last_number[message["from"]] = number
    if "kind" in message:
        event = decoding.event(message["kind"], message["event"])
        if event is not None:
            await received.put(event)
    elif "lost" in message:
        raise EventsLost("another process had more to publish than it could queue")
    elif "ask" in message:
        _publish({"online": online.local_people()})
    elif message.keys() & {"online", "connected", "disconnected"}:
        online.update_roster(message["from"], message, online.ROSTER_SECONDS * 3)
    else:
        decoding.log_unknown(f"a message with {sorted(message)}")


async def _publish_loop(redis: Redis) -> None:
    """Publish queued messages, and a heartbeat to this process at least every `HEARTBEAT_SECONDS`."""
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await _has_outgoing.wait()
        _has_outgoing.clear()
        batch = list(_outgoing)
        _outgoing.clear()
        try:
            async with redis.pipeline(transaction=False) as pipe:
                for names, text in batch:
                    for name in names:
                        pipe.publish(name, text)
                pipe.publish(_heartbeat_channel(), "")
                await pipe.execute()
        except BaseException:
            # Publish them again later: receiving a message twice does no harm.
            _outgoing.extendleft(reversed(batch))
            raise
