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

_AT_ONCE = 200


async def _tell(news: Notification, actor: ObjectId) -> None:
    if news.to != actor:
        await _telling.do(news, actor)


async def _tell_all(news: Notification, actors: list[ObjectId]) -> list[Exception | None]:
    """Notify someone of several people who did something at once, and have not undone it."""
    wanted = await recipients.wanted(news, actors)
    about = {"to": news.to, "kind": news.kind, "post": news.post}
    if news.thread:
        about["thread"] = news.thread
    grouped = news.kind in (recipients.LIKE, recipients.COMMENT_LIKE)

    async def work(session: Session) -> int:
        day = await alerts.day(news, session) if grouped else ""
        told = await _told(news, actors, session)
        still = await recipients.still_true_of(news, actors, session)
        new = [one for one in dict.fromkeys(actors) if one in wanted & still and one not in told]
        if not new:
            return 0
        # One line has one number, however many people it is about.
        first = await alerts.next_number(news.to, session, 1 if grouped else len(new))
        rows: list[dict[str, Any]] = []
        for seq, actor in enumerate(new, first):
            row = {"_id": ObjectId(), "actor": actor, **about, "subject": _subject(news, actor)}
            rows.append({**row, "seq": first if grouped else seq, "day": day or str(row["_id"])})
        await db.notifications.insert_many(rows, session=session)
        await alerts.add(news, [rows] if grouped else [[row] for row in rows], session)
        return len(rows)

    if wanted:
        # One at a time: transactions that number the same person's notifications would only conflict.
        async with _telling_of.setdefault(news.to, asyncio.Lock()):
            told = await db.transact(work)
        if told:
            await events.publish(AlertsChanged(str(news.to)))
    return [None] * len(actors)


_telling_of: weakref.WeakValueDictionary[ObjectId, asyncio.Lock] = weakref.WeakValueDictionary()


def _subject(news: Notification, actor: ObjectId) -> ObjectId:
    """Return the subject of a row: the actor, if the notification has no subject of its own."""
    return actor if news.subject is None else news.subject


async def _told(news: Notification, actors: list[ObjectId], session: Session) -> set[ObjectId]:
    """Return the actors that the recipient has already been notified of."""
    about: dict[str, Any] = {"to": news.to, "kind": news.kind, "subject": news.subject}
    about |= {"actor": {"$in": actors}} if news.subject else {"subject": {"$in": actors}}
    return {row["actor"] async for row in db.notifications.find(about, {"actor": 1}, session=session)}


_telling: Batcher[Notification, ObjectId, None] = Batcher(_tell_all, pause=0.05)


async def _take_back(query: dict[str, Any]) -> None:
    """Remove every notification that a query finds. Publishes AlertsChanged."""

    async def work(session: Session) -> set[ObjectId]:
        rows = await db.notifications.find(query, session=session).to_list()
        lines: dict[tuple[Any, ...], list[ObjectId]] = defaultdict(list)
        for row in rows:
            lines[tuple(row[key] for key in alerts.LINE)].append(row["_id"])
        for line, ids in lines.items():
            await db.notifications.delete_many({"_id": {"$in": ids}}, session=session)
            await alerts.shorten(dict(zip(alerts.LINE, line, strict=True)), len(ids), session)
        return {row["to"] for row in rows}

    for person in await db.transact(work):
        await events.publish(AlertsChanged(str(person)))


async def _take_back_all(news: Notification, actors: list[ObjectId]) -> list[Exception | None]:
    """Remove the notifications of what several people have undone at once."""
    about = {"to": news.to, "kind": news.kind, "subject": news.subject, "actor": {"$in": actors}}
    await _take_back(about)
    return [None] * len(actors)


_taking_back: Batcher[Notification, ObjectId, None] = Batcher(_take_back_all, pause=0.05)


async def _forget(post: ObjectId, about: dict[str, Any]) -> None:
    """Remove all notifications about a post, or only those that `about` selects."""
    told = await db.alerts.distinct("to", {"post": post, **about})
    await db.notifications.delete_many({"post": post, **about})
    await alerts.forget(post, about)
    for person in told:
        await events.publish(AlertsChanged(str(person)))


async def post_liked(event: PostLiked) -> None:
    post, actor = ObjectId(event.post_id), ObjectId(event.by)
    if event.liked:
        await _tell(Notification(ObjectId(event.author_id), recipients.LIKE, post, post), actor)
    else:
        await _taking_back.do(Notification(ObjectId(event.author_id), recipients.LIKE, post), actor)


