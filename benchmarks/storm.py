"""A storm of likes on one post: `python -m benchmarks.storm [likes a second ...]`, by default 50 200 500.

A hundred people watch a post, and like and unlike it in turn for ten seconds, or for the number of seconds
after an x: `167x60` is ten thousand likes in a minute. Prints how long after the last like every screen was
correct, how many frames each screen received, how much CPU the server used, how often the author's own tab
was notified, and how much memory an idle tab takes.
"""

from __future__ import annotations

import asyncio
import sys
import time

import benchmarks.isolated as isolated
import instagram_clone.instagram_clone  # noqa: F401  (registers every state)
from benchmarks.cost import cpu_seconds, memory_kb, people
from instagram_clone.domain.core import db
from instagram_clone.domain.notifications import activity
from instagram_clone.live.delivery import LiveState
from instagram_clone.web import cookies
from instagram_clone.web.states.activity import AlertsState
from instagram_clone.web.states.posts.timeline import TimelineState
from tests.client import RawTab, event_name
from tests.server import Server, running

WATCHERS = 100
SECONDS = 10
PATIENCE_SECONDS = 60


async def storm(
    server: Server, tabs: list[RawTab], author: RawTab, post_id: str, rate: int, seconds: int
) -> None:
    """Have everyone like and unlike at a combined rate per second, and print the results."""
    for tab in (*tabs, author):
        tab.frames.clear()
    total, sent = rate * seconds, 0
    began_cpu, began = cpu_seconds(server.pid), time.perf_counter()
    while sent < total:
        due = min(total, int((time.perf_counter() - began) * rate) + 1)
        while sent < due:
            name = "like" if (sent // len(tabs)) % 2 == 0 else "unlike"
            await tabs[sent % len(tabs)].call(event_name(TimelineState, name), {"post_id": post_id})
            sent += 1
        await asyncio.sleep(0.002)
    ended = time.perf_counter()
    # Nobody sends any more: once the stored number stops changing, every screen must show it.
    before, likes = -1, -2
    while before != likes and time.perf_counter() - ended < PATIENCE_SECONDS:
        before = likes
        await asyncio.sleep(1)
        likes = await db.likes.count_documents({})
    key = f"post_{post_id}"
    correct = [tab for tab in tabs if (tab.value(LiveState, key) or {}).get("likes") == likes]
    settled = max((tab.arrived for tab in correct), default=ended) - ended
    frames = sum(len(tab.frames) for tab in tabs) / len(tabs)
    notified = sum(AlertsState.get_full_name() in (frame.get("delta") or {}) for frame in author.frames)
    cpu = (cpu_seconds(server.pid) - began_cpu) * 1000 / total
    print(
        f"  {rate:4}/s, {seconds} s: {len(correct)} of {len(tabs)} screens correct"
        f" {max(0.0, settled) * 1000:6.0f} ms after the last, {frames:5.0f} frames a screen,"
        f" server CPU {cpu:4.2f} s for 1,000 likes, author notified {notified} times"
    )


async def main(rates: list[str]) -> None:
    """Serve, connect, measure each rate, and print."""
    viewers, tokens, post_id = await people(isolated.database(), WATCHERS + 1)
    with running(isolated.DATA, "bench") as server:

        async def show(number: int, path: str) -> RawTab:
            tab = await RawTab.open(
                server.socket_url, server.url, f"{cookies.NAME}={tokens[number]}", path=path
            )
            return await tab.settle(0.1)

        author = await show(0, "/")
        warm = [await show(1, f"/p/{post_id}") for _ in range(20)]
        await asyncio.sleep(1)
        empty = memory_kb(server.pid)
        tabs = [await show(number + 1, f"/p/{post_id}") for number in range(WATCHERS)]
        await asyncio.sleep(2)
        print(
            f"An idle tab takes {(memory_kb(server.pid) - empty) / WATCHERS:.0f} KB of the server's memory."
        )
        print(f"{WATCHERS} people like and unlike the post they watch, for {SECONDS} s or as given:")
        for rate in rates:
            rate_, _, seconds = rate.partition("x")
            await storm(server, tabs, author, post_id, int(rate_), int(seconds or SECONDS))
        lines, _ = await activity.page(viewers[0])
        likes = sum(one.count for one in lines)
        print(f"The author has {len(lines)} line(s) of notifications, for {likes} likes.")
        for tab in (*tabs, *warm, author):
            await tab.close()
    await db.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or ["50", "200", "500"]))
