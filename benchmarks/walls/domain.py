"""Walls in the database: large numbers of rows behind one person, post or comment."""

from __future__ import annotations

import asyncio
import gc
import random
import statistics
import time

from bson import ObjectId

from benchmarks.walls import crowds
from benchmarks.walls.measuring import Place, Took, median
from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.errors import Refused
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.notifications import recipients
from instagram_clone.domain.people import counts, preferences, profiles, visibility
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comments, feed, likes


async def comment(place: Place) -> dict[str, Took]:
    """Delete a comment with ten thousand likes, of which its author was notified."""
    answered, done = [], []
    for _ in range(3):
        comment_id = await comments.add(place.reader, place.post_id, "Liked by everybody")
        await likes.like_comment(place.star, comment_id)
        await outbox.settle()
        for name, field in (("comment_likes", "user"), ("notifications", "actor")):
            example = await db.__getattr__(name).find_one(
                {field: place.star.oid, "post": ObjectId(place.post_id)}
            )
            assert example is not None
            await crowds.insert(
                name, [{**example, "_id": ObjectId(), field: ObjectId()} for _ in range(9999)]
            )
        began = time.perf_counter()
        await comments.delete(place.reader, comment_id)
        answered.append((time.perf_counter() - began) * 1000)
        await outbox.settle()
        done.append((time.perf_counter() - began) * 1000)
        assert not await db.comment_likes.count_documents({}) and not await db.outbox.count_documents({})
    return {"answered": Took(statistics.median(answered)), "all is gone": Took(statistics.median(done))}


async def following(place: Place) -> dict[str, Took]:
    """Have a thousand people follow a star, two hundred at a time, until she is notified of each."""
    fans = await crowds.copies_of(place.reader, 1000)
    gate = asyncio.Semaphore(200)
    took: list[float] = []

    async def follow(fan: Viewer) -> None:
        async with gate:
            began = time.perf_counter()
            await follows.follow(fan, place.star.id)
            took.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*map(follow, fans))
    await outbox.settle()
    seconds = time.perf_counter() - began
    told = await db.notifications.count_documents({"to": place.star.oid, "kind": recipients.FOLLOW})
    profile = await profiles.own_profile(place.star)
    assert told == len(fans) and profile.followers >= len(fans), (told, profile.followers)
    print(f"    (each was answered after {statistics.median(took):.0f} ms)")
    return {"follows": Took(len(fans) / seconds)}


async def blocked(place: Place) -> dict[str, Took]:
    """Read as a star whom fifty thousand people have blocked, with nothing about the blocks cached."""
    await crowds.insert("blocks", [{"who": ObjectId(), "whom": place.star.oid} for _ in range(50_000)])
    authors = [ObjectId() for _ in range(12)]

    async def read(viewer: Viewer) -> None:
        visibility.forget(viewer.id)
        await visibility.Reader(viewer).visible([{"author": one} for one in authors])

    return {
        "the star": await median(lambda: read(place.star), 50),
        "somebody else": await median(lambda: read(place.reader), 50),
    }


async def cap(place: Place) -> dict[str, Took]:
    """Load home for a person who follows the maximum number of people, out of ten thousand with 200,000
    posts, and for one who follows as many who hardly post.
    """
    silent = await crowds.copies_of(place.reader, 7_500)
    authors = await crowds.copies_of(place.star, 10_000)
    post = await db.posts.find_one({"_id": ObjectId(place.post_id)}) or {}
    post = {name: value for name, value in post.items() if name != "key"}
    for number, some in ((500, silent), (200_000, authors)):
        rows = [{**post, "_id": ObjectId(), "author": random.choice(some).oid} for _ in range(number)]
        await crowds.insert("posts", rows)
    chosen = random.sample(authors, 7_500)
    for reader, followees in ((place.reader, chosen), (place.star, silent)):
        rows = [{"follower": reader.oid, "followee": one.oid} for one in followees]
        await crowds.insert("follows", rows)
        await counts.recount(reader.oid)
    try:
        await follows.follow(place.reader, authors[0].id if authors[0] not in chosen else silent[0].id)
    except Refused as refusal:
        print(f"    (one more: {refusal})")
    gc.collect()
    gc.freeze()
    return {**await _pages(place.reader, 200, "home"), **await _pages(place.star, 40, "of who are silent")}


async def _pages(reader: Viewer, number: int, name: str) -> dict[str, Took]:
    """Read pages of home as people do: mostly the next one, and otherwise the first again."""
    cursor, took, busy = "", [], []
    for _ in range(number):
        began, worked = time.perf_counter(), time.thread_time()
        page = await feed.home(reader, cursor)
        took.append((time.perf_counter() - began) * 1000)
        busy.append((time.thread_time() - worked) * 1000)
        cursor = page.cursor if random.random() < 0.8 else ""
    first = Took(took[0], busy[0])
    took.sort()
    p99 = Took(took[int(number * 0.985)])
    return {
        f"{name}, first": first,
        f"{name}, p99": p99,
        f"{name}, p50": Took(statistics.median(took), statistics.median(busy)),
    }


async def public(place: Place) -> dict[str, Took]:
    """Make an account public that a hundred thousand people have requested to follow."""
    await preferences.set_private(place.star, True)
    fans = await crowds.copies_of(place.reader, 100_000)
    rows = [{"by": one.oid, "whom": place.star.oid} for one in fans]
    await crowds.insert("follow_requests", rows)
    began = time.perf_counter()
    await preferences.set_private(place.star, False)
    answered = (time.perf_counter() - began) * 1000
    before = await db.follows.count_documents({"followee": place.star.oid})
    began = time.perf_counter()
    await asyncio.sleep(10)
    let_in = await db.follows.count_documents({"followee": place.star.oid}) - before
    print(f"    ({let_in / (time.perf_counter() - began):.0f} a second are let in behind it)")
    await outbox.settle(0)
    return {"answered": Took(answered)}
