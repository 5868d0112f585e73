"""What a search examines, and what it costs to make people and posts searchable, in space and writes."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from bson import ObjectId

from benchmarks.search import crowd, saved
from benchmarks.search.names import Generator
from benchmarks.search.openings import Openings
from benchmarks.search.timing import figures, timed
from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import people_index, posts_index, search
from instagram_clone.domain.people.events import SignedUp
from instagram_clone.domain.posts.events import PostPublished

WRITES = 200
_PROFILE = "system.profile"


async def examined(viewer: Viewer, kinds: dict[str, list[str]]) -> None:
    """Print how many keys and rows the queries of a search examine, and how many rows they return: first
    with empty caches, and again with the caches filled.
    """
    print("What the queries of a search examine in MongoDB, on average and at most:")
    events.clear_caches()
    cases = {"opening": [Openings().open(viewer)]}
    # A first search fills the caches for later ones, so run all of them once, and then all again.
    for turn in ("first", "again"):
        cases |= {
            f"{kind}, {turn}": [search.everything(viewer, text) for text in texts]
            for kind, texts in kinds.items()
        }
    async with _profiled() as profile:
        for kind, works in cases.items():
            seen = []
            for work in works:
                await profile.database.command("profile", 2)
                await work
                await profile.database.command("profile", 0)
                seen.append(await _summed(profile))
                await profile.drop()
            means = [sum(one) / len(seen) for one in zip(*seen, strict=True)]
            most = [max(one) for one in zip(*seen, strict=True)]
            names = ("queries", "keys", "rows", "returned")
            shown = (f"{m:5.0f} {t:5} {name}" for m, t, name in zip(means, most, names, strict=True))
            print(f"  {kind:>23}: {', '.join(shown)}", flush=True)


@contextlib.asynccontextmanager
async def _profiled() -> AsyncIterator[Any]:
    profile = db.users.database[_PROFILE]
    await profile.drop()
    try:
        yield profile
    finally:
        await profile.database.command("profile", 0)
        await profile.drop()


async def _summed(profile: Any) -> tuple[int, int, int, int]:
    rows = await profile.find({"keysExamined": {"$exists": True}}).to_list()
    keys, read, returned = (
        sum(row.get(name, 0) for row in rows) for name in ("keysExamined", "docsExamined", "nreturned")
    )
    return len(rows), keys, read, returned


async def sizes() -> None:
    """Print the sizes of the indexes."""
    print("Size on disk:")
    for name in crowd.INDEXES:
        stats = await db.users.database.command("collStats", name)
        rows, keys = stats["storageSize"] / 1e6, stats["totalIndexSize"] / 1e6
        print(f"  {name:>16}: {stats['count']:,} rows, {rows:,.0f} MB, indexes {keys:,.0f} MB", flush=True)


async def writes(post_id: ObjectId, viewer: Viewer) -> None:
    """Print what inserting a person and a post costs, and what indexing adds. Both are removed again."""
    person = await db.users.find_one({"_id": viewer.oid}) or {}
    post = {k: v for k, v in (await db.posts.find_one({"_id": post_id}) or {}).items() if k != "key"}
    generator, plain, indexed = Generator(9), list[float](), list[float]()
    people, posts = list[ObjectId](), list[ObjectId]()
    for number in range(WRITES):
        (username, name), user = generator.person(10**7 + number), ObjectId()
        named = {"username": username, "username_key": username, "email_key": username, "name": name}
        await timed(db.users.insert_one({**person, "_id": user, **named}), plain)
        await timed(people_index.signed_up(SignedUp(str(user))), indexed)
        people.append(user)
    print("A write, and what its indexing for search adds in the outbox:")
    print(f"  {'a person':>16}: {figures(plain)}; indexed: {figures(indexed)}", flush=True)
    plain, indexed = [], []
    for _ in range(WRITES):
        row = {**post, "_id": ObjectId(), "caption": generator.caption()}
        await timed(db.posts.insert_one(row), plain)
        await timed(posts_index.post_published(PostPublished(str(row["_id"]), viewer.id, "", "")), indexed)
        posts.append(row["_id"])
    print(f"  {'a post':>16}: {figures(plain)}; indexed: {figures(indexed)}", flush=True)
    await saved.remove(people, posts)
