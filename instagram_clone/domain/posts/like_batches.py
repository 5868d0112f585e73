"""Batching for likes of one post that arrive at the same time: one transaction for all. Writes `likes`.

Optimistic: nearly everyone who likes a post may see it and doesn't like it yet, so a first attempt assumes
both, and the transaction checks them. If either is wrong, a second attempt reads everything, and refuses
people or reports that nothing changed. The first one refuses only if the post is gone.
"""

from __future__ import annotations

import asyncio

from bson import ObjectId
from pymongo.errors import BulkWriteError

from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.core.cache import TTLCache
from instagram_clone.domain.core.db import Session
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import audiences, visibility
from instagram_clone.domain.posts import posts
from instagram_clone.domain.posts.events import PostLiked
from instagram_clone.domain.posts.posts import GONE, LIKERS_KEPT, Counts

ITEM_SECONDS = 60.0
"""How long to cache what decides who may see a post. Every like compares it with what is stored."""

_DeliveryTask = asyncio.Task[None]
_Outcome = _DeliveryTask | Exception | None


class _AssumptionFailed(Exception):
    """An assumption turned out wrong: read everything and try again."""


async def _like_all(post: ObjectId, viewers: list[Viewer]) -> list[_Outcome]:
    return await _change_all(post, viewers, True)


async def _unlike_all(post: ObjectId, viewers: list[Viewer]) -> list[_Outcome]:
    return await _change_all(post, viewers, False)


async def _change_all(post: ObjectId, viewers: list[Viewer], liked: bool) -> list[_Outcome]:
    """Like or unlike a post for several people at once. Return the delivery task for each person, or None
    where nothing changed.
    """
    verify = False
    while True:
        try:
            return await _attempt(post, viewers, liked, verify)
        except _AssumptionFailed:
            _items.forget(post)
            verify = True


async def _attempt(post: ObjectId, viewers: list[Viewer], liked: bool, verify: bool) -> list[_Outcome]:
    item = (await _items.of([post])).get(post)
    if item is None:
        return [NotFound(GONE) for _ in viewers]
    checks = (visibility.may_see(viewer, item) for viewer in viewers)
    allowed = await asyncio.gather(*checks, return_exceptions=True)
    users = list(dict.fromkeys(one.oid for one, may in zip(viewers, allowed, strict=True) if may is True))
    if False in allowed and not verify:
        raise _AssumptionFailed

    async def work(transaction: Transaction) -> list[ObjectId]:
        changed = users
        if verify:
            before = await likers_among(post, users, transaction.session)
            changed = [user for user in users if (user in before) is not liked]
        if not changed:
            return []
        counts = await (posts.add_likes if liked else posts.remove_likes)(transaction, post, changed)
        if counts is None or counts.item != item:
            raise _AssumptionFailed
        await (_insert if liked else _delete)(transaction, post, changed)
        likers_changed = (
            any(one in counts.likers for one in changed) if liked else len(counts.likers) < LIKERS_KEPT
        )
        for user in changed:
            transaction.announce(_post_liked(post, user, liked, counts, likers_changed))
            # Only the first event carries the named likers: they change once for the whole batch.
            likers_changed = False
        return changed

    changed, deliveries = await outbox.commit_undelivered(work) if users else ([], [])
    outcomes = dict.fromkeys(changed, outbox.start_delivery(deliveries)) if changed else {}
    # Someone who appears twice in a batch made one change.
    return [
        may if isinstance(may, Exception) else outcomes.pop(one.oid, None) if may else NotFound(GONE)
        for one, may in zip(viewers, allowed, strict=True)
    ]


async def _insert(transaction: Transaction, post: ObjectId, users: list[ObjectId]) -> None:
    rows = [{"post": post, "user": user} for user in users]
    try:
        await db.likes.insert_many(rows, session=transaction.session)
    except BulkWriteError as error:
        if any(one["code"] != db.DUPLICATE for one in error.details["writeErrors"]):
            raise
        raise _AssumptionFailed from None


async def _delete(transaction: Transaction, post: ObjectId, users: list[ObjectId]) -> None:
    query = {"user": {"$in": users}, "post": post}
    done = await db.likes.delete_many(query, session=transaction.session)
    if done.deleted_count != len(users):
        raise _AssumptionFailed


async def _load_items(ids: list[ObjectId]) -> dict[ObjectId, audiences.Item]:
    return {one: audiences.item_of(row) for one, row in (await posts.rows(ids)).items()}


async def likers_among(post: ObjectId, users: list[ObjectId], session: Session) -> set[ObjectId]:
    """Return which of the given users like a post."""
    found = db.likes.find({"user": {"$in": users}, "post": post}, {"user": 1}, session=session)
    return {row["user"] async for row in found}


def _post_liked(
    post: ObjectId, user: ObjectId, liked: bool, counts: Counts, with_likers: bool
) -> PostLiked:
    return PostLiked(
        post_id=str(post),
        author_id=str(counts.item.author),
        by=str(user),
        liked=liked,
        likes=counts.likes,
        comments=counts.comments,
        rev=counts.rev,
        likers=tuple(str(one) for one in counts.likers) if with_likers else None,
    )


_items = TTLCache(_load_items, ITEM_SECONDS)
liking: Batcher[ObjectId, Viewer, _DeliveryTask | None] = Batcher(_like_all, pause=0.02)
unliking: Batcher[ObjectId, Viewer, _DeliveryTask | None] = Batcher(_unlike_all, pause=0.02)
