"""Carrying news between processes: what one announces, the tabs of all others hear of too.

Every process carries an event to its own tabs and, where there is a Redis, publishes it for the
others to do the same. A process that loses Redis hangs up on its tabs: they say so, wait, and read
the truth anew when they are back, so that nothing missed stays missed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from instagram_clone.domain import events
from instagram_clone.live import tabs

CHANNEL = "instaclone:news"
ROSTER_SECONDS = 10
"""How often a process says who is with it; one that has not for three times as long is gone."""

RETRY_SECONDS = 0.5

Carrier = Callable[[Any], Awaitable[None]]

log = logging.getLogger(__name__)

_carriers: dict[type, list[Carrier]] = defaultdict(list)
_me = secrets.token_hex(8)
_outbox: asyncio.Queue[str] | None = None


def carry(kind: type, carrier: Carrier) -> None:
    """Call a coroutine function with every event of a kind, announced in whatever process."""
    if not _carriers[kind]:
        events.subscribe(kind, _announced)
    _carriers[kind].append(carrier)


@contextlib.asynccontextmanager
async def between_processes(url: str) -> AsyncIterator[None]:
    """Exchange news with the other processes at a Redis while the context lasts."""
    global _outbox, _me
    # Workers are forked after this module is imported: each needs a name of its own.
    _me = secrets.token_hex(8)
    _outbox = asyncio.Queue()
    tabs.tell_elsewhere(_say)
    running = asyncio.create_task(_keep_talking(url))
    try:
        yield
    finally:
        _outbox = None
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def _announced(event: Any) -> None:
    await _deliver_here(event)
    _say({"kind": type(event).__name__, "event": asdict(event)})


async def _deliver_here(event: Any) -> None:
    for carrier in _carriers[type(event)]:
        try:
            await carrier(event)
        except Exception:
            log.exception("A carrier of %s failed", type(event).__name__)


def _say(news: dict[str, Any]) -> None:
    if _outbox is not None:
        _outbox.put_nowait(json.dumps({"from": _me, **news}))


async def _keep_talking(url: str) -> None:
    while True:
        # No silent retries: whoever was away for a moment has missed something.
        redis = Redis.from_url(url, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0))
        parts: list[asyncio.Task[None]] = []
        try:
            async with redis.pubsub() as ear:
                await ear.subscribe(CHANNEL)
                tabs.admit(True)
                _say({"ask": True})
                parts = [asyncio.create_task(part) for part in (_listen(ear), _speak(redis), _call_rolls())]
                done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
                for part in done:
                    part.result()
        except (RedisError, OSError) as error:
            log.warning("Redis is out of reach: %s", error)
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
            await redis.aclose()
        # What is missed from now on would stay missed: better no tab than one that is wrong.
        tabs.admit(False)
        tabs.hang_up()
        while _outbox is not None and not _outbox.empty():
            _outbox.get_nowait()
        await asyncio.sleep(RETRY_SECONDS)


async def _listen(ear: Any) -> None:
    kinds = {kind.__name__: kind for kind in _carriers}
    async for message in ear.listen():
        if message["type"] != "message":
            continue
        news = json.loads(message["data"])
        if news["from"] == _me:
            continue
        if "kind" in news:
            # JSON has no tuples; the events' own fields that hold several are tuples.
            fields = {
                name: tuple(value) if isinstance(value, list) else value
                for name, value in news["event"].items()
            }
            await _deliver_here(kinds[news["kind"]](**fields))
        elif "ask" in news:
            _say({"here": tabs.people_here()})
        else:
            tabs.hear_elsewhere(news["from"], news, ROSTER_SECONDS * 3)


async def _speak(redis: Redis) -> None:
    assert _outbox is not None
    while True:
        said = [await _outbox.get()]
        while not _outbox.empty():
            said.append(_outbox.get_nowait())
        async with redis.pipeline(transaction=False) as pipe:
            for one in said:
                pipe.publish(CHANNEL, one)
            await pipe.execute()


async def _call_rolls() -> None:
    while True:
        _say({"here": tabs.people_here()})
        await asyncio.sleep(ROSTER_SECONDS)
        tabs.drop_silent()
