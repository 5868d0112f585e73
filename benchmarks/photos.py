"""The cost of a photo: CPU to publish 12 megapixels, and how long the event loop stalls while doing so.

`python -m benchmarks.photos` prints medians of several rounds. Uses an embedded database of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import statistics
import time
from pathlib import Path

from PIL import Image
from sklearn.datasets import load_sample_image

import benchmarks.isolated as isolated
from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts
from instagram_clone.domain.people import accounts
from instagram_clone.domain.posts import posts

ROUNDS = 7
TICK = 0.002


def photograph() -> Path:
    """Create a 4,000 x 3,000 JPEG with the detail of a real photograph."""
    image = Image.fromarray(load_sample_image("china.jpg")).resize((4000, 3000), Image.Resampling.LANCZOS)
    path = isolated.DATA / "photograph.jpg"
    image.save(path, quality=90)
    return path


async def watch_loop(stalls: list[float]) -> None:
    """Record how much later than requested the event loop resumes, in ms."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(TICK)
        stalls.append((time.perf_counter() - before - TICK) * 1000)


async def measure() -> None:
    """Publish photos one at a time, then four at once, and print the results."""
    await db.connect(isolated.database(), "bench")
    user_id = await accounts.sign_up("bench@example.com", "Bench", "bench", "four oranges in a bowl", "x")
    viewer, source = Viewer(user_id, "bench", ""), photograph()

    async def publish() -> None:
        draft = await drafts.store(viewer, source)
        await posts.publish(viewer, draft.id)

    await publish()
    cpu, wall, stalls = [], [], []
    watcher = asyncio.create_task(watch_loop(stalls))
    for _ in range(ROUNDS):
        began, used = time.perf_counter(), time.process_time()
        await publish()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    one = sorted(stalls)
    stalls.clear()
    began = time.perf_counter()
    await asyncio.gather(*(publish() for _ in range(4)))
    four_took, four = time.perf_counter() - began, sorted(stalls)
    watcher.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watcher
    await db.close()
    size = source.stat().st_size / 1e6
    print(f"A 12-megapixel JPEG of {size:.1f} MB, {ROUNDS} rounds, {os.cpu_count()} cores")
    print(
        f"  published in     {statistics.median(wall):6.2f} s, CPU {statistics.median(cpu):.2f} s (medians)"
    )
    for name, found in (("one at a time", one), ("four at once", four)):
        p99 = found[int(len(found) * 0.99)]
        print(f"  loop stalls, {name:<14} p99 {p99:5.1f} ms, longest {found[-1]:5.1f} ms")
    print(f"  four at once took {four_took:.2f} s")


if __name__ == "__main__":
    asyncio.run(measure())
