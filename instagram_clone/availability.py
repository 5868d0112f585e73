"""Availability of this process's dependencies: MongoDB, and Redis if there is one.

While MongoDB doesn't answer, tabs are disconnected: they show that they are reconnecting, keep what was
typed, and read everything again once they are back. The embedded server is supervised from here. What pages
and routes answer during an outage is up to `web/html`.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import sys
from collections.abc import AsyncIterator

from obstore.exceptions import GenericError
from pymongo.errors import PyMongoError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from instagram_clone import live, mongod
from instagram_clone.config import settings
from instagram_clone.domain.core import db

ANSWER_SECONDS = 1.5
"""How long each dependency may take to answer before it counts as down."""

CHECK_SECONDS = 1.0

OUTAGES = (PyMongoError, RedisError, GenericError, TimeoutError)
"""Raised while a dependency is down. GenericError is the photo store's, also when its disk is full."""

log = logging.getLogger(__name__)
_checking: asyncio.Task[list[str]] | None = None


@contextlib.asynccontextmanager
async def watching() -> AsyncIterator[None]:
    """Watch the database during the context, and exit the process if the embedded one can't recover."""
    tasks = [asyncio.create_task(_watch())]
    if settings().mongodb_uri is None:
        tasks.append(asyncio.create_task(_supervise()))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def down() -> list[str]:
    """Return which dependencies don't answer within ANSWER_SECONDS. Concurrent calls share one check."""
    global _checking
    if _checking is None or _checking.done():
        _checking = asyncio.create_task(_check_all())
    return await asyncio.shield(_checking)


def is_outage(error: BaseException) -> bool:
    """Return whether an error will go away by itself: a dependency is down, or a disk is full."""
    return isinstance(error, OUTAGES) or getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)


async def _check_all() -> list[str]:
    checks = {"MongoDB": db.is_reachable(ANSWER_SECONDS)}
    redis = settings().redis_url
    if redis is not None:
        checks["Redis"] = _redis_responds(redis)
    answers = await asyncio.gather(*checks.values())
    return [name for name, responds in zip(checks, answers, strict=True) if not responds]


async def _redis_responds(url: str) -> bool:
    try:
        async with asyncio.timeout(ANSWER_SECONDS), Redis.from_url(url) as redis:
            await redis.execute_command("PING")
    except (RedisError, OSError, TimeoutError):
        return False
    return True


async def _watch() -> None:
    is_down = False
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        try:
            is_down = await _check(is_down)
        except Exception:
            # Whatever it was, this loop must go on: without it, tabs would never be disconnected.
            log.exception("Could not check whether MongoDB is responding")


async def _check(is_down: bool) -> bool:
    """Return whether the database is down, given whether it was before, and act on it."""
    # Checked twice: this process itself may have been stalled for that long.
    answers = await db.is_reachable(2 * ANSWER_SECONDS) or await db.is_reachable(ANSWER_SECONDS)
    if answers and is_down:
        log.warning("MongoDB is responding again")
    elif not answers and not is_down:
        log.error("MongoDB is not responding; disconnecting tabs")
    live.set_available("MongoDB", answers)
    if not answers:
        live.disconnect()
    return not answers


async def _supervise() -> None:
    try:
        await mongod.supervise(settings().data_dir / "mongo", db.reconnect)
    except mongod.NotRunning as error:
        print(f"instagram_clone: {error}", file=sys.stderr, flush=True)
        # A service manager sees the exit status, and may restart the process.
        os._exit(3)
