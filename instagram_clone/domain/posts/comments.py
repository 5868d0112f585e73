"""Comments on posts, with one level of replies. The only writer of `comments`."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from instagram_clone.domain.core import db, outbox, rate_limits
from instagram_clone.domain.core.db import Session
from instagram_clone.domain.core.errors import Invalid, NotFound, Refused, TooMany
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.text import richtext
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts, visibility
from instagram_clone.domain.posts import posts
from instagram_clone.domain.posts.events import CommentAdded, CommentCounted, CommentDeleted, PostDeleted

LENGTH = 2200
KEY_LENGTH = 64
GONE = "This comment is no longer available."
_CANNOT_SEND = "This cannot be sent. Write it again."


async def add(viewer: Viewer, post_id: str, text: str, key: str = "", answering: str = "") -> str:
    """Comment on a post, or reply to a comment on it, and return the new comment's id.

    There is only one level: a reply to a reply goes under the same parent comment. A retry with the same
    client-generated key adds nothing. Publishes CommentAdded, and CommentCounted for the parent comment.
    Raises Invalid, NotFound, TooMany.
    """
    text = richtext.tidy(text)
    if not text:
        raise Invalid("Write something first.", "comment")
    if len(text) > LENGTH:
        raise Invalid(f"Use up to {LENGTH:,} characters.", "comment")
    if len(key) > KEY_LENGTH:
        raise Invalid(_CANNOT_SEND, "comment")
    post = await posts.access_post(viewer, post_id)
    try:
        await rate_limits.take("comment", viewer.id)
        # A comment on another post cannot be answered under this one.
        answered = await _load(viewer, answering, post=post["_id"]) if answering else None
    except (TooMany, NotFound):
        # A retry of a stored comment is not limited, and what it answers may be gone.
        if key and (existing := await _find_by_key(viewer, key, post["_id"])):
            return existing
        raise
    row: dict[str, Any] = {"_id": ObjectId(), "post": post["_id"], "author": viewer.oid, "text": text}
    row |= {"likes": 0, "replies": 0, "rev": 0}
    parent = (answered.get("parent") or answered["_id"]) if answered else None
    if parent:
        row["parent"] = parent
    if key:
        row["key"] = key
    author = (await accounts.people([viewer.oid]))[viewer.oid]

    async def work(transaction: Transaction) -> str:
        # Concurrent attempts serialize here, because both write the post's row.
        counts = await posts.count(transaction, post["_id"], comments=1)
        if counts is None:
            raise NotFound(posts.GONE)
        if key and (existing := await _find_by_key(viewer, key, post["_id"], transaction.session)):
            raise _AlreadyStored(existing)
        if parent and await count(transaction, parent, replies=1) is None:
            raise NotFound(GONE)
        await db.comments.insert_one(row, session=transaction.session)
        transaction.announce(
            CommentAdded(
                post_id=post_id,
                post_author_id=str(counts.item.author),
                comment_id=str(row["_id"]),
                author_id=viewer.id,
                username=author.username,
                avatar=author.avatar,
                text=text,
                created=row["_id"].generation_time.isoformat(),
                key=key,
                likes=counts.likes,
                comments=counts.comments,
                rev=counts.rev,
                parent_id=str(parent or ""),
                answered_id=str(answered["author"]) if answered else "",
            )
        )
        return str(row["_id"])

    try:
        return await outbox.commit(work)
    except _AlreadyStored as existing:
        return existing.comment_id
    except DuplicateKeyError:
        # A concurrent attempt used the same key under another post, so the two did not serialize.
        return await _find_by_key(viewer, key, post["_id"])


class _AlreadyStored(Exception):
    """The comment already exists. Raised to roll back the counts that were about to be added for it."""

    def __init__(self, comment_id: str) -> None:
        super().__init__(comment_id)
        self.comment_id = comment_id


async def _find_by_key(viewer: Viewer, key: str, post: ObjectId, session: Session | None = None) -> str:
    """Return the comment already stored under a key, or "". Raises Invalid if it is on another post."""
    row = await db.comments.find_one({"author": viewer.oid, "key": key}, {"post": 1}, session=session)
    if row and row["post"] != post:
        raise Invalid(_CANNOT_SEND, "comment")
    return str(row["_id"]) if row else ""


async def access_comment(viewer: Viewer | None, comment_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Load a comment the viewer may see, and its post. Raises NotFound."""
    row = await _load(viewer, comment_id)
    return row, await posts.access_post(viewer, str(row["post"]))


