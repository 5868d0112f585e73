"""Walls between processes: what one process pays for events in the others."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time

from benchmarks import isolated
from benchmarks.walls import crowds
from benchmarks.walls.measuring import Data, Median, ids
from instagram_clone import live
from instagram_clone.live import channels, topics
from instagram_clone.live.bus import exchange, handlers
from instagram_clone.live.tabs import admission
from tests.redis_server import RedisServer

TABS = 1_000
SHOWN = 12
EVENTS = 20_000

PUBLISHER_SCRIPT = """
import json, sys
from redis import Redis
url, names, fields = sys.argv[1], sys.argv[2].split(","), json.loads(sys.argv[5])
redis, pipe = Redis.from_url(url), None
for at in range(int(sys.argv[3]), int(sys.argv[4])):
    pipe = pipe or redis.pipeline(transaction=False)
    packet = {"from": "another", "n": at, "kind": "PostLiked", "event": {**fields, "rev": at}}
    pipe.publish(names[at % len(names)], json.dumps(packet))
    if at % 100 == 0:
        pipe.execute()
        pipe = None
"""
"""The script of another process, which publishes a range of events on some channels in turn."""


async def elsewhere(_: Data) -> dict[str, Median]:
    """Like posts that no tab of this process shows, and then one that a tab shows; and open a page of posts
    that no tab here has shown yet.
    """
    server = RedisServer(isolated.DATA)
    server.start()
    users = ids(TABS)
    tokens = crowds.open_tabs(users)
    try:
        async with live.between_processes(server.url):
            while "Redis" in admission._unavailable:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            opened = []
            for token in tokens:
                began = time.thread_time()
                await live.watch(token, "timeline", map(topics.post, ids(SHOWN)))
                opened.append((time.thread_time() - began) * 1000)
            print(f"    ({len(channels._confirmed):,} channels are subscribed)")
            shown = ids(1)
            await live.watch(tokens[0], "detail", map(topics.post, shown))
            return {
                "no tab here watches": await _receive(server.url, ids(50), is_received=False),
                "no tab, common channel": await _receive(server.url, []),
                "a tab here watches": await _receive(server.url, shown),
                "a page of new posts": Median(sum(opened) / len(opened)),
            }
    finally:
        server.stop()


_published = 1


async def _receive(url: str, post_ids: list[str], *, is_received: bool = True) -> Median:
    """Return the CPU time that each event takes in this process, beyond that of being idle."""
    global _published
    subject = {"post_id": (post_ids[:1] or ids(1))[0]}
    names = [handlers.redis_channel(topics.channel(topics.post(one))) for one in post_ids] or [
        handlers.CHANNEL
    ]
    event = json.dumps({"author_id": "", "by": "", "liked": True, "likes": 1, "comments": 0, **subject})
    numbers = map(str, (_published, _published + EVENTS))
    command = [sys.executable, "-c", PUBLISHER_SCRIPT, url, ",".join(names), *numbers, event]
    _published += EVENTS
    before = time.thread_time()
    began = time.perf_counter()
    publisher = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL)
    await publisher.wait()
    await live.settled()
    while is_received and exchange._last_number.get("another") != _published - 1:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await live.settled()
    busy, seconds = time.thread_time() - before, time.perf_counter() - began
    idle = time.thread_time()
    await asyncio.sleep(seconds)
    return Median((busy - (time.thread_time() - idle)) * 1000 / EVENTS)
