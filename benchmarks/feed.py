"""The home feed of a large site: `python -m benchmarks.feed [posts ...]`, by default 10000 1000000.

Fills the database with so many posts of a tenth as many people, and prints how long a page of the feed
takes in the server for somebody who follows 10, 100 or 1,000 of them: the newest, and further down.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bson import ObjectId

DATA = Path(tempfile.mkdtemp(prefix="instaclone-bench-"))
os.environ.update(DATA_DIR=str(DATA), LIMITS="off", PUBLIC_URL="http://localhost:3000")

from benchmarks.cost import people  # noqa: E402
from instagram_clone import mongod  # noqa: E402
from instagram_clone.domain import db, feed  # noqa: E402
from instagram_clone.domain.viewer import Viewer  # noqa: E402

FOLLOWED = (10, 100, 1000)
PAGES = 300
BATCH = 10_000


async def fill(posts: int, example: str, authors: list[ObjectId]) -> None:
    """Add people and posts until there are so many; rows like those that are written one by one."""
    row = await db.posts.find_one({"_id": ObjectId(example)})
    person = await db.users.find_one({"_id": row and row["author"]})
    while len(authors) < max(posts // 10, FOLLOWED[-1]):
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


async def measure(viewer: Viewer, followed: int, authors: list[ObjectId]) -> None:
    """Read pages as somebody who follows so many, and print what they took."""
    await db.follows.delete_many({"follower": viewer.oid})
    chosen = random.sample(authors, followed)
    await db.follows.insert_many([{"follower": viewer.oid, "followee": one} for one in chosen])
    took: list[float] = []
    cursor = ""
    for _ in range(PAGES):
        began = time.perf_counter()
        page = await feed.home(viewer, cursor)
        took.append((time.perf_counter() - began) * 1000)
        cursor = page.cursor if random.random() < 0.8 else ""
    took.sort()
    p99 = took[int(PAGES * 0.99)]
    print(f"  {followed:5} followed: p50 {statistics.median(took):5.1f} ms, p99 {p99:5.1f} ms")


async def main(sizes: list[int]) -> None:
    """Fill, measure, print, for each size."""
    [viewer], _, example = await people(mongod.lease(DATA / "mongo"), 1)
    authors: list[ObjectId] = []
    for size in sizes:
        await fill(size, example, authors)
        print(f"{size:,} posts of {len(authors):,} people, {PAGES} pages of twelve each:")
        for followed in FOLLOWED:
            await measure(viewer, followed, authors)
    await db.close()


if __name__ == "__main__":
    try:
        asyncio.run(main([int(size) for size in sys.argv[1:]] or [10_000, 1_000_000]))
    finally:
        mongod.release(DATA / "mongo")
        shutil.rmtree(DATA, ignore_errors=True)