async def delete(viewer: Viewer, comment_id: str) -> None:
    """Delete the viewer's own comment, or any comment on the viewer's own post, and the replies under it.

    Publishes CommentDeleted, and CommentCounted for the parent of a reply. Raises NotFound, Refused.
    """
    row, post = await access_comment(viewer, comment_id)
    if viewer.oid not in (row["author"], post["author"]):
        raise Refused("You can only delete your own comments, and comments on your own posts.")

    async def work(transaction: Transaction) -> None:
        gone = await db.comments.find_one_and_delete({"_id": row["_id"]}, session=transaction.session)
        if gone is None:
            return
        parent = gone.get("parent")
        if parent and await count(transaction, parent, replies=-1) is None:
            # The parent is gone, and its deletion already took this reply out of the post's count.
            return
        # Use the reply count of the deleted row itself: a reply being added will find that row gone.
        removed = 1 + gone.get("replies", 0)
        counts = await posts.count(transaction, post["_id"], comments=-removed)
        if counts is None:
            return
        transaction.announce(
            CommentDeleted(
                post_id=str(post["_id"]),
                comment_id=comment_id,
                likes=counts.likes,
                comments=counts.comments,
                rev=counts.rev,
                parent_id=str(parent or ""),
            )
        )

    await outbox.commit(work)


async def count(transaction: Transaction, comment_id: ObjectId, **changes: int) -> int | None:
    """Adjust a comment's counts (likes, replies) and return its revision; None when it is gone.

    Publishes CommentCounted.
    """
    row = await db.comments.find_one_and_update(
        {"_id": comment_id},
        {"$inc": {**changes, "rev": 1}},
        projection={"post": 1, "author": 1, "likes": 1, "replies": 1, "rev": 1},
        return_document=ReturnDocument.AFTER,
        session=transaction.session,
    )
    if row is None:
        return None
    counts = (row.get("likes", 0), row.get("replies", 0), row["rev"])
    counted = CommentCounted(str(row["post"]), str(comment_id), *counts, str(row["author"]))
    transaction.announce(counted)
    return row["rev"]


async def recount(comment_id: ObjectId) -> dict[str, int]:
    """Set a comment's counts to the number of rows; return by how much each was wrong."""

    async def work(transaction: Transaction) -> dict[str, int]:
        session = transaction.session
        row = await db.comments.find_one({"_id": comment_id}, session=session)
        if row is None:
            return {}
        actual = {
            "likes": await db.comment_likes.count_documents({"comment": comment_id}, session=session),
            "replies": await db.comments.count_documents({"parent": comment_id}, session=session),
        }
        wrong = {name: number - row.get(name, 0) for name, number in actual.items()}
        wrong = {name: number for name, number in wrong.items() if number}
        if wrong:
            await count(transaction, comment_id, **wrong)
        return wrong

    return await outbox.commit(work)


async def _load(viewer: Viewer | None, comment_id: str, **where: ObjectId) -> dict[str, Any]:
    row = await db.comments.find_one({"_id": db.oid(comment_id), **where})
    if row is None or await visibility.is_blocked_either_way(viewer, row["author"]):
        raise NotFound(GONE)
    if row.get("parent"):
        await _load(viewer, str(row["parent"]))
    return row


async def authors(comment_ids: list[ObjectId]) -> dict[ObjectId, ObjectId]:
    """Return the authors of the given comments that exist. Does no permission checks."""
    found = db.comments.find({"_id": {"$in": comment_ids}}, {"author": 1})
    return {row["_id"]: row["author"] for row in (await found.to_list() if comment_ids else ())}


async def exists(comment_id: ObjectId, session: Session) -> bool:
    """Return whether a comment still exists."""
    return await db.comments.find_one({"_id": comment_id}, {"_id": 1}, session=session) is not None


async def post_deleted(event: PostDeleted) -> None:
    await db.comments.delete_many({"post": db.oid(event.post_id)})


async def comment_deleted(event: CommentDeleted) -> None:
    await db.comments.delete_many({"parent": db.oid(event.comment_id)})


async def repair() -> dict[str, int]:
    """Remove comments whose post or parent is gone and recount the rest; return how many were removed and
    how many had wrong counts.
    """
    gone = 0
    for field, of in (("post", "posts"), ("parent", "comments")):
        async for batch in db.orphans("comments", field, of):
            gone += (await db.comments.delete_many({"_id": {"$in": batch}})).deleted_count
    wrong = [bool(await recount(one)) for one in await db.all_ids("comments")]
    return {"comments on deleted posts or comments": gone, "comments with wrong counts": sum(wrong)}
