"""Likes: one row for each person and post or comment. The only writer of `comment_likes`.

`like_batches` writes the likes of posts; this module only removes them when their post is gone.
"""

from __future__ import annotations

import asyncio
from typing import Any

from bson import ObjectId

from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.db import Session
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import directory
from instagram_clone.domain.people.directory import PersonRow
from instagram_clone.domain.posts import comments, like_batches, posts
from instagram_clone.domain.posts.events import CommentDeleted, CommentLiked, PostDeleted
from instagram_clone.domain.posts.like_batches import likers_among as likers_among

PAGE = 40


async def like(viewer: Viewer, post_id: str) -> bool:
    """Like a post; False if the viewer already does. Idempotent. Publishes PostLiked. Raises NotFound."""
    return await _wait_for_delivery(await like_batches.liking.submit(db.oid(post_id), viewer))


async def unlike(viewer: Viewer, post_id: str) -> bool:
    """Unlike a post; False if the viewer does not like it. Idempotent. Publishes PostLiked with
    liked=False. Raises NotFound.
    """
    return await _wait_for_delivery(await like_batches.unliking.submit(db.oid(post_id), viewer))


async def like_comment(viewer: Viewer, comment_id: str) -> bool:
    """Like a comment; False if the viewer already does. Idempotent. Publishes CommentLiked.

    Raises NotFound.
    """
    row, post = await comments.access_comment(viewer, comment_id)
    mine = {"comment": row["_id"], "user": viewer.oid}
    fields = {"post": post["_id"], "thread": row.get("parent") or row["_id"]}

    async def work(transaction: Transaction) -> bool:
        if await db.comment_likes.find_one(mine, {"_id": 1}, session=transaction.session) is not None:
            return False
        rev = await comments.count(transaction, row["_id"], likes=1)
        if rev is None:
            raise NotFound(comments.GONE)
        await db.comment_likes.insert_one({**mine, **fields}, session=transaction.session)
        transaction.announce(_comment_liked(viewer, row, True, rev))
        return True

    return await outbox.commit(work)


async def unlike_comment(viewer: Viewer, comment_id: str) -> bool:
    """Unlike a comment; False if the viewer does not like it. Idempotent. Publishes CommentLiked with
    liked=False. Raises NotFound.
    """
    row, _ = await comments.access_comment(viewer, comment_id)
    mine = {"comment": row["_id"], "user": viewer.oid}

    async def work(transaction: Transaction) -> bool:
        done = await db.comment_likes.delete_one(mine, session=transaction.session)
        if not done.deleted_count:
            return False
        rev = await comments.count(transaction, row["_id"], likes=-1)
        if rev is not None:
            transaction.announce(_comment_liked(viewer, row, False, rev))
        return True

    return await outbox.commit(work)


async def people(viewer: Viewer, post_id: str, before: str = "") -> tuple[list[PersonRow], str]:
    """Return people who like a post, newest first, and the next page's cursor or "". Raises NotFound."""
    post = await posts.access_post(viewer, post_id)
    return await _people(viewer, db.likes, {"post": post["_id"]}, before)


async def comment_people(viewer: Viewer, comment_id: str, before: str = "") -> tuple[list[PersonRow], str]:
    """Return people who like a comment, newest first, and the next page's cursor or "". Raises NotFound."""
    row, _ = await comments.access_comment(viewer, comment_id)
    return await _people(viewer, db.comment_likes, {"comment": row["_id"]}, before)


async def comment_likers_among(
    comment_id: ObjectId, users: list[ObjectId], session: Session
) -> set[ObjectId]:
    """Return which of the given users like a comment."""
    query = {"user": {"$in": users}, "comment": comment_id}
    return {row["user"] async for row in db.comment_likes.find(query, {"user": 1}, session=session)}


async def _people(
    viewer: Viewer, source: Any, query: dict[str, Any], before: str
) -> tuple[list[PersonRow], str]:
    if before:
        query["_id"] = {"$lt": db.oid(before)}
    found = await source.find(query).sort("_id", -1).limit(PAGE + 1).to_list()
    cursor = str(found[PAGE - 1]["_id"]) if len(found) > PAGE else ""
    return await directory.rows(viewer, [row["user"] for row in found[:PAGE]]), cursor


def _comment_liked(viewer: Viewer, row: dict[str, Any], liked: bool, rev: int) -> CommentLiked:
    return CommentLiked(
        post_id=str(row["post"]),
        thread_id=str(row.get("parent") or row["_id"]),
        comment_id=str(row["_id"]),
        author_id=str(row["author"]),
        by=viewer.id,
        liked=liked,
        text=row["text"],
        rev=rev,
    )


async def _wait_for_delivery(delivery: asyncio.Task[None] | None) -> bool:
    """Wait for a change's deliveries, up to the usual limit; return whether anything changed."""
    if delivery is not None:
        await outbox.wait_for(delivery)
    return delivery is not None


async def post_deleted(event: PostDeleted) -> None:
    await db.likes.delete_many({"post": db.oid(event.post_id)})
    await db.comment_likes.delete_many({"post": db.oid(event.post_id)})


async def comment_deleted(event: CommentDeleted) -> None:
    gone = ObjectId(event.comment_id)
    await db.comment_likes.delete_many({"$or": [{"comment": gone}, {"thread": gone}]})


async def repair() -> dict[str, int]:
    """Remove likes of posts and comments that are gone; return how many there were of each."""
    posts_gone = comments_gone = 0
    async for batch in db.orphans("likes", "post", "posts"):
        posts_gone += (await db.likes.delete_many({"_id": {"$in": batch}})).deleted_count
    async for batch in db.orphans("comment_likes", "comment", "comments"):
        comments_gone += (await db.comment_likes.delete_many({"_id": {"$in": batch}})).deleted_count
    return {"likes of deleted posts": posts_gone, "likes of deleted comments": comments_gone}
