"""A crowd comments on one post: `python -m benchmarks.comments [comments a second ...]`, by default 5 20.

Three hundred tabs watch a post on which others comment for ten seconds. Prints how long after the last
comment every screen showed the newest one, how many frames each screen received, how much CPU the server
used, and how long a like of another post took in the meantime to reach another screen.
"""

from __future__ import annotations

import asyncio
import secrets
import statistics
import sys
import time
from pathlib import Path

import benchmarks.isolated as isolated
import instagram_clone
import instagram_clone.instagram_clone
from benchmarks.cost import cpu_seconds, people
from instagram_clone.domain.core import db
from instagram_clone.domain.media import drafts
from instagram_clone.domain.posts import posts
from instagram_clone.web import cookies
from instagram_clone.web.states.posts.detail import DetailState
from instagram_clone.web.states.posts.timeline import TimelineState
from tests.client import RawTab, event_name
from tests.server import Server, running

WATCHERS = 300
WRITERS = 30
SECONDS = 10
PATIENCE_SECONDS = 60


async def like_repeatedly(liker: RawTab, watching: RawTab, post_id: str, took: list[float]) -> None:
    """Like and unlike at intervals, and record how soon another screen was updated, in ms."""
    name = "like"
    while True:
        watching.frames.clear()
        began = time.perf_counter()
        await liker.call(event_name(TimelineState, name), {"post_id": post_id})
        while not watching.frames:  # noqa: ASYNC110
            await asyncio.sleep(0.002)
        took.append((watching.arrived - began) * 1000)
        name = "unlike" if name == "like" else "like"
        await asyncio.sleep(0.3)


def last_on(tab: RawTab) -> str:
    """Return the id of the last comment on a screen."""
    shown = tab.value(DetailState, "comments") or []
    return shown[-1]["comment"]["id"] if shown else ""


async def storm(server: Server, tabs: list[RawTab], writers: list[RawTab], post_id: str, rate: int) -> None:
    """Have the writers comment at a combined rate per second, and print the results."""
    for tab in tabs:
        tab.frames.clear()
    began_cpu, began = cpu_seconds(server.pid), time.perf_counter()
    wanted = await db.comments.count_documents({}) + rate * SECONDS
    for number in range(rate * SECONDS):
        payload = {
            "post_id": post_id,
            "text": f"Number {number}",
            "key": secrets.token_hex(8),
            "answering": "",
        }
        await writers[number % len(writers)].call(event_name(DetailState, "comment"), payload)
        await asyncio.sleep(max(0.0, began + (number + 1) / rate - time.perf_counter()))
    ended = time.perf_counter()
    correct = 0
    while correct < len(tabs) and time.perf_counter() - ended < PATIENCE_SECONDS:
        await asyncio.sleep(0.05)
        if await db.comments.count_documents({}) == wanted:
            newest = await db.comments.find_one({}, {"_id": 1}, sort=[("_id", -1)])
            correct = sum(last_on(tab) == str(newest and newest["_id"]) for tab in tabs)
    settled = time.perf_counter() - ended
    cpu = (cpu_seconds(server.pid) - began_cpu) / (time.perf_counter() - began)
    frames = sum(len(tab.frames) for tab in tabs) / len(tabs)
    print(
        f"  {rate:4}/s: {correct} of {len(tabs)} screens correct {settled * 1000:6.0f} ms after the last,"
        f" {frames:4.0f} frames a screen, server {cpu:4.2f} cores",
        end="",
    )


async def main(rates: list[int]) -> None:
    """Serve, connect, measure each rate, and print."""
    viewers, tokens, post_id = await people(isolated.database(), WRITERS + 2)
    picture = Path(instagram_clone.__file__).parent / "seed_pictures" / "mist.webp"
    other = await posts.publish(viewers[0], (await drafts.store(viewers[0], picture)).id)
    with running(isolated.DATA, "bench") as server:

        async def show(number: int, path: str) -> RawTab:
            cookie = f"{cookies.NAME}={tokens[number % len(tokens)]}"
            return await (await RawTab.open(server.socket_url, server.url, cookie, path=path)).settle(0.1)

        tabs: list[RawTab] = []
        while len(tabs) < WATCHERS:
            tabs += await asyncio.gather(*(show(number, f"/p/{post_id}") for number in range(20)))
        writers = [await show(number, "/settings/account") for number in range(WRITERS)]
        liker, watching = await show(WRITERS, "/settings/account"), await show(WRITERS + 1, f"/p/{other}")
        print(f"{WRITERS} people comment on a post before {len(tabs)} tabs, for {SECONDS} s:")
        took: list[float] = []
        liking = asyncio.create_task(like_repeatedly(liker, watching, other, took))
        for rate in rates:
            took.clear()
            await storm(server, tabs, writers, post_id, rate)
            print(f"; a like elsewhere p50 {statistics.median(took):4.0f}, at most {max(took):4.0f} ms")
        liking.cancel()
        for tab in (*tabs, *writers, liker, watching):
            await tab.close()
    await db.close()


if __name__ == "__main__":
    asyncio.run(main([int(rate) for rate in sys.argv[1:]] or [5, 20]))
