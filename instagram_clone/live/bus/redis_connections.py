"""The connections to Redis of one exchange of news: made without retries, and closed whatever ends them."""

from __future__ import annotations

import asyncio
import contextlib

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError


def connect(url: str, silence: float) -> Redis:
    """Return a Redis that fails once it has been silent for so many seconds, and does not retry unasked:
    whoever was away for a moment has missed something.
    """
    return Redis.from_url(
        url, socket_connect_timeout=2, socket_timeout=silence, retry=Retry(NoBackoff(), 0)
    )


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks until they have ended.

    Once is not enough: redis-py writes through `asyncio.wait_for`, which before Python 3.12 loses a
    cancellation that comes in the moment the writing is done (python/cpython#86296).
    """
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=0.1)


async def hang_up(redis: Redis, ear: PubSub, *parts: asyncio.Task[None]) -> None:
    """End what uses the connections, and close them: Redis goes on sending to one merely forgotten."""
    try:
        await end(*parts)
    finally:
        # One that hangs may not answer to goodbyes either.
        for closing in (ear.aclose, redis.aclose):
            with contextlib.suppress(RedisError, OSError):
                await closing()
