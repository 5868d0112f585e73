"""Posts: publishing, loading, deleting and counting. The only writer of `posts`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.db import Session
from instagram_clone.domain.core.errors import Invalid, NotFound, Refused
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.text import richtext
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts, imaging, media
from instagram_clone.domain.people import accounts, audiences, counts, preferences, visibility
from instagram_clone.domain.people.events import PrivacyChanged
from instagram_clone.domain.posts.events import PostDeleted, PostPublished

CAPTION_LENGTH = 2200
ALT_LENGTH = 1000
KEY_LENGTH = 64

GONE = "This post is no longer available."

LIKERS_KEPT = 4
"""How many first likers a post stores: a screen names three, never the viewer, and these rarely change."""


@dataclass(frozen=True)
class Counts:
    """A post's counts at one revision."""

    likes: int
    comments: int
    rev: int
    item: audiences.Item
    likers: list[ObjectId] = field(default_factory=list)


async def publish(
    viewer: Viewer,
    media_id: str,
    caption: str = "",
    alt: str = "",
    crop: imaging.Crop | None = None,
    key: str = "",
) -> str:
    """Share a draft photo as a post and return its id. Publishes PostPublished.

    The client generates `key` once per post: a retry with the same key returns the same post.
    Raises Invalid with the field's name, and NotFound when the draft is gone.
    """
    caption = richtext.tidy(caption)
    alt = " ".join(alt.split())
    if len(caption) > CAPTION_LENGTH:
        raise Invalid(f"Use up to {CAPTION_LENGTH:,} characters.", "caption")
    if len(alt) > ALT_LENGTH:
        raise Invalid(f"Use up to {ALT_LENGTH:,} characters.", "alt")
    if len(key) > KEY_LENGTH:
        raise Invalid("This cannot be shared. Start again.")
    existing = await _find_by_key(viewer, key)
    if existing:
        return existing
    try:
        photo = await drafts.cut(viewer, media_id, media.POST, crop or imaging.Crop(), alt)
        return await _publish(viewer, photo, caption, key)
    except (NotFound, Invalid, DuplicateKeyError):
        # A concurrent attempt won: the photo or the key is already taken.
        existing = await _find_by_key(viewer, key)
        if existing:
            return existing
        raise


async def _publish(viewer: Viewer, photo: media.Photo, caption: str, key: str) -> str:
    author = (await accounts.people([viewer.oid]))[viewer.oid]
    row: dict[str, Any] = {
        "_id": ObjectId(),
        "author": viewer.oid,
        "caption": caption,
        "media": [media.as_row(photo)],
        "likes": 0,
        "comments": 0,
        "rev": 0,
    }
    if key:
        row["key"] = key

    async def work(transaction: Transaction) -> str:
        # Concurrent attempts serialize here, because both write the author's row.
        private = await accounts.count(transaction, viewer.oid, posts=1)
        if private is None:
            raise NotFound("This account is no longer available.")
        await drafts.take(transaction, photo, media.POST)
        fields = {"private": True} if private else {}
        await db.posts.insert_one({**row, **fields}, session=transaction.session)
        post_id = str(row["_id"])
        transaction.announce(PostPublished(post_id, viewer.id, author.username, author.avatar, caption))
        return post_id

    return await outbox.commit(work)


async def delete(viewer: Viewer, post_id: str) -> None:
    """Delete the viewer's own post with its files, likes and comments. Publishes PostDeleted.

    Raises NotFound, and Refused for somebody else's post.
    """
    row = await access_post(viewer, post_id)
    if row["author"] != viewer.oid:
        raise Refused("Only the person who shared a post can delete it.")

    async def work(transaction: Transaction) -> None:
        own = {"_id": row["_id"], "author": viewer.oid}
        gone = await db.posts.find_one_and_delete(own, session=transaction.session)
        if gone is None:
            return
        await accounts.count(transaction, viewer.oid, posts=-1)
        transaction.announce(PostDeleted(post_id, viewer.id))
        await media.discard(transaction, [photo["id"] for photo in gone["media"]])

    await outbox.commit(work)


async def access_post(viewer: Viewer | None, post_id: str) -> dict[str, Any]:
    """Load a post the viewer may see. Raises NotFound for missing and hidden posts alike."""
    row = await db.row("posts", db.oid(post_id))
    if row is None or not await visibility.may_see(viewer, audiences.item_of(row)):
        raise NotFound(GONE)
    return row


async def add_likes(transaction: Transaction, post_id: ObjectId, users: list[ObjectId]) -> Counts | None:
    """Count new likes of a post and store the likers if it has few; return the same as `count`."""
    push = {"$each": users, "$slice": LIKERS_KEPT}
    return await _change(transaction, post_id, {"likes": len(users)}, {"$push": {"likers": push}})


