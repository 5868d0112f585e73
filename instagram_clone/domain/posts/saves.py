"""Posts that people have saved for later. Nobody else learns of it. The only writer of `saves`."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import visibility
from instagram_clone.domain.posts import post_cards, posts
from instagram_clone.domain.posts.events import PostDeleted, PostSaved
from instagram_clone.domain.posts.feed import GRID_PAGE, Page


async def save(viewer: Viewer, post_id: str) -> bool:
    """Save a post; False when it is already saved. Idempotent. Publishes PostSaved. Raises NotFound."""
    post = await posts.access_post(viewer, post_id)
    # Saves are listed by when they were made, and saving a post again counts as new.
    return await _set(viewer, post["_id"], {"at": ObjectId(), "saved": True}, upsert=True)


async def unsave(viewer: Viewer, post_id: str) -> bool:
    """Unsave a post; False when it is not saved. Idempotent. Publishes PostSaved with saved=False."""
    return await _set(viewer, db.oid(post_id), {"saved": False}, upsert=False)


async def page(viewer: Viewer, before: str = "") -> Page:
    """Return a page of the posts the viewer has saved, latest first. Posts they may no longer see are left
    out, so a page may be empty and still have a cursor.
    """
    query: dict[str, Any] = {"user": viewer.oid, "saved": True}
    if before:
        query["at"] = {"$lt": db.oid(before)}
    found = db.saves.find(query, {"post": 1, "at": 1}).hint("user_1_saved_1_at_-1").sort("at", -1)
    rows = await found.limit(GRID_PAGE + 1).to_list()
    cursor = str(rows[GRID_PAGE - 1]["at"]) if len(rows) > GRID_PAGE else ""
    ids = [row["post"] for row in rows[:GRID_PAGE]]
    positions = {str(post): at for at, post in enumerate(ids)}
    existing = await db.posts.find({"_id": {"$in": ids}}).to_list()
    cards = await post_cards.visible_cards(viewer, existing)
    seen = {card.id for card in cards}
    hidden = {row["author"] for row in existing if str(row["_id"]) not in seen}
    # Authors behind a block need not be listed: the event that lifts the block names them.
    listed = hidden - await visibility.blocked_either_way(viewer, hidden) if hidden else set()
    return Page(sorted(cards, key=lambda card: positions[card.id]), cursor, frozenset(map(str, listed)))


async def post_deleted(event: PostDeleted) -> None:
    await db.saves.delete_many({"post": db.oid(event.post_id)})


async def repair() -> dict[str, int]:
    """Remove saves of posts that are gone; return how many there were."""
    gone = 0
    async for batch in db.orphans("saves", "post", "posts"):
        gone += (await db.saves.delete_many({"_id": {"$in": batch}})).deleted_count
    return {"saves of deleted posts": gone}


async def _set(viewer: Viewer, post: ObjectId, change: dict[str, Any], *, upsert: bool) -> bool:
    """Save or unsave a post unless it already is. The row is kept, so that `rev` only increases."""

    async def work(transaction: Transaction) -> bool:
        row = await db.saves.find_one_and_update(
            {"user": viewer.oid, "post": post, "saved": {"$ne": change["saved"]}},
            {"$set": change, "$inc": {"rev": 1}},
            upsert=upsert,
            return_document=ReturnDocument.AFTER,
            session=transaction.session,
        )
        if row is None:
            return False
        transaction.announce(PostSaved(str(post), viewer.id, row["saved"], row["rev"]))
        return True

    try:
        return await outbox.commit(work)
    except DuplicateKeyError:
        # The row is already saved: the filter did not match it, and the upsert collided with it.
        return False
