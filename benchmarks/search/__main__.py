"""Search among a large crowd, by default a million people and as many posts:
`python -m benchmarks.search [people] [posts] [--data FOLDER]`.

Makes the crowd, the same each time, or finds it in the folder where an earlier run has left it, and prints
what a whole search (people and posts) takes in the server while 16 people search at once: first each
without a pause, which shows what the machine can do, with the time of a processor that a search takes here
and in MongoDB; then as people type, a letter every 250 ms. Then how large the indexes are, and what a write
costs with and without them.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import statistics
import time
from collections.abc import Awaitable
from pathlib import Path

from bson import ObjectId

import benchmarks.apart as apart
from benchmarks.cost import cpu_seconds, people
from benchmarks.search import crowd, kept
from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import people_index, posts_index, search
from instagram_clone.domain.people.events import SignedUp
from instagram_clone.domain.posts.events import PostPublished

AT_ONCE = 16
SEARCHES = 640
TYPING_SECONDS, PAUSE_SECONDS = 30, 0.25
WRITES = 200

KINDS: dict[str, list[str]] = {
    "one letter": ["a", "m", "s", "j", "e"],
    "common prefix": ["mar", "ale", "sof", "chr", "da"],
    "common name": ["maria", "laura", "garcia", "smith"],
    "rare name": [],
    "typing error": ["mraia", "lauar", "alexnader", "chirstopher", "garcai", "kowlaski"],
    "two words": ["maria garcia", "ana s", "david ki", "laura rossi", "smith maria"],
    "caption word": ["sunset", "harbour", "coffee", "lisb"],
    "caption words": ["morning light", "sunset lisbon", "the fog", "snow on"],
    "nothing": ["qzxj", "qzxjkwv", "maria qzxj"],
}
TYPED = ("maria garcia", "christopher", "sunset lisbon", "kowlaski", "ana", "morning light", "zoë", "smtih")


async def warm(viewer: Viewer) -> None:
    """Have the database read what an earlier run has left on disk: a crowd just made is in memory."""
    for texts in KINDS.values():
        for text in texts:
            await search.everything(viewer, text)


async def measure(viewers: list[Viewer]) -> None:
    """Search without a pause, kind by kind, and print what it took."""
    print(f"{AT_ONCE} searching at once without a pause:")
    for kind, texts in KINDS.items():
        took: list[float] = []
        waiting = iter(range(SEARCHES))
        began, busy = time.perf_counter(), await processors()

        async def searching(viewer: Viewer, texts: list[str], waiting=waiting, took=took) -> None:
            for number in waiting:
                await timed(search.everything(viewer, texts[number % len(texts)]), took)

        await asyncio.gather(*(searching(viewer, texts) for viewer in viewers))
        rate = SEARCHES / (time.perf_counter() - began)
        here, there = (
            (now - then) * 1000 / SEARCHES for now, then in zip(await processors(), busy, strict=True)
        )
        costs = f"{here:4.2f} and {there:4.2f} ms of a processor"
        print(f"  {kind:>16}: {figures(took)}, {rate:5.0f} a second, {costs}", flush=True)


async def typing(viewers: list[Viewer]) -> None:
    """Search as people type, and print what it took."""
    took: list[float] = []
    until = time.perf_counter() + TYPING_SECONDS

    async def one(viewer: Viewer, chance: random.Random) -> None:
        await asyncio.sleep(chance.random() * PAUSE_SECONDS)
        while time.perf_counter() < until:
            text = chance.choice([*TYPED, *KINDS["rare name"]])
            for end in range(1, len(text) + 1):
                began = time.perf_counter()
                await timed(search.everything(viewer, text[:end]), took)
                await asyncio.sleep(max(0.0, PAUSE_SECONDS - (time.perf_counter() - began)))

    await asyncio.gather(*(one(viewer, random.Random(at)) for at, viewer in enumerate(viewers)))
    print(f"{AT_ONCE} typing at once, a letter every {PAUSE_SECONDS * 1000:.0f} ms, {len(took)} searches:")
    print(f"  {'all':>16}: {figures(took)}", flush=True)


async def processors() -> tuple[float, float]:
    """Return how many seconds of a processor this process and MongoDB have taken."""
    pid = (await db.users.database.command("serverStatus"))["pid"]
    return time.process_time(), cpu_seconds(pid)


async def timed(work: Awaitable[object], took: list[float]) -> None:
    """Do something and note how many milliseconds it took."""
    began = time.perf_counter()
    await work
    took.append((time.perf_counter() - began) * 1000)


def figures(took: list[float]) -> str:
    """Return the median of some times, and what one in a hundred exceeds."""
    took.sort()
    return f"p50 {statistics.median(took):6.1f} ms, p99 {took[int(len(took) * 0.99)]:6.1f} ms"


async def sizes() -> None:
    """Print how large the indexes are."""
    print("Size on disk:")
    for name in crowd.INDEXES:
        stats = await db.users.database.command("collStats", name)
        rows, keys = stats["storageSize"] / 1e6, stats["totalIndexSize"] / 1e6
        print(f"  {name:>16}: {stats['count']:,} rows, {rows:,.0f} MB, indexes {keys:,.0f} MB", flush=True)


async def writes(post_id: ObjectId, viewer: Viewer) -> None:
    """Print what a person and a post more cost, and what it adds that they are found. They do not stay."""
    person = await db.users.find_one({"_id": viewer.oid}) or {}
    post = {k: v for k, v in (await db.posts.find_one({"_id": post_id}) or {}).items() if k != "key"}
    made, plain, found = crowd.Made(9), list[float](), list[float]()
    people, posts = list[ObjectId](), list[ObjectId]()
    for number in range(WRITES):
        (username, name), user = made.person(10**7 + number), ObjectId()
        named = {"username": username, "username_key": username, "email_key": username, "name": name}
        await timed(db.users.insert_one({**person, "_id": user, **named}), plain)
        await timed(people_index.signed_up(SignedUp(str(user))), found)
        people.append(user)
    print("A write, and what it adds in the outbox that it is found:")
    print(f"  {'a person':>16}: {figures(plain)}; found: {figures(found)}", flush=True)
    plain, found = [], []
    for _ in range(WRITES):
        row = {**post, "_id": ObjectId(), "caption": made.caption()}
        await timed(db.posts.insert_one(row), plain)
        await timed(posts_index.post_published(PostPublished(str(row["_id"]), viewer.id, "", "")), found)
        posts.append(row["_id"])
    print(f"  {'a post':>16}: {figures(plain)}; found: {figures(found)}", flush=True)
    await kept.remove(people, posts)


async def rare_names(number: int) -> list[str]:
    """Return names that few in the crowd have."""
    rows = db.people_index.aggregate([{"$sample": {"size": 200}}, {"$project": {"words": 1}}])
    words = [word for row in await (await rows).to_list() for word in row["words"] if word.isalpha()]
    seldom = [word for word in words if words.count(word) == 1 and len(word) > 6]
    return sorted(seldom)[:number]


async def made(uri: str, number: int, posts: int) -> kept.Kept:
    """Make the crowd, and have it be found by later runs."""
    viewers, _, example = await people(uri, AT_ONCE)
    began = time.perf_counter()
    await crowd.acquaint(viewers, await crowd.fill(number, posts, ObjectId(example)))
    there = kept.Kept(viewers, ObjectId(example))
    await kept.note(number, posts, there)
    seconds = time.perf_counter() - began
    print(f"{number:,} people and {posts:,} posts, made in {seconds:.0f} s", flush=True)
    return there


async def main(number: int, posts: int, folder: Path | None) -> None:
    """Make the crowd or find it, measure, print."""
    uri = apart.database(folder / "mongo") if folder else apart.database()
    there = await kept.find(uri, number, posts)
    viewers, example = there or await made(uri, number, posts)
    KINDS["rare name"] = await rare_names(20)
    if there:
        print(f"{number:,} people and {posts:,} posts, as they were left", flush=True)
        await warm(viewers[0])
    # The server freezes what is there at its start; the crowd is not among it.
    gc.collect()
    gc.freeze()
    for step in (measure, typing):
        await step(viewers)
    await sizes()
    await writes(example, viewers[0])
    await db.close()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.search")
    arguments.add_argument("people", type=int, nargs="?", default=1_000_000)
    arguments.add_argument("posts", type=int, nargs="?", default=1_000_000)
    arguments.add_argument("--data", type=Path, help="where the crowd stays, and is found again")
    given = arguments.parse_args()
    asyncio.run(main(given.people, given.posts, given.data))