async def remove_likes(transaction: Transaction, post_id: ObjectId, users: list[ObjectId]) -> Counts | None:
    """Count likes that were taken back and remove those likers; return the same as `count`."""
    change = {"$pull": {"likers": {"$in": users}}}
    return await _change(transaction, post_id, {"likes": -len(users)}, change)


async def count(transaction: Transaction, post_id: ObjectId, **changes: int) -> Counts | None:
    """Adjust a post's counts (likes, comments) and return them; None when the post is gone."""
    return await _change(transaction, post_id, changes, {})


async def _change(
    transaction: Transaction, post_id: ObjectId, counts: dict[str, int], more: dict[str, Any]
) -> Counts | None:
    row = await db.posts.find_one_and_update(
        {"_id": post_id},
        {"$inc": {**counts, "rev": 1}, **more},
        projection={"likes": 1, "comments": 1, "rev": 1, "likers": 1, **audiences.FIELDS},
        return_document=ReturnDocument.AFTER,
        session=transaction.session,
    )
    if row is None:
        return None
    item, likers = audiences.item_of(row), row.get("likers", [])
    return Counts(row["likes"], row["comments"], row["rev"], item, likers)


async def privacy_changed(event: PrivacyChanged) -> None:
    """Mark the author's posts as private or public, so that an index can list the public ones."""
    author = ObjectId(event.user_id)
    # Use the current setting rather than the event's: the author may have changed it back since.
    if await preferences.is_private(author):
        await db.posts.update_many({"author": author, "private": None}, {"$set": {"private": True}})
    else:
        await db.posts.update_many({"author": author, "private": True}, {"$unset": {"private": ""}})


async def recount(post_id: ObjectId) -> dict[str, int]:
    """Set a post's counts to the number of rows; return by how much each was wrong.

    Safe at any time: anything that changes a count writes its row in the same transaction.
    """

    async def work(transaction: Transaction) -> dict[str, int]:
        session, of_post = transaction.session, {"post": post_id}
        row = await db.posts.find_one({"_id": post_id}, session=session)
        if row is None:
            return {}
        actual = {
            "likes": await db.likes.count_documents(of_post, session=session),
            "comments": await db.comments.count_documents(of_post, session=session),
        }
        wrong = {name: number - row[name] for name, number in actual.items() if number != row[name]}
        if "comments" in wrong and await outbox.has_pending(transaction, post_id=str(post_id)):
            # Replies queued for deletion with their parent still have rows, but are no longer counted.
            return {}
        if wrong:
            await count(transaction, post_id, **wrong)
        return wrong

    return await outbox.commit(work)


async def repair() -> dict[str, int]:
    """Recount every post; return how many were wrong."""
    wrong = [bool(await recount(one)) for one in await db.all_ids("posts")]
    return {"posts with wrong counts": sum(wrong)}


async def _find_by_key(viewer: Viewer, key: str) -> str:
    if not key:
        return ""
    row = await db.posts.find_one({"author": viewer.oid, "key": key}, {"_id": 1})
    return str(row["_id"]) if row else ""


async def rows(post_ids: list[ObjectId]) -> dict[ObjectId, dict[str, Any]]:
    """Return what decides who may see each post, and its first photo. Does no permission checks."""
    found = db.posts.find({"_id": {"$in": post_ids}}, {**audiences.FIELDS, "media": {"$slice": 1}})
    return {row["_id"]: row for row in (await found.to_list() if post_ids else ())}


async def item(post_id: ObjectId) -> audiences.Item | None:
    """Return what decides who may see a post, or None when it is gone."""
    row = await db.row("posts", post_id)
    return audiences.item_of(row) if row is not None else None


async def exists(post_id: ObjectId, session: Session) -> bool:
    """Return whether a post still exists."""
    return await db.posts.find_one({"_id": post_id}, {"_id": 1}, session=session) is not None


async def _count_posts(author: ObjectId, session: Session) -> int:
    return await db.posts.count_documents({"author": author}, session=session)


async def _is_shown(photo: dict[str, Any]) -> bool:
    query = {"author": photo["owner"], "media.id": photo["_id"]}
    return await db.posts.find_one(query, {"_id": 1}) is not None


async def _may_see_photo(viewer: Viewer | None, photo: dict[str, Any]) -> bool:
    return await visibility.may_see(viewer, audiences.item_of({**photo, "author": photo["owner"]}))


media.register_use(media.POST, _may_see_photo, _is_shown)
counts.register_source("posts", _count_posts)
