"""The cost of opening a search, before anything is typed: the answer, and the prefetch behind it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from benchmarks.search.timing import cpu_times, figures, timed
from instagram_clone.domain.core import events
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import circles, recents, search


@dataclass
class Openings:
    """How many milliseconds openings took to answer, and how long each person's first one took to prefetch
    their social graph.
    """

    answers: list[float] = field(default_factory=list)
    prefetches: dict[str, float] = field(default_factory=dict)

    async def open(self, viewer: Viewer) -> None:
        """Open a search as its panel does, and also wait for the prefetch, which users never wait for."""
        began = time.perf_counter()
        search.prepare(viewer)
        await timed(recents.recent(viewer), self.answers)
        await circles.of(viewer)
        self.prefetches.setdefault(viewer.id, (time.perf_counter() - began) * 1000)

    def print_times(self) -> None:
        """Print the times."""
        print(f"  {'opening':>16}: {figures(self.answers)}", flush=True)
        print(f"  {'prefetch':>16}: {figures(list(self.prefetches.values()))}", flush=True)


async def first(viewers: list[Viewer]) -> None:
    """Print what openings cost one at a time, with nothing cached about the people."""
    events.clear_caches()
    openings, busy = Openings(), await cpu_times()
    for viewer in viewers:
        await openings.open(viewer)
    here, there = (
        (now - then) * 1000 / len(viewers) for now, then in zip(await cpu_times(), busy, strict=True)
    )
    print(f"Opening for the first time, one at a time: {here:4.2f} and {there:5.2f} ms of CPU")
    openings.print_times()
