"""Who is told what concerns them, and may be seen by them. Listens to events; nobody calls it to notify.

Writes `notifications`, one row for each recipient, kind, subject and actor (doing a thing again tells
nothing new, undoing it takes the row away), and `alerts`, the lines people read (`activity`): rows of
one kind about one post or comment within 24 hours are one line, whatever their number. What a person is
told is numbered (`seq`): when something can be read, so can all that was told before it.
"""

from __future__ import annotations

import asyncio
import weakref
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne

from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.core.db import Session
from instagram_clone.domain.notifications.events import AlertsChanged
from instagram_clone.domain.people import accounts, blocks, follows, usernames, visibility
from instagram_clone.domain.people.events import Blocked, Followed, FollowRequested
from instagram_clone.domain.posts import comments, likes, posts
from instagram_clone.domain.posts.events import (
    CommentAdded,
    CommentDeleted,
    CommentLiked,
    PostDeleted,
    PostLiked,
    PostPublished,
)

LIKE, COMMENT_LIKE, COMMENT, REPLY = "like", "comment_like", "comment", "reply"
MENTION, FOLLOW, REQUEST, ACCEPTED = "mention", "follow", "request", "accepted"
NAMED = 2
"""Actors whose names and faces a line shows; the others are a number."""

SNIPPET = 120
_AT_ONCE = 200
_LINE = ("to", "kind", "subject", "day")
_ON_OWN_POSTS = (LIKE, COMMENT)
"""Of these the author of the post is told, and nobody else."""


@dataclass(frozen=True)
class _News:
    """What somebody is told, whoever did it; without a subject it is about each who did."""

    to: ObjectId
    kind: str
    subject: ObjectId | None
    post: ObjectId | None = None
    text: str = ""
    thread: ObjectId | None = None


async def _tell(news: _News, actor: ObjectId) -> None:
    if news.to != actor:
        await _telling.do(news, actor)


async def _tell_all(news: _News, actors: list[ObjectId]) -> list[Exception | None]:
    """Tell somebody of several people who did a thing at once, and still have."""
    wanted = await _wanted(news, actors)
    about = {"to": news.to, "kind": news.kind, "post": news.post}
    if news.thread:
        about["thread"] = news.thread
    grouped = news.kind in (LIKE, COMMENT_LIKE)

    async def work(session: Session) -> int:
        day = await _day(news, session) if grouped else ""
        told = await _told(news, actors, session)
        still = await _still(news, actors, session)
        new = [one for one in dict.fromkeys(actors) if one in wanted & still and one not in told]
        if not new:
            return 0
        # What is one line has one number, however many it is about.
        first = await _next_number(news.to, session, 1 if grouped else len(new))
        rows: list[dict[str, Any]] = []
        for seq, actor in enumerate(new, first):
            row = {"_id": ObjectId(), "actor": actor, **about, "subject": _subject(news, actor)}
            rows.append({**row, "seq": first if grouped else seq, "day": day or str(row["_id"])})
        await db.notifications.insert_many(rows, session=session)
        await _add_to_lines(news, [rows] if grouped else [[row] for row in rows], session)
        return len(rows)

    if wanted:
        # In turns: two that number what one person is told would only be in each other's way.
        async with _telling_of.setdefault(news.to, asyncio.Lock()):
            told = await db.transact(work)
        if told:
            await events.publish(AlertsChanged(str(news.to)))
    return [None] * len(actors)


_telling_of: weakref.WeakValueDictionary[ObjectId, asyncio.Lock] = weakref.WeakValueDictionary()


async def _next_number(to: ObjectId, session: Session, many: int = 1) -> int:
    """Return the number of what a person is told next, the first of so many.

    Until the transaction ends nobody else gets one: a higher number cannot be read before a lower one.
    """
    before = await db.alert_counters.find_one_and_update(
        {"_id": to}, {"$inc": {"last": many}}, upsert=True, session=session
    )
    return 1 + (before["last"] if before else 0)


def _subject(news: _News, actor: ObjectId) -> ObjectId:
    """Return what a row is about: in news of what people do to people it is who did it."""
    return actor if news.subject is None else news.subject


async def _told(news: _News, actors: list[ObjectId], session: Session) -> set[ObjectId]:
    """Return of whom somebody has been told already."""
    about: dict[str, Any] = {"to": news.to, "kind": news.kind, "subject": news.subject}
    about |= {"actor": {"$in": actors}} if news.subject else {"subject": {"$in": actors}}
    return {row["actor"] async for row in db.notifications.find(about, {"actor": 1}, session=session)}


async def _still(news: _News, actors: list[ObjectId], session: Session) -> set[ObjectId]:
    """Return those of some people who have not undone meanwhile what somebody is to be told of."""
    match news.kind:
        case "follow":
            return await follows.following_among(news.to, actors, session)
        case "request":
            return await follows.asking_among(news.to, actors, session)
        case "accepted":
            return await follows.followees_among(news.to, actors, session)
    subject = news.subject
    assert subject is not None
    match news.kind:
        case "like":
            return await likes.likers_among(subject, actors, session)
        case "comment_like":
            return await likes.comment_likers_among(subject, actors, session)
    is_there = posts.is_there if subject == news.post else comments.is_there
    return set(actors) if await is_there(subject, session) else set()


