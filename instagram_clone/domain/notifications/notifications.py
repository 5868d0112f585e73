"""Notifies people of what concerns them, if they may see it. Driven by events; nothing calls it to notify.

The only writer of `notifications`, with one row for each recipient, kind, subject and actor: doing
something again notifies nobody again, and undoing it removes the row. `alerts` has the lines that people
read. A person's notifications are numbered (`seq`): once one is readable, so are all before it.
"""

from __future__ import annotations

import asyncio
import weakref
from collections import defaultdict
from typing import Any

from bson import ObjectId

from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.core.db import Session
from instagram_clone.domain.notifications import alerts, recipients
from instagram_clone.domain.notifications.events import AlertsChanged
from instagram_clone.domain.notifications.recipients import Notification
from instagram_clone.domain.people import accounts, usernames
from instagram_clone.domain.people.events import Blocked, Followed, FollowRequested
from instagram_clone.domain.posts.events import (
    CommentAdded,
    CommentDeleted,
    CommentLiked,
    PostDeleted,
    PostLiked,
    PostPublished,
)

_BATCH_SIZE = 200


async def _notify(notification: Notification, actor: ObjectId) -> None:
    if notification.to != actor:
        await _notify_batcher.submit(notification, actor)


async def _notify_batch(notification: Notification, actors: list[ObjectId]) -> list[Exception | None]:
    """Notify someone of several people who did something at once, and have not undone it."""
    wanted = await recipients.wanted(notification, actors)
    about = {"to": notification.to, "kind": notification.kind, "post": notification.post}
    if notification.thread:
        about["thread"] = notification.thread
    grouped = notification.kind in (recipients.LIKE, recipients.COMMENT_LIKE)

    async def work(session: Session) -> int:
        day = await alerts.day(notification, session) if grouped else ""
        notified = await _already_notified(notification, actors, session)
        applicable = await recipients.still_applicable(notification, actors, session)
        eligible = (wanted & applicable) - notified
        new = [actor for actor in dict.fromkeys(actors) if actor in eligible]
        if not new:
            return 0
        # One line has one number, however many people it is about.
        first = await alerts.next_number(notification.to, session, 1 if grouped else len(new))
        rows: list[dict[str, Any]] = []
        for seq, actor in enumerate(new, first):
            row = {"_id": ObjectId(), "actor": actor, **about, "subject": _subject(notification, actor)}
            rows.append({**row, "seq": first if grouped else seq, "day": day or str(row["_id"])})
        await db.notifications.insert_many(rows, session=session)
        await alerts.add(notification, [rows] if grouped else [[row] for row in rows], session)
        return len(rows)

    if wanted:
        # One at a time: transactions that number the same person's notifications would only conflict.
        async with _notify_locks.setdefault(notification.to, asyncio.Lock()):
            added = await db.transact(work)
        if added:
            await events.publish(AlertsChanged(str(notification.to)))
    return [None] * len(actors)


_notify_locks: weakref.WeakValueDictionary[ObjectId, asyncio.Lock] = weakref.WeakValueDictionary()


def _subject(notification: Notification, actor: ObjectId) -> ObjectId:
    """Return the subject of a row: the actor, if the notification has no subject of its own."""
    return actor if notification.subject is None else notification.subject


async def _already_notified(
    notification: Notification, actors: list[ObjectId], session: Session
) -> set[ObjectId]:
    """Return the actors that the recipient has already been notified of."""
    about: dict[str, Any] = {
        "to": notification.to,
        "kind": notification.kind,
        "subject": notification.subject,
    }
    about |= {"actor": {"$in": actors}} if notification.subject else {"subject": {"$in": actors}}
    return {row["actor"] async for row in db.notifications.find(about, {"actor": 1}, session=session)}


_notify_batcher: Batcher[Notification, ObjectId, None] = Batcher(_notify_batch, pause=0.05)


async def _retract(query: dict[str, Any]) -> None:
    """Remove every notification that a query finds. Publishes AlertsChanged."""

    async def work(session: Session) -> set[ObjectId]:
        rows = await db.notifications.find(query, session=session).to_list()
        lines: dict[tuple[Any, ...], list[ObjectId]] = defaultdict(list)
        for row in rows:
            lines[tuple(row[key] for key in alerts.LINE_KEY)].append(row["_id"])
        for line, ids in lines.items():
            await db.notifications.delete_many({"_id": {"$in": ids}}, session=session)
            await alerts.update_after_deletion(
                dict(zip(alerts.LINE_KEY, line, strict=True)), len(ids), session
            )
        return {row["to"] for row in rows}

    for person in await db.transact(work):
        await events.publish(AlertsChanged(str(person)))


async def _retract_batch(notification: Notification, actors: list[ObjectId]) -> list[Exception | None]:
    """Remove the notifications of what several people have undone at once."""
    about = {
        "to": notification.to,
        "kind": notification.kind,
        "subject": notification.subject,
        "actor": {"$in": actors},
    }
    await _retract(about)
    return [None] * len(actors)


_retract_batcher: Batcher[Notification, ObjectId, None] = Batcher(_retract_batch, pause=0.05)


