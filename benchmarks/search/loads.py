"""What a search takes while several people search at once: as people type, and without pauses."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

from benchmarks.search.openings import Openings
from benchmarks.search.timing import cpu_times, figures, timed
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import search

SEARCHES = 640
TYPING_SECONDS, PAUSE_SECONDS = 15, 0.25

Load = Callable[[list[Viewer], list[str], list[float], Openings], Awaitable[None]]


async def typing(viewers: list[Viewer], texts: list[str], took: list[float], openings: Openings) -> None:
    """Search as people do: open the search, and after PAUSE_SECONDS type a letter at that interval, however
    long the previous answer takes.
    """
    until = time.perf_counter() + TYPING_SECONDS

    async def one(viewer: Viewer, chance: random.Random) -> None:
        await asyncio.sleep(chance.random() * PAUSE_SECONDS)
        while time.perf_counter() < until:
            text = chance.choice(texts)
            opening = asyncio.create_task(openings.open(viewer))
            await asyncio.sleep(PAUSE_SECONDS)
            for end in range(1, len(text) + 1):
                began = time.perf_counter()
                await timed(search.everything(viewer, text[:end]), took)
                await asyncio.sleep(max(0.0, PAUSE_SECONDS - (time.perf_counter() - began)))
            await opening

    await asyncio.gather(*(one(viewer, random.Random(at)) for at, viewer in enumerate(viewers)))


async def without_pause(viewers: list[Viewer], texts: list[str], took: list[float], _: Openings) -> None:
    """Search back to back, to measure the capacity of the machine."""
    numbers = iter(range(SEARCHES))

    async def one(viewer: Viewer) -> None:
        for number in numbers:
            await timed(search.everything(viewer, texts[number % len(texts)]), took)

    await asyncio.gather(*map(one, viewers))


async def measure(load: Load, viewers: list[Viewer], kinds: dict[str, list[str]]) -> None:
    """Run the searches of each kind, and print what they took."""
    every, openings = list[float](), Openings()
    for kind, texts in kinds.items():
        took: list[float] = []
        began, busy = time.perf_counter(), await cpu_times()
        await load(viewers, texts, took, openings)
        rate = len(took) / (time.perf_counter() - began)
        here, there = (
            (now - then) * 1000 / len(took) for now, then in zip(await cpu_times(), busy, strict=True)
        )
        costs = f"{here:4.2f} and {there:5.2f} ms of CPU"
        print(f"  {kind:>16}: {figures(took)}, {rate:5.0f} a second, {costs}", flush=True)
        every += took
    print(f"  {'all':>16}: {figures(every)}", flush=True)
    if openings.answers:
        openings.print_times()
