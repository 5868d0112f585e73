"""Likes of posts, one row for each person and post. The only writer of `likes`."""

from __future__ import annotations

from pymongo.errors import DuplicateKeyError

from instagram_clone.domain import db, events, follows, posts
from instagram_clone.domain.errors import NotFound
from instagram_clone.domain.follows import PersonRow
from instagram_clone.domain.viewer import Viewer

PAGE = 40


async def like(viewer: Viewer, post_id: str) -> bool:
    """Like a post; again changes nothing, tells nobody and is False. Publishes PostLiked.

    Raises NotFound.
    """
    post = await posts.access_post(viewer, post_id)
    try:
        row = await db.likes.insert_one({"post": post["_id"], "user": viewer.oid})
    except DuplicateKeyError:
        return False
    counts = await posts.count(post["_id"], likes=1)
    if counts is None:
        # The post was deleted in between: its likes have been swept, this one came after.
        await db.likes.delete_one({"_id": row.inserted_id})
        raise NotFound("This post is not here any more.")
    await _announce(viewer, post_id, True, counts)
    return True


async def unlike(viewer: Viewer, post_id: str) -> bool:
    """Take a like back; again changes nothing and is False. Publishes PostLiked with liked=False.

    Raises NotFound.
    """
    post = await posts.access_post(viewer, post_id)
    done = await db.likes.delete_one({"post": post["_id"], "user": viewer.oid})
    if not done.deleted_count:
        return False
    counts = await posts.count(post["_id"], likes=-1)
    if counts is not None:
        await _announce(viewer, post_id, False, counts)
    return True


async def people(viewer: Viewer, post_id: str, before: str = "") -> tuple[list[PersonRow], str]:
    """Return who likes a post, newest first, and the cursor of the next page or "". Raises NotFound."""
    post = await posts.access_post(viewer, post_id)
    query: dict = {"post": post["_id"]}
    if before:
        query["_id"] = {"$lt": db.oid(before)}
    found = await db.likes.find(query).sort("_id", -1).limit(PAGE + 1).to_list()
    cursor = str(found[PAGE - 1]["_id"]) if len(found) > PAGE else ""
    return await follows.rows(viewer, [row["user"] for row in found[:PAGE]]), cursor


async def _announce(viewer: Viewer, post_id: str, liked: bool, counts: posts.Counts) -> None:
    await events.publish(
        events.PostLiked(
            post_id=post_id,
            author_id=str(counts.author),
            by=viewer.id,
            liked=liked,
            likes=counts.likes,
            comments=counts.comments,
            rev=counts.rev,
        )
    )


async def _heard_delete(event: events.PostDeleted) -> None:
    await db.likes.delete_many({"post": db.oid(event.post_id)})


events.subscribe(events.PostDeleted, _heard_delete)