async def _remove_about(post: ObjectId, about: dict[str, Any]) -> None:
    """Remove all notifications about a post, or only those that `about` selects."""
    people = await db.alerts.distinct("to", {"post": post, **about})
    await db.notifications.delete_many({"post": post, **about})
    await alerts.remove_about(post, about)
    for person in people:
        await events.publish(AlertsChanged(str(person)))


async def post_liked(event: PostLiked) -> None:
    post, actor = ObjectId(event.post_id), ObjectId(event.by)
    if event.liked:
        await _notify(Notification(ObjectId(event.author_id), recipients.LIKE, post, post), actor)
    else:
        await _retract_batcher.submit(Notification(ObjectId(event.author_id), recipients.LIKE, post), actor)


async def comment_added(event: CommentAdded) -> None:
    post, comment = ObjectId(event.post_id), ObjectId(event.comment_id)
    actor = ObjectId(event.author_id)
    # Each person is notified once, of what concerns them most: a reply, their post, or a mention.
    kinds: dict[ObjectId, str] = {}
    if event.answered_id:
        kinds[ObjectId(event.answered_id)] = recipients.REPLY
    kinds.setdefault(ObjectId(event.post_author_id), recipients.COMMENT)
    for person in await usernames.mentioned(event.text):
        kinds.setdefault(person, recipients.MENTION)
    for person, kind in kinds.items():
        thread = ObjectId(event.parent_id or comment)
        await _notify(Notification(person, kind, comment, post, event.text, thread), actor)


async def comment_deleted(event: CommentDeleted) -> None:
    comment = ObjectId(event.comment_id)
    await _remove_about(ObjectId(event.post_id), {"$or": [{"subject": comment}, {"thread": comment}]})


async def comment_liked(event: CommentLiked) -> None:
    to, comment, actor = ObjectId(event.author_id), ObjectId(event.comment_id), ObjectId(event.by)
    if event.liked:
        post, thread = ObjectId(event.post_id), ObjectId(event.thread_id)
        await _notify(Notification(to, recipients.COMMENT_LIKE, comment, post, event.text, thread), actor)
    else:
        await _retract({"to": to, "kind": recipients.COMMENT_LIKE, "subject": comment, "actor": actor})


async def post_published(event: PostPublished) -> None:
    post, author = ObjectId(event.post_id), ObjectId(event.author_id)
    for person in await usernames.mentioned(event.caption):
        await _notify(Notification(person, recipients.MENTION, post, post, event.caption), author)


async def followed(event: Followed) -> None:
    follower, followee = ObjectId(event.by), ObjectId(event.whom)
    if not event.following:
        await _retract({"to": followee, "kind": recipients.FOLLOW, "subject": follower, "actor": follower})
        await _retract(
            {"to": follower, "kind": recipients.ACCEPTED, "subject": followee, "actor": followee}
        )
        return
    await _notify(Notification(followee, recipients.FOLLOW, None), follower)
    if event.asked:
        await _notify(Notification(follower, recipients.ACCEPTED, followee), followee)


async def follow_requested(event: FollowRequested) -> None:
    requester, target = ObjectId(event.by), ObjectId(event.whom)
    if event.waiting:
        await _notify(Notification(target, recipients.REQUEST, None), requester)
    else:
        await _retract({"to": target, "kind": recipients.REQUEST, "subject": requester, "actor": requester})


async def blocked(event: Blocked) -> None:
    if not event.blocked:
        return
    for to, actor in ((event.by, event.whom), (event.whom, event.by)):
        query = {"to": ObjectId(to), "actor": ObjectId(actor)}
        while ids := [
            row["_id"] async for row in db.notifications.find(query, {"_id": 1}).limit(_BATCH_SIZE)
        ]:
            await _retract({"_id": {"$in": ids}})


async def post_deleted(event: PostDeleted) -> None:
    await _remove_about(ObjectId(event.post_id), {})


async def number_all() -> None:
    """Number the notifications of people who have no counter yet, and convert their seen markers."""
    numbered = await db.alert_counters.distinct("_id")
    for person in await db.alerts.distinct("to", {"to": {"$nin": numbered}}):
        seen_before = await accounts.alerts_marker(person)
        lines = await db.alerts.find({"to": person}).sort("at", 1).to_list()
        seen = 0
        for number, line in enumerate(lines, 1):
            await alerts.set_number(line["_id"], number)
            rows = {key: line[key] for key in alerts.LINE_KEY}
            await db.notifications.update_many(rows, {"$set": {"seq": number}})
            if isinstance(seen_before, ObjectId) and line["at"] <= seen_before:
                seen = number
        await accounts.record_alerts_seen(person, seen)
        # Last, because a counter means that all of the person's lines have been numbered.
        await alerts.start_counter(person, len(lines))
    await accounts.remove_old_markers()


async def repair() -> dict[str, int]:
    """Remove notifications about deleted posts, and recount lines; returns how many were wrong, by kind."""
    removed = 0
    async for batch in db.orphans("notifications", "post", "posts"):
        removed += (await db.notifications.delete_many({"_id": {"$in": batch}})).deleted_count
    removed += await alerts.remove_orphans()
    wrong = [await alerts.recount(line) for line in await db.all_ids("alerts")]
    return {"notifications about deleted posts": removed, "notifications with wrong counts": sum(wrong)}
