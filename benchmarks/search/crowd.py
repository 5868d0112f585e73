"""A crowd, the same each time it is created: first its rows, and then their indexes."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

from bson import ObjectId

from benchmarks.search import rows
from instagram_clone.domain.core import db, schema
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.mongod.server import CACHE_GB

FOLLOWED, FOLLOWED_BY_FRIENDS = 200, 40
INDEXES = ("people_index", "posts_index", "spellings")
FILLED = ("users", "posts", *INDEXES)


async def fill(uri: str, people: int, posts: int, example: ObjectId) -> None:
    """Create a number of people and posts modelled on an example."""
    post = await db.posts.find_one({"_id": example}) or {}
    person = await db.users.find_one({"_id": post["author"]}) or {}
    post.pop("key", None)
    for name in FILLED:
        await db.__getattr__(name).drop_indexes()
    async with _importing():
        where = uri, db.users.database.name
        with _timed(f"{people:,} people"):
            prefixes = await asyncio.to_thread(rows.insert_people, *where, people, person)
        # Build these while the next rows are generated, which keeps other cores busy.
        indexing = [asyncio.create_task(_index(name)) for name in ("people_index", "users")]
        with _timed(f"{posts:,} posts"):
            await asyncio.to_thread(rows.insert_posts, *where, posts, post, people)
        indexing += [asyncio.create_task(_index(name)) for name in ("posts_index", "posts")]
        with _timed(f"{len(prefixes):,} spellings"):
            await asyncio.to_thread(rows.insert_spellings, *where, prefixes)
        await asyncio.gather(*indexing, _index("spellings"))
        await db.users.database.client.admin.command("fsync")


@contextlib.asynccontextmanager
async def _importing() -> AsyncIterator[None]:
    """Let MongoDB use more memory for the import, while nothing else needs it."""
    admin = db.users.database.client.admin
    try:
        await admin.command("setParameter", 1, maxIndexBuildMemoryUsageMegabytes=1000)
        await admin.command("setParameter", 1, wiredTigerEngineRuntimeConfig="cache_size=2G")
        yield
    finally:
        previous = f"cache_size={float(CACHE_GB) * 1024:.0f}M"
        await admin.command("setParameter", 1, wiredTigerEngineRuntimeConfig=previous)


async def _index(name: str) -> None:
    with _timed(f"indexes of {name}"):
        await db.__getattr__(name).create_indexes(schema.INDEXES[name])


@contextlib.contextmanager
def _timed(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"  {what} created in {time.perf_counter() - began:.0f} s", flush=True)


async def add_follows(viewers: list[Viewer], people: int) -> None:
    """Make each viewer follow some of the crowd, and those follow some others."""
    chance = random.Random(8)
    now = datetime.now(UTC)
    for viewer in viewers:
        friends = _some(chance, people, FOLLOWED)
        edges = {(viewer.oid, friend) for friend in friends}
        edges |= {
            (friend, other) for friend in friends for other in _some(chance, people, FOLLOWED_BY_FRIENDS)
        }
        follows = [{"follower": one, "followee": other, "created": now} for one, other in edges]
        # Two viewers may have a friend in common, who may already follow some of these people.
        existing = {
            (row["follower"], row["followee"])
            async for row in db.follows.find({"follower": {"$in": friends}}, {"follower": 1, "followee": 1})
        }
        await db.follows.insert_many([r for r in follows if (r["follower"], r["followee"]) not in existing])


def _some(chance: random.Random, people: int, number: int) -> list[ObjectId]:
    return [rows.person_id(one) for one in chance.sample(range(people), min(number, people))]
