"""The fan-out of a like to many tabs: `python -m benchmarks.fanout [tabs ...]`, by default 100 500 1000.

Serves the app, connects raw WebSocket tabs as a browser does, likes and unlikes the post they show,
and prints how soon they receive it and what that costs the server. Server and generator share this
machine, and the generator is Python, so latencies are upper bounds; the server's CPU is not affected.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time

import benchmarks.isolated as isolated
import instagram_clone.instagram_clone  # noqa: F401  (registers every state)
from benchmarks.cost import cpu_seconds, people
from instagram_clone.domain.core import db
from instagram_clone.live.delivery import LiveState
from instagram_clone.web import cookies
from instagram_clone.web.states.posts.timeline import TimelineState
from tests.client import RawTab, event_name
from tests.server import Server, running

LIKES = 20
WARM_UP = 6


async def connect_many(server: Server, cookie: str, post_id: str, number: int) -> list[RawTab]:
    """Open tabs that show the post, in batches of fifty."""
    tabs: list[RawTab] = []
    while len(tabs) < number:
        group = range(min(50, number - len(tabs)))
        opening = (RawTab.open(server.socket_url, server.url, cookie, path=f"/p/{post_id}") for _ in group)
        tabs += await asyncio.gather(*opening)
        await tabs[-1].settle(0.1)
    await tabs[-1].settle(0.5)
    return tabs


async def measure(server: Server, tokens: list[str], post_id: str, number: int) -> None:
    """Like and unlike a post that a number of tabs watch, and print the results."""
    viewers = await connect_many(server, f"{cookies.NAME}={tokens[2]}", post_id, number)
    liker = await RawTab.open(
        server.socket_url, server.url, f"{cookies.NAME}={tokens[1]}", path="/settings/account"
    )
    await liker.settle(0.3)
    took: list[float] = []
    began_cpu = 0.0
    for turn in range(WARM_UP + LIKES):
        if turn == WARM_UP:
            took.clear()
            began_cpu = cpu_seconds(server.pid)
        for tab in viewers:
            tab.frames.clear()
            tab.arrived = 0.0
        name = "like" if turn % 2 == 0 else "unlike"
        sent = time.perf_counter()
        await liker.call(event_name(TimelineState, name), {"post_id": post_id})
        deadline = sent + 15
        while any(not tab.arrived for tab in viewers) and time.perf_counter() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        missing = sum(not tab.arrived for tab in viewers)
        assert not missing, f"{missing} tabs never received it"
        took += [(tab.arrived - sent) * 1000 for tab in viewers]
        await asyncio.sleep(0.1)
    cpu = cpu_seconds(server.pid) - began_cpu
    took.sort()
    fact = viewers[0].value(LiveState, f"post_{post_id}")
    assert fact and all(tab.value(LiveState, f"post_{post_id}") == fact for tab in viewers)
    a_like, p99 = cpu / LIKES, took[int(len(took) * 0.99)]
    print(
        f"  {number:5} tabs: p50 {statistics.median(took):6.1f} ms, p99 {p99:6.1f} ms,"
        f" server CPU {a_like * 1000:6.1f} ms a like, {a_like / number * 1e6:5.1f} us a tab"
    )
    for tab in (*viewers, liker):
        await tab.close()


async def main(sizes: list[int]) -> None:
    """Serve, measure each size, and print."""
    _, tokens, post_id = await people(isolated.database(), 3)
    await db.close()
    with running(isolated.DATA, "bench") as server:
        print(f"A like to all watching tabs, {LIKES} likes and unlikes each:")
        for number in sizes:
            await measure(server, tokens, post_id, number)


if __name__ == "__main__":
    asyncio.run(main([int(size) for size in sys.argv[1:]] or [100, 500, 1000]))
