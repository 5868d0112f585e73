"""The exchange's connections to Redis: made without retries, and closed however the exchange ends."""

from __future__ import annotations

import asyncio
import contextlib

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError


def connect(url: str, silence: float) -> Redis:
    """Return a Redis client that fails after this many seconds of silence and never retries on its own:
    after even a brief disconnect, messages have been missed.
    """
    return Redis.from_url(
        url, socket_connect_timeout=2, socket_timeout=silence, retry=Retry(NoBackoff(), 0)
    )


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks until they have ended.

    Once is not enough: redis-py writes through `asyncio.wait_for`, which before Python 3.12 loses a
    cancellation that arrives just as the write completes (python/cpython#86296).
    """
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=0.1)


async def close(redis: Redis, subscription: PubSub, *tasks: asyncio.Task[None]) -> None:
    """End the tasks using the connections and close them: Redis keeps sending to one merely dropped."""
    try:
        await end(*tasks)
    finally:
        # A Redis that hangs may not answer the close either.
        for closing in (subscription.aclose, redis.aclose):
            with contextlib.suppress(RedisError, OSError):
                await closing()
