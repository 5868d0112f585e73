"""How a wall is measured, and with what data."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bson import ObjectId

from instagram_clone.domain.core.viewer import Viewer


@dataclass(frozen=True)
class Data:
    """The data that walls are measured with: people who have signed up, and a post by the first."""

    people: list[Viewer]
    post_id: str

    @property
    def star(self) -> Viewer:
        return self.people[0]

    @property
    def reader(self) -> Viewer:
        return self.people[1]


@dataclass(frozen=True)
class Median:
    """A median, and for work done by this process alone, its CPU time in milliseconds."""

    value: float
    cpu: float | None = None


@dataclass(frozen=True)
class Wall:
    """What is measured, the bar (0 for none), and the earlier figure; all in the same unit."""

    what: str
    bar: float
    before: str
    measure: Callable[[Data], Awaitable[dict[str, Median]]]
    unit: str = "ms"


def ids(number: int) -> list[str]:
    """Make up ids for a number of people."""
    return [str(ObjectId()) for _ in range(number)]


async def median(act: Callable[[], Awaitable[object]], times: int, share: int = 1) -> Median:
    """Return the median time an action takes, divided by `share`."""
    took, busy = [], time.thread_time()
    for _ in range(times):
        began = time.perf_counter()
        await act()
        took.append((time.perf_counter() - began) * 1000 / share)
    return Median(statistics.median(took), (time.thread_time() - busy) * 1000 / times / share)
