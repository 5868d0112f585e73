"""Whether what this process cannot do without answers: MongoDB, and Redis where there is one.

While MongoDB does not, tabs are hung up on: they say that they reconnect, keep what was typed, and read
again when they are back. The embedded server is brought back from here. What pages and routes
answer meanwhile is `web/html`'s.
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
"""So long may each of them take to answer; more, and it is down."""

LOOK_SECONDS = 1.0

OUTAGES = (PyMongoError, RedisError, GenericError, TimeoutError)
"""What is raised while something is away; the third is the photo store's, also where its disk is full."""

log = logging.getLogger(__name__)
_asking: asyncio.Task[list[str]] | None = None


@contextlib.asynccontextmanager
async def watching() -> AsyncIterator[None]:
    """Watch the database for as long as the context lasts; end the process where it does not come back."""
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
    """Return the names of what does not answer within ANSWER_SECONDS; who asks meanwhile shares it."""
    global _asking
    if _asking is None or _asking.done():
        _asking = asyncio.create_task(_ask())
    return await asyncio.shield(_asking)


def is_outage(error: BaseException) -> bool:
    """Tell whether something failed that will work again by itself: what it needs is away, or full."""
    return isinstance(error, OUTAGES) or getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)


async def _ask() -> list[str]:
    asked = {"MongoDB": db.answers(ANSWER_SECONDS)}
    redis = settings().redis_url
    if redis is not None:
        asked["Redis"] = _redis_answers(redis)
    answers = await asyncio.gather(*asked.values())
    return [name for name, answered in zip(asked, answers, strict=True) if not answered]


async def _redis_answers(url: str) -> bool:
    try:
        async with asyncio.timeout(ANSWER_SECONDS), Redis.from_url(url) as redis:
            await redis.execute_command("PING")
    except (RedisError, OSError, TimeoutError):
        return False
    return True


async def _watch() -> None:
    away = False
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            away = await _look(away)
        except Exception:
            # Whatever it was: without this nobody would be told to reconnect any more.
            log.exception("Whether MongoDB answers could not be asked")


async def _look(away: bool) -> bool:
    """Ask whether the database is away, as it was before or was not, and act on it."""
    # Asked twice: this process itself may have been held up for so long.
    answers = await db.answers(2 * ANSWER_SECONDS) or await db.answers(ANSWER_SECONDS)
    if answers and away:
        log.warning("MongoDB answers again")
    elif not answers and not away:
        log.error("MongoDB does not answer: tabs are told to reconnect")
    live.admit(answers, "MongoDB")
    if not answers:
        live.hang_up()
    return not answers


async def _supervise() -> None:
    try:
        await mongod.supervise(settings().data_dir / "mongo", db.move)
    except mongod.NotRunning as error:
        print(f"instagram_clone: {error}", file=sys.stderr, flush=True)
        # Whoever runs this as a service is told, and may begin again.
        os._exit(3)
