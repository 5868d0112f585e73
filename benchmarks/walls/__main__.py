"""Scaling limits of a growing network (walls): `python -m benchmarks.walls [wall ...]`, by default all.

Creates the crowd that a wall needs, in the database or in memory, and prints the median of the operation
that must stay quick, the bar it is held to, and its figure before the wall was moved. Some crowds take a
minute to create. Walls: arriving here edits stars elsewhere comment follows blocked cap public tabs memory.
"""

from __future__ import annotations

import asyncio
import sys

import benchmarks.isolated as isolated
import instagram_clone.instagram_clone  # noqa: F401  (registers every state)
from benchmarks.cost import people
from benchmarks.walls.domain import blocked, cap, comment, following, public
from benchmarks.walls.live import FOLLOWERS, ONLINE, TABS, arriving, edits, here, stars
from benchmarks.walls.measuring import Data, Wall
from benchmarks.walls.opening import memory, tabs
from benchmarks.walls.processes import elsewhere
from instagram_clone.domain.core import db

WALLS = {
    "arriving": Wall(f"a person connects or disconnects, {ONLINE:,} online", 1, "167 ms", arriving),
    "here": Wall(f'"is she online", {ONLINE:,} online', 0.05, "30 ms", here),
    "edits": Wall("a person's own change behind an edit of 2,000 tabs", 50, "3,000 ms", edits),
    "stars": Wall(f"a post to {FOLLOWERS:,} followers, {TABS:,} tabs here", 20, "753 ms", stars),
    "elsewhere": Wall("an event of another process", 0, "0.027 to 0.030 ms", elsewhere),
    "comment": Wall("a comment with 10,000 likes is deleted", 200, "55,000 ms", comment),
    "follows": Wall("follows of one star", 500, "46 a second", following, "a second"),
    "blocked": Wall("a star blocked by 50,000 reads", 5, "334 ms", blocked),
    "cap": Wall("home of a person with 7,500 followees", 25, "no bound", cap),
    "public": Wall("an account with 100,000 requests goes public", 100, "minutes", public),
    "tabs": Wall("tabs opened, one process", 300, "70 to 110 a second", tabs, "a second"),
    "memory": Wall("an opened, idle tab", 50, "81 to 83 KB", memory, "KB"),
}


async def main(names: list[str]) -> None:
    """Measure each wall with a fresh database, and print the results."""
    uri = isolated.database()
    for name in names:
        wall = WALLS[name]
        print(f"{wall.what} (bar {wall.bar:g} {wall.unit}, before {wall.before}):", flush=True)
        viewers, _, post_id = await people(uri, 2)
        found = await wall.measure(Data(viewers, post_id))
        for what, median in found.items():
            busy = "" if median.cpu is None else f", {median.cpu:.3f} ms of CPU"
            print(f"  {what:>33}: {median.value:9.3f} {wall.unit}{busy}", flush=True)
        await db.users.database.client.drop_database("bench")
        await db.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or list(WALLS)))