async def _day(news: _News, session: Session) -> str:
    """Return the hour in which the line began that takes in what happens now: 24 hours have one line.

    The hour and not the moment, so that processes which begin a line at once begin the same.
    """
    line = {"to": news.to, "kind": news.kind, "subject": news.subject}
    order = [*((key, 1) for key in line), ("day", 1)]
    last = await db.alerts.find_one(line, {"day": 1}, sort=[("day", -1)], hint=order, session=session)
    now = _now()
    return last["day"] if last and last["day"] > _hour(now - timedelta(days=1)) else _hour(now)


def _hour(moment: datetime) -> str:
    return moment.isoformat(timespec="hours")


def _now() -> datetime:
    return datetime.now(UTC)


_telling: Batcher[_News, ObjectId, None] = Batcher(_tell_all, pause=0.05)


async def _add_to_lines(news: _News, lines: list[list[dict[str, Any]]], session: Session) -> None:
    changes = [_added_to_line(news, rows) for rows in lines]
    await db.alerts.bulk_write(changes, ordered=False, session=session)


def _added_to_line(news: _News, rows: list[dict[str, Any]]) -> UpdateOne:
    newest = [row["actor"] for row in reversed(rows)][:NAMED]
    return UpdateOne(
        {key: rows[0][key] for key in _LINE},
        {
            "$inc": {"count": len(rows)},
            "$set": {
                "at": rows[-1]["_id"],
                "seq": rows[-1]["seq"],
                "post": news.post,
                "text": news.text[:SNIPPET],
                **({"thread": news.thread} if news.thread else {}),
            },
            "$push": {"actors": {"$each": newest, "$position": 0, "$slice": NAMED}},
        },
        upsert=True,
    )


async def _wanted(news: _News, actors: list[ObjectId]) -> set[ObjectId]:
    """Return those of some people of whom a person wants to be told of a thing, and may be."""
    # A request waits for an answer: nobody can choose not to be asked, nor not to be answered.
    rule = (await accounts.alert_rules(news.to)).get(news.kind, "everyone")
    if rule == "off" or not await _may_see(news):
        return set()
    wanted = set(actors) - await blocks.either_way_among(news.to, actors)
    if rule == "following":
        return wanted & await follows.followees_among(news.to, list(wanted))
    return wanted


async def _may_see(news: _News) -> bool:
    """Tell whether somebody may see what they would be told of: the post, and the thread on it."""
    if news.post and news.kind not in _ON_OWN_POSTS:
        post = await posts.item(news.post)
        if post is None or not await visibility.viewers_among(post, [str(news.to)]):
            return False
    if news.thread and news.thread != news.subject:
        above = list((await comments.authors([news.thread])).values())
        return bool(above) and not await blocks.either_way_among(news.to, above)
    return True


async def _take_back(query: dict[str, Any]) -> None:
    """Take back what was told, every row that a query finds. Publishes AlertsChanged."""

    async def work(session: Session) -> set[ObjectId]:
        rows = await db.notifications.find(query, session=session).to_list()
        lines: dict[tuple[Any, ...], list[ObjectId]] = defaultdict(list)
        for row in rows:
            lines[tuple(row[key] for key in _LINE)].append(row["_id"])
        for line, ids in lines.items():
            await db.notifications.delete_many({"_id": {"$in": ids}}, session=session)
            await _shorten(dict(zip(_LINE, line, strict=True)), len(ids), session)
        return {row["to"] for row in rows}

    for person in await db.transact(work):
        await events.publish(AlertsChanged(str(person)))


async def _take_back_all(news: _News, actors: list[ObjectId]) -> list[Exception | None]:
    """Take back what several people have undone at once."""
    about = {"to": news.to, "kind": news.kind, "subject": news.subject, "actor": {"$in": actors}}
    await _take_back(about)
    return [None] * len(actors)


_taking_back: Batcher[_News, ObjectId, None] = Batcher(_take_back_all, pause=0.05)


async def _shorten(line: dict[str, Any], by: int, session: Session) -> None:
    newest = [("seq", -1), ("_id", -1)]
    order = [*((key, 1) for key in line), *newest]
    found = db.notifications.find(line, session=session).sort(newest).hint(order)
    left = await found.limit(NAMED).to_list()
    if left:
        change = {"actors": [other["actor"] for other in left]}
        change |= {"at": left[0]["_id"], "seq": left[0]["seq"]}
        await db.alerts.update_one(line, {"$inc": {"count": -by}, "$set": change}, session=session)
    else:
        await db.alerts.delete_one(line, session=session)


