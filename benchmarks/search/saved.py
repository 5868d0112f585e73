"""A crowd kept in a folder: created once, and measured whenever the machine is idle.

An incomplete crowd doesn't count: the row that records it is written only once all of it exists.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer

DATABASE = "bench"
_COLLECTION = "crowd"


class SavedCrowd(NamedTuple):
    """The people who search the crowd, and the post that its posts are modelled on."""

    viewers: list[Viewer]
    example: ObjectId


async def find(uri: str, people: int, posts: int) -> SavedCrowd | None:
    """Return the kept crowd of this size, or empty the database if there is no complete one.

    Exits if a crowd of another size is kept, rather than remove it: it took a long time to create.
    """
    await db.connect(uri, DATABASE)
    database = db.users.database
    row = await database[_COLLECTION].find_one({})
    if row is None:
        await database.client.drop_database(DATABASE)
        await db.close()
        return None
    if (row["people"], row["posts"]) != (people, posts):
        sys.exit(f"A crowd of {row['people']:,} people and {row['posts']:,} posts is kept there.")
    return SavedCrowd([Viewer(one["id"], one["username"], "") for one in row["viewers"]], row["example"])


async def save(people: int, posts: int, crowd: SavedCrowd) -> None:
    """Record the crowd for later runs."""
    viewers = [{"id": one.id, "username": one.username} for one in crowd.viewers]
    row = {"people": people, "posts": posts, "viewers": viewers, "example": crowd.example}
    await db.users.database[_COLLECTION].insert_one(row)


async def remove(people: list[ObjectId], posts: list[ObjectId]) -> None:
    """Remove some of its people and posts, along with their search index entries."""
    for names, ids in ((("users", "people_index"), people), (("posts", "posts_index"), posts)):
        for name in names:
            await db.__getattr__(name).delete_many({"_id": {"$in": ids}})
