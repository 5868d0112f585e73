"""Likes, one row for each person and post or comment. The only writer of `likes` and `comment_likes`."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from instagram_clone.domain import comments, db, events, follows, posts
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


async def like_comment(viewer: Viewer, comment_id: str) -> bool:
    """Like a comment; again changes nothing, tells nobody and is False. Publishes CommentLiked.

    Raises NotFound.
    """
    row, post = await comments.access_comment(viewer, comment_id)
    mine = {"comment": row["_id"], "user": viewer.oid, "post": post["_id"]}
    mine["thread"] = row.get("parent") or row["_id"]
    try:
        await db.comment_likes.insert_one(mine)
    except DuplicateKeyError:
        return False
    rev = await comments.count(row["_id"], likes=1)
    if rev is None:
        await db.comment_likes.delete_one({"_id": mine["_id"]})
        raise NotFound("This comment is not here any more.")
    await _announce_comment(viewer, row, True, rev)
    return True


async def unlike_comment(viewer: Viewer, comment_id: str) -> bool:
    """Take a like of a comment back; again changes nothing and is False. Publishes CommentLiked.

    Raises NotFound.
    """
    row, _ = await comments.access_comment(viewer, comment_id)
    done = await db.comment_likes.delete_one({"comment": row["_id"], "user": viewer.oid})
    if not done.deleted_count:
        return False
    rev = await comments.count(row["_id"], likes=-1)
    if rev is not None:
        await _announce_comment(viewer, row, False, rev)
    return True


async def people(viewer: Viewer, post_id: str, before: str = "") -> tuple[list[PersonRow], str]:
    """Return who likes a post, newest first, and the cursor of the next page or "". Raises NotFound."""
    post = await posts.access_post(viewer, post_id)
    return await _people(viewer, db.likes, {"post": post["_id"]}, before)


async def comment_people(viewer: Viewer, comment_id: str, before: str = "") -> tuple[list[PersonRow], str]:
    """Return who likes a comment, newest first, and the next page's cursor or "". Raises NotFound."""
    row, _ = await comments.access_comment(viewer, comment_id)
    return await _people(viewer, db.comment_likes, {"comment": row["_id"]}, before)


async def _people(
    viewer: Viewer, source: Any, query: dict[str, Any], before: str
) -> tuple[list[PersonRow], str]:
    if before:
        query["_id"] = {"$lt": db.oid(before)}
    found = await source.find(query).sort("_id", -1).limit(PAGE + 1).to_list()
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


async def _announce_comment(viewer: Viewer, row: dict[str, Any], liked: bool, rev: int) -> None:
    await events.publish(
        events.CommentLiked(
            post_id=str(row["post"]),
            thread_id=str(row.get("parent") or row["_id"]),
            comment_id=str(row["_id"]),
            author_id=str(row["author"]),
            by=viewer.id,
            liked=liked,
            text=row["text"],
            rev=rev,
        )
    )


async def _heard_delete(event: events.PostDeleted) -> None:
    await db.likes.delete_many({"post": db.oid(event.post_id)})
    await db.comment_likes.delete_many({"post": db.oid(event.post_id)})


async def _heard_comment_deleted(event: events.CommentDeleted) -> None:
    gone = ObjectId(event.comment_id)
    await db.comment_likes.delete_many({"$or": [{"comment": gone}, {"thread": gone}]})


events.subscribe(events.PostDeleted, _heard_delete)
events.subscribe(events.CommentDeleted, _heard_comment_deleted)
