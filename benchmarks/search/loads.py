"""What a search takes while several people search at once: as people type, and each without a pause."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Awaitable, Callable

from benchmarks.cost import cpu_seconds
from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import search

SEARCHES = 640
TYPING_SECONDS, PAUSE_SECONDS = 15, 0.25

Load = Callable[[list[Viewer], list[str], list[float]], Awaitable[None]]


async def typing(viewers: list[Viewer], texts: list[str], took: list[float]) -> None:
    """Search as people type: a letter every so often, however long the answer to the last one takes."""
    until = time.perf_counter() + TYPING_SECONDS

    async def one(viewer: Viewer, chance: random.Random) -> None:
        await asyncio.sleep(chance.random() * PAUSE_SECONDS)
        while time.perf_counter() < until:
            text = chance.choice(texts)
            for end in range(1, len(text) + 1):
                began = time.perf_counter()
                await timed(search.everything(viewer, text[:end]), took)
                await asyncio.sleep(max(0.0, PAUSE_SECONDS - (time.perf_counter() - began)))

    await asyncio.gather(*(one(viewer, random.Random(at)) for at, viewer in enumerate(viewers)))


async def without_pause(viewers: list[Viewer], texts: list[str], took: list[float]) -> None:
    """Search again and again: what the machine can do."""
    waiting = iter(range(SEARCHES))

    async def one(viewer: Viewer) -> None:
        for number in waiting:
            await timed(search.everything(viewer, texts[number % len(texts)]), took)

    await asyncio.gather(*map(one, viewers))


async def measure(load: Load, viewers: list[Viewer], kinds: dict[str, list[str]]) -> None:
    """Search kind by kind, and print what it took."""
    every: list[float] = []
    for kind, texts in kinds.items():
        took: list[float] = []
        began, busy = time.perf_counter(), await processors()
        await load(viewers, texts, took)
        rate = len(took) / (time.perf_counter() - began)
        here, there = (
            (now - then) * 1000 / len(took) for now, then in zip(await processors(), busy, strict=True)
        )
        costs = f"{here:4.2f} and {there:5.2f} ms of a processor"
        print(f"  {kind:>16}: {figures(took)}, {rate:5.0f} a second, {costs}", flush=True)
        every += took
    print(f"  {'all':>16}: {figures(every)}", flush=True)


async def processors() -> tuple[float, float]:
    """Return how many seconds of a processor this process and MongoDB have taken."""
    pid = (await db.users.database.command("serverStatus"))["pid"]
    return time.process_time(), cpu_seconds(pid)


async def timed(work: Awaitable[object], took: list[float]) -> None:
    """Do something and note how many milliseconds it took."""
    began = time.perf_counter()
    await work
    took.append((time.perf_counter() - began) * 1000)


def figures(took: list[float]) -> str:
    """Return the median of some times, and what one in a hundred exceeds."""
    took.sort()
    return f"p50 {statistics.median(took):6.1f} ms, p99 {took[int(len(took) * 0.99)]:6.1f} ms"
