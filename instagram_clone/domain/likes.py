"""Likes, one row for each person and post or comment. The only writer of `likes` and `comment_likes`."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from instagram_clone.domain import comments, db, events, lists, posts
from instagram_clone.domain.errors import NotFound
from instagram_clone.domain.lists import PersonRow
from instagram_clone.domain.together import Together
from instagram_clone.domain.viewer import Viewer

PAGE = 40


async def like(viewer: Viewer, post_id: str) -> bool:
    """Like a post; again changes nothing, tells nobody and is False. Publishes PostLiked.

    Raises NotFound.
    """
    post = await posts.access_post(viewer, post_id)
    counts = await _liking.do(post["_id"], viewer.oid)
    if counts is None:
        return False
    await _announce(viewer, post_id, True, counts)
    return True


async def unlike(viewer: Viewer, post_id: str) -> bool:
    """Take a like back; again changes nothing and is False. Publishes PostLiked with liked=False.

    Raises NotFound.
    """
    post = await posts.access_post(viewer, post_id)
    counts = await _unliking.do(post["_id"], viewer.oid)
    if counts is None:
        return False
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


async def _like_all(post: ObjectId, users: list[ObjectId]) -> list[posts.Counts | Exception | None]:
    """Like a post for several people who do so at once; None for those who liked it before."""
    rows = [{"_id": ObjectId(), "post": post, "user": user} for user in users]
    again = await db.insert_new(db.likes, rows)
    new = [row for row in rows if row["_id"] not in again]
    counts = await posts.liked(post, [row["user"] for row in new]) if new else None
    if new and counts is None:
        # The post was deleted in between: its likes have been swept, these came after.
        await db.likes.delete_many({"_id": {"$in": [row["_id"] for row in new]}})
        return [NotFound("This post is not here any more.")] * len(rows)
    return [None if row["_id"] in again else counts for row in rows]


async def _unlike_all(post: ObjectId, users: list[ObjectId]) -> list[posts.Counts | Exception | None]:
    """Take likes back of several people who do so at once; None for those who did not like the post."""
    found = await db.likes.find({"post": post, "user": {"$in": users}}).to_list()
    done = await db.likes.delete_many({"_id": {"$in": [row["_id"] for row in found]}}) if found else None
    liked = {row["user"] for row in found}
    number = done.deleted_count if done else 0
    counts = await posts.unliked(post, list(liked), number) if number else None
    return [counts if user in liked else None for user in users]


_liking: Together[ObjectId, ObjectId, posts.Counts | None] = Together(_like_all, pause=0.02)
_unliking: Together[ObjectId, ObjectId, posts.Counts | None] = Together(_unlike_all, pause=0.02)


async def _people(
    viewer: Viewer, source: Any, query: dict[str, Any], before: str
) -> tuple[list[PersonRow], str]:
    if before:
        query["_id"] = {"$lt": db.oid(before)}
    found = await source.find(query).sort("_id", -1).limit(PAGE + 1).to_list()
    cursor = str(found[PAGE - 1]["_id"]) if len(found) > PAGE else ""
    return await lists.rows(viewer, [row["user"] for row in found[:PAGE]]), cursor


async def _announce(viewer: Viewer, post_id: str, liked: bool, counts: posts.Counts) -> None:
    changed = viewer.oid in counts.likers if liked else len(counts.likers) < posts.LIKERS_KEPT
    await events.publish(
        events.PostLiked(
            post_id=post_id,
            author_id=str(counts.author),
            by=viewer.id,
            liked=liked,
            likes=counts.likes,
            comments=counts.comments,
            rev=counts.rev,
            likers=[str(user) for user in counts.likers] if changed else None,
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