async def comment_added(event: CommentAdded) -> None:
    post, comment = ObjectId(event.post_id), ObjectId(event.comment_id)
    actor = ObjectId(event.author_id)
    # Each person is notified once, of what concerns them most: a reply, their post, or a mention.
    told = {}
    if event.answered_id:
        told[ObjectId(event.answered_id)] = recipients.REPLY
    told.setdefault(ObjectId(event.post_author_id), recipients.COMMENT)
    for person in await usernames.mentioned(event.text):
        told.setdefault(person, recipients.MENTION)
    for person, kind in told.items():
        thread = ObjectId(event.parent_id or comment)
        await _tell(Notification(person, kind, comment, post, event.text, thread), actor)


async def comment_deleted(event: CommentDeleted) -> None:
    comment = ObjectId(event.comment_id)
    await _forget(ObjectId(event.post_id), {"$or": [{"subject": comment}, {"thread": comment}]})


async def comment_liked(event: CommentLiked) -> None:
    to, comment, actor = ObjectId(event.author_id), ObjectId(event.comment_id), ObjectId(event.by)
    if event.liked:
        post, thread = ObjectId(event.post_id), ObjectId(event.thread_id)
        await _tell(Notification(to, recipients.COMMENT_LIKE, comment, post, event.text, thread), actor)
    else:
        await _take_back({"to": to, "kind": recipients.COMMENT_LIKE, "subject": comment, "actor": actor})


async def post_published(event: PostPublished) -> None:
    post, author = ObjectId(event.post_id), ObjectId(event.author_id)
    for person in await usernames.mentioned(event.caption):
        await _tell(Notification(person, recipients.MENTION, post, post, event.caption), author)


async def followed(event: Followed) -> None:
    by, whom = ObjectId(event.by), ObjectId(event.whom)
    if not event.following:
        await _take_back({"to": whom, "kind": recipients.FOLLOW, "subject": by, "actor": by})
        await _take_back({"to": by, "kind": recipients.ACCEPTED, "subject": whom, "actor": whom})
        return
    await _tell(Notification(whom, recipients.FOLLOW, None), by)
    if event.asked:
        await _tell(Notification(by, recipients.ACCEPTED, whom), whom)


async def follow_requested(event: FollowRequested) -> None:
    by, whom = ObjectId(event.by), ObjectId(event.whom)
    if event.waiting:
        await _tell(Notification(whom, recipients.REQUEST, None), by)
    else:
        await _take_back({"to": whom, "kind": recipients.REQUEST, "subject": by, "actor": by})


async def blocked(event: Blocked) -> None:
    if not event.blocked:
        return
    for to, actor in ((event.by, event.whom), (event.whom, event.by)):
        told = {"to": ObjectId(to), "actor": ObjectId(actor)}
        while some := [row["_id"] async for row in db.notifications.find(told, {"_id": 1}).limit(_AT_ONCE)]:
            await _take_back({"_id": {"$in": some}})


async def post_deleted(event: PostDeleted) -> None:
    await _forget(ObjectId(event.post_id), {})


async def number_all() -> None:
    """Number the notifications of people who have no counter yet, and convert their seen markers."""
    numbered = await db.alert_counters.distinct("_id")
    for person in await db.alerts.distinct("to", {"to": {"$nin": numbered}}):
        seen_before = await accounts.alerts_marker(person)
        lines = await db.alerts.find({"to": person}).sort("at", 1).to_list()
        seen = 0
        for number, line in enumerate(lines, 1):
            await alerts.number(line["_id"], number)
            rows = {key: line[key] for key in alerts.LINE}
            await db.notifications.update_many(rows, {"$set": {"seq": number}})
            if isinstance(seen_before, ObjectId) and line["at"] <= seen_before:
                seen = number
        await accounts.alerts_seen(person, seen)
        # Last, because a counter means that all of the person's lines have been numbered.
        await alerts.count_from(person, len(lines))
    await accounts.forget_old_markers()


async def repair() -> dict[str, int]:
    """Remove notifications about deleted posts, and recount lines; returns how many were wrong, by kind."""
    gone = 0
    async for lot in db.orphans("notifications", "post", "posts"):
        gone += (await db.notifications.delete_many({"_id": {"$in": lot}})).deleted_count
    gone += await alerts.forget_orphans()
    wrong = [await alerts.recount(line) for line in await db.every("alerts")]
    return {"notifications of posts that are gone": gone, "notifications with wrong counts": sum(wrong)}
