"""How long something takes, and how much CPU time it uses."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable

from benchmarks.cost import cpu_seconds
from instagram_clone.domain.core import db


async def cpu_times() -> tuple[float, float]:
    """Return the CPU time that this process and MongoDB have used, in seconds."""
    pid = (await db.users.database.command("serverStatus"))["pid"]
    return time.process_time(), cpu_seconds(pid)


async def timed(work: Awaitable[object], took: list[float]) -> None:
    """Do some work, and record how many milliseconds it took."""
    began = time.perf_counter()
    await work
    took.append((time.perf_counter() - began) * 1000)


def figures(took: list[float]) -> str:
    """Format the median and the 99th percentile of some times."""
    took.sort()
    return f"p50 {statistics.median(took):6.1f} ms, p99 {took[int(len(took) * 0.99)]:6.1f} ms"
