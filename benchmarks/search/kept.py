"""A crowd that stays in a folder: made once, and measured whenever the machine is quiet.

Half a crowd is none: what says that it is there is written when all of it is.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer

DATABASE = "bench"
_KEPT = "crowd"


class Kept(NamedTuple):
    """Who searches the crowd, and the post its posts are like."""

    viewers: list[Viewer]
    example: ObjectId


async def find(uri: str, people: int, posts: int) -> Kept | None:
    """Return the crowd of this size that is there; what there is besides is removed.

    Ends the program when a crowd of another size is there: that took long to make.
    """
    await db.connect(uri, DATABASE)
    database = db.users.database
    row = await database[_KEPT].find_one({})
    if row is None:
        await database.client.drop_database(DATABASE)
        await db.close()
        return None
    if (row["people"], row["posts"]) != (people, posts):
        sys.exit(f"A crowd of {row['people']:,} people and {row['posts']:,} posts is kept there.")
    return Kept([Viewer(one["id"], one["username"], "") for one in row["viewers"]], row["example"])


async def note(people: int, posts: int, crowd: Kept) -> None:
    """Have the crowd be found by later runs."""
    viewers = [{"id": one.id, "username": one.username} for one in crowd.viewers]
    row = {"people": people, "posts": posts, "viewers": viewers, "example": crowd.example}
    await db.users.database[_KEPT].insert_one(row)


async def remove(people: list[ObjectId], posts: list[ObjectId]) -> None:
    """Remove some people and posts of it, and what they are found by."""
    for names, ids in ((("users", "people_index"), people), (("posts", "posts_index"), posts)):
        for name in names:
            await db.__getattr__(name).delete_many({"_id": {"$in": ids}})