async def _forget(post: ObjectId, about: dict[str, Any]) -> None:
    """Forget everything that was told about a post, or about a part of what is below it, whoever did it."""
    told = await db.alerts.distinct("to", {"post": post, **about})
    await db.notifications.delete_many({"post": post, **about})
    await db.alerts.delete_many({"post": post, **about})
    for person in told:
        await events.publish(AlertsChanged(str(person)))


async def post_liked(event: PostLiked) -> None:
    post, actor = ObjectId(event.post_id), ObjectId(event.by)
    if event.liked:
        await _tell(_News(ObjectId(event.author_id), LIKE, post, post), actor)
    else:
        await _taking_back.do(_News(ObjectId(event.author_id), LIKE, post), actor)


async def comment_added(event: CommentAdded) -> None:
    post, comment = ObjectId(event.post_id), ObjectId(event.comment_id)
    actor = ObjectId(event.author_id)
    # Each is told once, of what concerns them most: an answer, their photo, their name.
    told = {}
    if event.answered_id:
        told[ObjectId(event.answered_id)] = REPLY
    told.setdefault(ObjectId(event.post_author_id), COMMENT)
    for person in await usernames.mentioned(event.text):
        told.setdefault(person, MENTION)
    for person, kind in told.items():
        thread = ObjectId(event.parent_id or comment)
        await _tell(_News(person, kind, comment, post, event.text, thread), actor)


async def comment_deleted(event: CommentDeleted) -> None:
    comment = ObjectId(event.comment_id)
    await _forget(ObjectId(event.post_id), {"$or": [{"subject": comment}, {"thread": comment}]})


async def comment_liked(event: CommentLiked) -> None:
    to, comment, actor = ObjectId(event.author_id), ObjectId(event.comment_id), ObjectId(event.by)
    if event.liked:
        post, thread = ObjectId(event.post_id), ObjectId(event.thread_id)
        await _tell(_News(to, COMMENT_LIKE, comment, post, event.text, thread), actor)
    else:
        await _take_back({"to": to, "kind": COMMENT_LIKE, "subject": comment, "actor": actor})


async def post_published(event: PostPublished) -> None:
    post, author = ObjectId(event.post_id), ObjectId(event.author_id)
    for person in await usernames.mentioned(event.caption):
        await _tell(_News(person, MENTION, post, post, event.caption), author)


async def followed(event: Followed) -> None:
    by, whom = ObjectId(event.by), ObjectId(event.whom)
    if not event.following:
        await _take_back({"to": whom, "kind": FOLLOW, "subject": by, "actor": by})
        await _take_back({"to": by, "kind": ACCEPTED, "subject": whom, "actor": whom})
        return
    await _tell(_News(whom, FOLLOW, None), by)
    if event.asked:
        await _tell(_News(by, ACCEPTED, whom), whom)


async def follow_requested(event: FollowRequested) -> None:
    by, whom = ObjectId(event.by), ObjectId(event.whom)
    if event.waiting:
        await _tell(_News(whom, REQUEST, None), by)
    else:
        await _take_back({"to": whom, "kind": REQUEST, "subject": by, "actor": by})


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
    """Number what people were told before it was numbered, and up to where they have seen it."""
    numbered = await db.alert_counters.distinct("_id")
    for person in await db.alerts.distinct("to", {"to": {"$nin": numbered}}):
        seen_before = await accounts.alerts_marker(person)
        lines = await db.alerts.find({"to": person}).sort("at", 1).to_list()
        seen = 0
        for number, line in enumerate(lines, 1):
            await db.alerts.update_one({"_id": line["_id"]}, {"$set": {"seq": number}})
            rows = {key: line[key] for key in _LINE}
            await db.notifications.update_many(rows, {"$set": {"seq": number}})
            if isinstance(seen_before, ObjectId) and line["at"] <= seen_before:
                seen = number
        await accounts.alerts_seen(person, seen)
        # Last: who has a counter has been numbered to the end.
        await db.alert_counters.insert_one({"_id": person, "last": len(lines)})
    await accounts.forget_old_markers()


async def repair() -> dict[str, int]:
    """Forget what was told of posts that are gone, recount lines; returns how many were wrong, by how."""
    gone = 0
    for one in (db.notifications, db.alerts):
        async for lot in db.orphans(one.name, "post", "posts"):
            gone += (await one.delete_many({"_id": {"$in": lot}})).deleted_count
    wrong = [await _recount(line) for line in await db.every("alerts")]
    return {"notifications of posts that are gone": gone, "notifications with wrong counts": sum(wrong)}


async def _recount(line_id: ObjectId) -> bool:
    async def work(session: Session) -> bool:
        row = await db.alerts.find_one({"_id": line_id}, session=session)
        if row is None:
            return False
        line = {key: row[key] for key in _LINE}
        number = await db.notifications.count_documents(line, session=session)
        if number != row["count"]:
            await _shorten(line, row["count"] - number, session)
        return number != row["count"]

    return await db.transact(work)
