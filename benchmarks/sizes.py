"""The size of a row on disk: `python -m benchmarks.sizes [copies]`, by default 200.

Creates the seed data, copies it that many times under new ids, and prints what MongoDB reports for each
collection ($collStats): bytes per row as BSON, on disk (compressed), and in its indexes. Then prints, for
two photographs, how much each width takes in the photo store.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from bson import ObjectId

import benchmarks.isolated as isolated
from instagram_clone import seeds
from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts
from instagram_clone.domain.people.credentials import passwords, sessions
from instagram_clone.domain.posts import posts

MIN_ROWS = 5_000
"""With fewer rows, the minimum size of a file would dominate the measurement."""

NAMES = ("_id", "key", "id", "subject")


def copy_of(value: Any, ids: dict[Any, Any], key: str = "") -> Any:
    """Return a copy in which ids and other unique values are consistently replaced."""
    if isinstance(value, ObjectId):
        return ids.setdefault(value, ObjectId())
    if isinstance(value, dict):
        return {name: copy_of(one, ids, name) for name, one in value.items()}
    if isinstance(value, list):
        return [copy_of(one, ids, key) for one in value]
    if isinstance(value, str) and (key in NAMES or key.endswith("_key")):
        return ids.setdefault(value, f"{value[:-12]}{str(ObjectId())[-12:]}")
    return value


async def rows(copies: int) -> None:
    """Copy all rows, and print how much space each collection takes."""
    collections = {name: await db.__getattr__(name).find({}).to_list() for name in db.collections()}
    for _ in range(copies):
        ids: dict[Any, Any] = {}
        for name, some in collections.items():
            if some and name != "migrations":
                await db.__getattr__(name).insert_many([copy_of(row, ids) for row in some], ordered=False)
    await db.users.database.client.admin.command("fsync")
    print(f"{'':>16} {'rows':>8} {'BSON':>6} {'disk':>6} {'indexes':>8}  bytes a row")
    for name in (name for name, some in collections.items() if some):
        found = await db.__getattr__(name).aggregate([{"$collStats": {"storageStats": {}}}])
        [stats] = [one["storageStats"] async for one in found]
        if stats["count"] >= MIN_ROWS:
            parts = (stats[part] / stats["count"] for part in ("size", "storageSize", "totalIndexSize"))
            print(f"{name:>16} {stats['count']:8} {{:6.0f}} {{:6.0f}} {{:8.0f}}".format(*parts))


async def photos(viewer: Viewer) -> None:
    """Publish photographs, and print the sizes of their files."""
    import sklearn.datasets

    media = isolated.DATA / "media"
    before = set(media.rglob("*"))
    for picture in sorted((Path(sklearn.datasets.__file__).parent / "images").glob("*.jpg")):
        await posts.publish(viewer, (await drafts.store(viewer, picture)).id)
        await outbox.settle()
        files = sorted(
            (one for one in set(media.rglob("*")) - before if one.is_file()), key=lambda one: one.name
        )
        print(picture.stem, ", ".join(f"{one.name} px wide {one.stat().st_size:,} bytes" for one in files))
        before = set(media.rglob("*"))


async def main(copies: int) -> None:
    """Create the seed data, measure, and print."""
    passwords.COST = 4
    await db.connect(isolated.database(), "bench")
    await seeds.make()
    await outbox.settle()
    person = await db.users.find_one({}) or {}
    viewer = Viewer(str(person["_id"]), person["username"], "")
    for _ in range(20):
        await sessions.start(viewer.id, "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36")
    await photos(viewer)
    await rows(copies)
    await db.close()


if __name__ == "__main__":
    asyncio.run(main(int((sys.argv[1:] or ["200"])[0])))
