"""Search in a large data set, by default a million people and as many posts:
`python -m benchmarks.search [people] [posts] [--data FOLDER]`.

Creates the crowd, the same each time, or reuses the one an earlier run has left in the folder. Prints how
long a whole search (people and posts) takes in the server while 16 people search at once, for each kind of
query, with the CPU time per search here and in MongoDB: first as people do, who open the search and 250 ms
later type a letter every 250 ms, with the cost of opening it, then without pauses, which shows the capacity
of the machine. After that, it prints what the queries examine, how large the indexes are, and what a write
costs with and without them.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import time
from pathlib import Path

from bson import ObjectId

import benchmarks.isolated as isolated
from benchmarks.cost import people
from benchmarks.search import costs, crowd, loads, openings, saved
from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import search

SEARCHERS = 16

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


async def warm(viewer: Viewer) -> None:
    """Make the database read what an earlier run left on disk; a newly created crowd is in memory."""
    for texts in KINDS.values():
        for text in texts:
            await search.everything(viewer, text)


async def rare_names(number: int) -> list[str]:
    """Return names that few people in the crowd have."""
    rows = db.people_index.aggregate([{"$sample": {"size": 200}}, {"$project": {"words": 1}}])
    words = [word for row in await (await rows).to_list() for word in row["words"] if word.isalpha()]
    rare = [word for word in words if words.count(word) == 1 and len(word) > 6]
    return sorted(rare)[:number]


async def create(uri: str, number: int, posts: int) -> saved.SavedCrowd:
    """Create the crowd, and record it for later runs."""
    viewers, _, example = await people(uri, SEARCHERS)
    began = time.perf_counter()
    await crowd.fill(uri, number, posts, ObjectId(example))
    await crowd.add_follows(viewers, number)
    new_crowd = saved.SavedCrowd(viewers, ObjectId(example))
    await saved.save(number, posts, new_crowd)
    seconds = time.perf_counter() - began
    print(f"{number:,} people and {posts:,} posts, created in {seconds:.0f} s", flush=True)
    return new_crowd


async def main(number: int, posts: int, folder: Path | None) -> None:
    """Create or find the crowd, measure, and print."""
    uri = isolated.database(folder / "mongo") if folder else isolated.database()
    existing = await saved.find(uri, number, posts)
    viewers, example = existing or await create(uri, number, posts)
    KINDS["rare name"] = await rare_names(20)
    if existing:
        print(f"{number:,} people and {posts:,} posts, from an earlier run", flush=True)
    await warm(viewers[0])
    # The server freezes its objects at startup, and holds no such crowd: keep the GC off it.
    gc.collect()
    gc.freeze()
    print(f"{SEARCHERS} people opening it and typing, a letter every {loads.PAUSE_SECONDS * 1000:.0f} ms:")
    await loads.measure(loads.typing, viewers, KINDS)
    print(f"{SEARCHERS} people searching without a pause:")
    await loads.measure(loads.without_pause, viewers, KINDS)
    await openings.first(viewers)
    await costs.examined(viewers[0], KINDS)
    await costs.sizes()
    await costs.writes(example, viewers[0])
    await db.close()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.search")
    arguments.add_argument("people", type=int, nargs="?", default=1_000_000)
    arguments.add_argument("posts", type=int, nargs="?", default=1_000_000)
    arguments.add_argument("--data", type=Path, help="where the crowd is kept and reused")
    given = arguments.parse_args()
    asyncio.run(main(given.people, given.posts, given.data))
