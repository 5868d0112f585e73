"""The home feed of a large site: `python -m benchmarks.feed [posts ...]`, by default 10000 1000000.

Fills the database with that many posts by a tenth as many people, and prints how long the server takes for
a page of the feed, the newest and further down, for readers who follow 10, 100, 300, 1,000 or 5,000 of
them, or 1,000 who have not posted for a long time. The readers take turns, so the query planner sees them
mixed as in production.
"""

from __future__ import annotations

import asyncio
import gc
import random
import statistics
import sys
import time

from bson import ObjectId

import benchmarks.isolated as isolated
from benchmarks.cost import people
from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.posts import feed

READERS = {"10": 10, "100": 100, "300": 300, "1,000": 1000, "5,000": 5000, "1,000 silent": 1000}
PAGES = 300
BATCH = 10_000


async def fill(posts: int, example: str, authors: list[ObjectId]) -> None:
    """Add people and posts up to a number of posts, with rows like those the domain writes one by one."""
    row = await db.posts.find_one({"_id": ObjectId(example)})
    person = await db.users.find_one({"_id": row and row["author"]})
    while len(authors) < max(posts // 10, 1000):
        many = [ObjectId() for _ in range(1000)]
        named = [{"username": str(one), "username_key": str(one), "email_key": str(one)} for one in many]
        await db.users.insert_many(
            [{**(person or {}), "_id": one, **more} for one, more in zip(many, named, strict=True)]
        )
        authors += many
    missing = posts - await db.posts.estimated_document_count()
    for start in range(0, missing, BATCH):
        number = min(BATCH, missing - start)
        rows = [{**(row or {}), "_id": ObjectId(), "author": random.choice(authors)} for _ in range(number)]
        await db.posts.insert_many([{k: v for k, v in one.items() if k != "key"} for one in rows])
    # Flush to disk now, not while the first pages are read.
    await db.posts.database.client.admin.command("fsync")


async def measure(readers: dict[str, Viewer]) -> None:
    """Read pages as each reader in turn, and print how long they took."""
    # The server freezes its objects at startup, and holds no such lists of people: keep the GC off them.
    gc.collect()
    gc.freeze()
    took: dict[str, list[float]] = {name: [] for name in readers}
    cursor = dict.fromkeys(readers, "")
    for _ in range(PAGES):
        for name, viewer in readers.items():
            began = time.perf_counter()
            page = await feed.home(viewer, cursor[name])
            took[name].append((time.perf_counter() - began) * 1000)
            cursor[name] = page.cursor if random.random() < 0.8 else ""
    for name, times in took.items():
        times.sort()
        p99 = times[int(PAGES * 0.99)]
        print(f"  {name:>12} followed: p50 {statistics.median(times):5.1f} ms, p99 {p99:5.1f} ms")


async def follow(readers: dict[str, Viewer], authors: list[ObjectId], silent: list[ObjectId]) -> None:
    """Make each reader follow their number of people, picked at random or from the silent ones."""
    await db.follows.delete_many({})
    for name, viewer in readers.items():
        among = silent if "silent" in name else authors
        chosen = random.sample(among, min(READERS[name], len(among)))
        await db.follows.insert_many([{"follower": viewer.oid, "followee": one} for one in chosen])
    # Unlike a real follow, these rows change no revision by which a cache notices that it is stale.
    events.clear_caches()


async def main(sizes: list[int]) -> None:
    """Fill, measure and print, for each size."""
    viewers, _, example = await people(isolated.database(), len(READERS))
    readers = dict(zip(READERS, viewers, strict=True))
    silent: list[ObjectId] = []
    await fill(READERS["1,000 silent"], example, silent)
    authors: list[ObjectId] = []
    for size in sizes:
        await fill(size, example, authors)
        print(f"{size:,} posts of {len(authors):,} people, {PAGES} pages of twelve for each reader:")
        await follow(readers, authors, silent)
        await measure(readers)
    await db.close()


if __name__ == "__main__":
    asyncio.run(main([int(size) for size in sys.argv[1:]] or [10_000, 1_000_000]))
