"""Who is told what concerns them. Listens to events; nobody calls it to notify.

Writes `notifications`, one row for each recipient, kind, subject and actor (doing a thing again tells
nothing new, undoing it takes the row away), and `alerts`, the lines people read: rows of one kind about
one post or comment within a day are one line, whatever their number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from instagram_clone.domain import accounts, blocks, db, events, follows
from instagram_clone.domain.accounts import Person
from instagram_clone.domain.viewer import Viewer

LIKE, COMMENT_LIKE, COMMENT, REPLY = "like", "comment_like", "comment", "reply"
MENTION, FOLLOW, REQUEST = "mention", "follow", "request"
PAGE = 20
NAMED = 2
"""Actors whose names and faces a line shows; the others are a number."""

MOST_COUNTED = 99
SNIPPET = 120
_BY_TIME = [("to", 1), ("at", -1)]
_ZERO = ObjectId("0" * 24)


@dataclass(frozen=True)
class Alert:
    """A line of the panel: who did what. `count` is all actors, `people` the latest of them."""

    id: str
    kind: str
    people: list[Person]
    count: int
    post_id: str
    thumbnail: str
    text: str
    at: str
    fresh: bool
    section: str
    followed: bool


async def seen_marker(viewer: Viewer) -> str:
    """Return the id up to which the viewer has seen what they were told."""
    me = await db.users.find_one({"_id": viewer.oid}, {"alerts_seen": 1}) or {}
    return str(me.get("alerts_seen", _ZERO))


async def page(viewer: Viewer, before: str = "", seen: str = "") -> tuple[list[Alert], str]:
    """Return lines, newest first, and the next page's cursor or "": five queries whatever their number.

    Lines after `seen`, a marker from `seen_marker`, are fresh; without one, those after the present marker.
    """
    marker = db.oid(seen or await seen_marker(viewer))
    query: dict[str, Any] = {"to": viewer.oid}
    if before:
        query["at"] = {"$lt": db.oid(before)}
    lines = await db.alerts.find(query).sort("at", -1).hint(_BY_TIME).limit(PAGE + 1).to_list()
    cursor = str(lines[PAGE - 1]["at"]) if len(lines) > PAGE else ""
    lines = lines[:PAGE]
    rows = await follows.rows(viewer, list({actor for line in lines for actor in line["actors"]}))
    known = {row.id: row for row in rows}
    posts = [line["post"] for line in lines if line["post"]]
    found = db.posts.find({"_id": {"$in": posts}}, {"media": {"$slice": 1}})
    pictures = {row["_id"]: row["media"][0]["id"] async for row in found}
    return [_alert(line, known, pictures, marker) for line in lines], cursor


async def unread(viewer: Viewer) -> int:
    """Count the lines that are newer than what the viewer has seen, up to 99."""
    query = {"to": viewer.oid, "at": {"$gt": db.oid(await seen_marker(viewer))}}
    return await db.alerts.count_documents(query, limit=MOST_COUNTED)


async def mark_seen(viewer: Viewer) -> None:
    """Take note that the viewer has seen every line there is. Publishes AlertsChanged."""
    newest = await db.alerts.find_one({"to": viewer.oid}, {"at": 1}, sort=[("at", -1)], hint=_BY_TIME)
    if newest is not None and await accounts.alerts_seen(viewer, newest["at"]):
        await events.publish(events.AlertsChanged(viewer.id))


async def _tell(
    to: ObjectId,
    kind: str,
    subject: ObjectId,
    actor: ObjectId,
    post: ObjectId | None,
    text: str = "",
    thread: ObjectId | None = None,
) -> None:
    if to == actor or await blocks.apart(to, [actor]) or not await _wanted(to, kind, actor):
        return
    row = {"_id": ObjectId(), "to": to, "kind": kind, "subject": subject, "actor": actor, "post": post}
    if thread:
        row["thread"] = thread
    day = datetime.now(UTC).date().isoformat() if kind in (LIKE, COMMENT_LIKE) else str(row["_id"])
    try:
        await db.notifications.insert_one({**row, "day": day})
    except DuplicateKeyError:
        return
    await db.alerts.update_one(
        {"to": to, "kind": kind, "subject": subject, "day": day},
        {
            "$inc": {"count": 1},
            "$set": {"at": row["_id"], "post": post, "text": text[:SNIPPET]},
            "$push": {"actors": {"$each": [actor], "$position": 0, "$slice": NAMED}},
        },
        upsert=True,
    )
    await events.publish(events.AlertsChanged(str(to)))


async def _wanted(to: ObjectId, kind: str, actor: ObjectId) -> bool:
    # A request waits for an answer: nobody can choose not to be asked.
    rule = (await accounts.alert_rules(to)).get(kind, "everyone")
    return rule == "everyone" or (rule == "following" and await follows.does_follow(to, actor))


async def _take_back(query: dict[str, Any]) -> None:
    row = await db.notifications.find_one_and_delete(query)
    if row is None:
        return
    line = {key: row[key] for key in ("to", "kind", "subject", "day")}
    order = [*((key, 1) for key in line), ("_id", -1)]
    left = await db.notifications.find(line).sort("_id", -1).hint(order).limit(NAMED).to_list()
    if left:
        change = {"actors": [other["actor"] for other in left], "at": left[0]["_id"]}
        await db.alerts.update_one(line, {"$inc": {"count": -1}, "$set": change})
    else:
        await db.alerts.delete_one(line)
    await events.publish(events.AlertsChanged(str(row["to"])))


async def _heard_like(event: events.PostLiked) -> None:
    post, actor = ObjectId(event.post_id), ObjectId(event.by)
    if event.liked:
        await _tell(ObjectId(event.author_id), LIKE, post, actor, post)
    else:
        await _take_back({"to": ObjectId(event.author_id), "kind": LIKE, "subject": post, "actor": actor})


async def _heard_comment(event: events.CommentAdded) -> None:
    post, comment = ObjectId(event.post_id), ObjectId(event.comment_id)
    actor = ObjectId(event.author_id)
    # Each is told once, of what concerns them most: an answer, their photo, their name.
    told = {}
    if event.answered_id:
        told[ObjectId(event.answered_id)] = REPLY
    told.setdefault(ObjectId(event.post_author_id), COMMENT)
    for person in await accounts.mentioned(event.text):
        told.setdefault(person, MENTION)
    for person, kind in told.items():
        await _tell(person, kind, comment, actor, post, event.text, ObjectId(event.parent_id or comment))


async def _heard_comment_deleted(event: events.CommentDeleted) -> None:
    comment = ObjectId(event.comment_id)
    about = {"$or": [{"subject": comment}, {"thread": comment}]}
    for row in await db.notifications.find(about, {"_id": 1}).to_list():
        await _take_back({"_id": row["_id"]})


async def _heard_comment_like(event: events.CommentLiked) -> None:
    to, comment, actor = ObjectId(event.author_id), ObjectId(event.comment_id), ObjectId(event.by)
    if event.liked:
        post, thread = ObjectId(event.post_id), ObjectId(event.thread_id)
        await _tell(to, COMMENT_LIKE, comment, actor, post, event.text, thread)
    else:
        await _take_back({"to": to, "kind": COMMENT_LIKE, "subject": comment, "actor": actor})


async def _heard_published(event: events.PostPublished) -> None:
    post, author = ObjectId(event.post_id), ObjectId(event.author_id)
    for person in await accounts.mentioned(event.caption):
        await _tell(person, MENTION, post, author, post, event.caption)


async def _heard_follow(event: events.Followed) -> None:
    by, whom = ObjectId(event.by), ObjectId(event.whom)
    if event.following:
        await _tell(whom, FOLLOW, by, by, None)
    else:
        await _take_back({"to": whom, "kind": FOLLOW, "subject": by, "actor": by})


async def _heard_request(event: events.FollowRequested) -> None:
    by, whom = ObjectId(event.by), ObjectId(event.whom)
    if event.waiting:
        await _tell(whom, REQUEST, by, by, None)
    else:
        await _take_back({"to": whom, "kind": REQUEST, "subject": by, "actor": by})


async def _heard_block(event: events.Blocked) -> None:
    if not event.blocked:
        return
    for to, actor in ((event.by, event.whom), (event.whom, event.by)):
        told = {"to": ObjectId(to), "actor": ObjectId(actor)}
        while await db.notifications.find_one(told, {"_id": 1}) is not None:
            await _take_back(told)


async def _heard_deleted(event: events.PostDeleted) -> None:
    post = ObjectId(event.post_id)
    told = await db.alerts.distinct("to", {"post": post})
    await db.notifications.delete_many({"post": post})
    await db.alerts.delete_many({"post": post})
    for person in told:
        await events.publish(events.AlertsChanged(str(person)))


def _alert(
    line: dict[str, Any],
    known: dict[str, follows.PersonRow],
    pictures: dict[ObjectId, str],
    seen: ObjectId,
) -> Alert:
    rows = [known[str(actor)] for actor in line["actors"] if str(actor) in known]
    made = line["at"].generation_time
    age = (datetime.now(UTC) - made).total_seconds() / 86_400
    fresh = line["at"] > seen
    picture = pictures.get(line["post"], "") if line["post"] else ""
    return Alert(
        id=str(line["_id"]),
        kind=line["kind"],
        people=[Person(row.id, row.username, row.name, row.avatar) for row in rows],
        count=max(line["count"], len(rows)),
        post_id=str(line["post"] or ""),
        thumbnail=accounts.avatar_url(picture),
        text=line.get("text", ""),
        at=made.isoformat(),
        fresh=fresh,
        section="New" if fresh else "Today" if age < 1 else "This week" if age < 7 else "Earlier",
        followed=bool(rows) and rows[0].followed,
    )


events.subscribe(events.PostLiked, _heard_like)
events.subscribe(events.CommentAdded, _heard_comment)
events.subscribe(events.CommentDeleted, _heard_comment_deleted)
events.subscribe(events.CommentLiked, _heard_comment_like)
events.subscribe(events.PostPublished, _heard_published)
events.subscribe(events.Followed, _heard_follow)
events.subscribe(events.FollowRequested, _heard_request)
events.subscribe(events.Blocked, _heard_block)
events.subscribe(events.PostDeleted, _heard_deleted)
