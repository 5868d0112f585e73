"""Walls in the database: large numbers of rows behind one person, post or comment."""

from __future__ import annotations

import asyncio
import gc
import random
import statistics
import time

from bson import ObjectId

from benchmarks.walls import crowds
from benchmarks.walls.measuring import Data, Median, median
from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.errors import Refused
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.notifications import recipients
from instagram_clone.domain.people import counts, preferences, profiles, visibility
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comments, feed, likes


async def comment(data: Data) -> dict[str, Median]:
    """Delete a comment with ten thousand likes, of which its author was notified."""
    answered, done = [], []
    for _ in range(3):
        comment_id = await comments.add(data.reader, data.post_id, "Liked by everybody")
        await likes.like_comment(data.star, comment_id)
        await outbox.settle()
        for name, field in (("comment_likes", "user"), ("notifications", "actor")):
            example = await db.__getattr__(name).find_one(
                {field: data.star.oid, "post": ObjectId(data.post_id)}
            )
            assert example is not None
            await crowds.insert(
                name, [{**example, "_id": ObjectId(), field: ObjectId()} for _ in range(9999)]
            )
        began = time.perf_counter()
        await comments.delete(data.reader, comment_id)
        answered.append((time.perf_counter() - began) * 1000)
        await outbox.settle()
        done.append((time.perf_counter() - began) * 1000)
        assert not await db.comment_likes.count_documents({}) and not await db.outbox.count_documents({})
    return {
        "answered": Median(statistics.median(answered)),
        "everything is gone": Median(statistics.median(done)),
    }


async def following(data: Data) -> dict[str, Median]:
    """Have a thousand people follow a star, two hundred at a time, until she is notified of each."""
    fans = await crowds.copies_of(data.reader, 1000)
    semaphore = asyncio.Semaphore(200)
    took: list[float] = []

    async def follow(fan: Viewer) -> None:
        async with semaphore:
            began = time.perf_counter()
            await follows.follow(fan, data.star.id)
            took.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*map(follow, fans))
    await outbox.settle()
    seconds = time.perf_counter() - began
    notified = await db.notifications.count_documents({"to": data.star.oid, "kind": recipients.FOLLOW})
    profile = await profiles.own_profile(data.star)
    assert notified == len(fans) and profile.followers >= len(fans), (notified, profile.followers)
    print(f"    (each was answered after {statistics.median(took):.0f} ms)")
    return {"follows": Median(len(fans) / seconds)}


async def blocked(data: Data) -> dict[str, Median]:
    """Read as a star whom fifty thousand people have blocked, with nothing about the blocks cached."""
    await crowds.insert("blocks", [{"who": ObjectId(), "whom": data.star.oid} for _ in range(50_000)])
    authors = [ObjectId() for _ in range(12)]

    async def read(viewer: Viewer) -> None:
        visibility.forget(viewer.id)
        await visibility.Reader(viewer).visible([{"author": one} for one in authors])

    return {
        "the star": await median(lambda: read(data.star), 50),
        "another person": await median(lambda: read(data.reader), 50),
    }


async def cap(data: Data) -> dict[str, Median]:
    """Load home for a person who follows the maximum number of people, out of ten thousand with 200,000
    posts, and for one who follows as many who hardly post.
    """
    silent = await crowds.copies_of(data.reader, 7_500)
    authors = await crowds.copies_of(data.star, 10_000)
    post = await db.posts.find_one({"_id": ObjectId(data.post_id)}) or {}
    post = {name: value for name, value in post.items() if name != "key"}
    for number, some in ((500, silent), (200_000, authors)):
        rows = [{**post, "_id": ObjectId(), "author": random.choice(some).oid} for _ in range(number)]
        await crowds.insert("posts", rows)
    chosen = random.sample(authors, 7_500)
    for reader, followees in ((data.reader, chosen), (data.star, silent)):
        rows = [{"follower": reader.oid, "followee": one.oid} for one in followees]
        await crowds.insert("follows", rows)
        await counts.recount(reader.oid)
    try:
        await follows.follow(data.reader, authors[0].id if authors[0] not in chosen else silent[0].id)
    except Refused as refusal:
        print(f"    (one more follow: {refusal})")
    gc.collect()
    gc.freeze()
    return {
        **await _pages(data.reader, 200, "home"),
        **await _pages(data.star, 40, "with silent followees"),
    }


async def _pages(reader: Viewer, number: int, name: str) -> dict[str, Median]:
    """Read pages of home as people do: mostly the next one, and otherwise the first again."""
    cursor, took, busy = "", [], []
    for _ in range(number):
        began, worked = time.perf_counter(), time.thread_time()
        page = await feed.home(reader, cursor)
        took.append((time.perf_counter() - began) * 1000)
        busy.append((time.thread_time() - worked) * 1000)
        cursor = page.cursor if random.random() < 0.8 else ""
    first = Median(took[0], busy[0])
    took.sort()
    p99 = Median(took[int(number * 0.985)])
    return {
        f"{name}, first": first,
        f"{name}, p99": p99,
        f"{name}, p50": Median(statistics.median(took), statistics.median(busy)),
    }


async def public(data: Data) -> dict[str, Median]:
    """Make an account public that a hundred thousand people have requested to follow."""
    await preferences.set_private(data.star, True)
    fans = await crowds.copies_of(data.reader, 100_000)
    rows = [{"by": one.oid, "whom": data.star.oid} for one in fans]
    await crowds.insert("follow_requests", rows)
    began = time.perf_counter()
    await preferences.set_private(data.star, False)
    answered = (time.perf_counter() - began) * 1000
    before = await db.follows.count_documents({"followee": data.star.oid})
    began = time.perf_counter()
    await asyncio.sleep(10)
    accepted = await db.follows.count_documents({"followee": data.star.oid}) - before
    print(f"    ({accepted / (time.perf_counter() - began):.0f} a second are accepted in the background)")
    await outbox.settle(0)
    return {"answered": Median(answered)}
