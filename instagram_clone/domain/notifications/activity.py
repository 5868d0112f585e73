"""Notifications as people read them: the lines of the panel and the number on the badge.

`notifications` writes the lines. Their subjects may become invisible later, so visibility is checked on
every read, and no line outlives what it is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from instagram_clone import routes
from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import imaging
from instagram_clone.domain.notifications import alerts
from instagram_clone.domain.notifications.events import AlertsChanged
from instagram_clone.domain.notifications.recipients import REQUEST
from instagram_clone.domain.people import accounts, directory, visibility
from instagram_clone.domain.posts import comments, posts

PAGE = 20
MAX_COUNTED = 99
_BY_NUMBER = [("to", 1), ("seq", -1)]


@dataclass(frozen=True)
class Alert:
    """A line of the panel: who did what. `count` is the number of actors, `people` the latest of them.

    `author_id` is the author of the post that the line is about, "" if it is about none.
    """

    id: str
    kind: str
    people: list[directory.PersonRow]
    count: int
    post_id: str
    author_id: str
    thumbnail: str
    text: str
    at: str
    fresh: bool


@dataclass(frozen=True)
class Unread:
    """How many lines are new, up to 99, and which others' posts they are about, including hidden ones."""

    count: int
    authors: frozenset[str]


async def seen_marker(viewer: Viewer) -> int:
    """Return the number up to which the viewer has seen their notifications."""
    return await accounts.alerts_marker(viewer.oid)


async def page(viewer: Viewer, before: str = "", seen: int | None = None) -> tuple[list[Alert], str]:
    """Return lines about what the viewer may see, newest first, and the next page's cursor or "".

    Takes a fixed number of queries however many lines there are; hidden lines leave a page short. Lines
    after `seen`, a marker from `seen_marker`, are fresh; the default is the current marker.
    """
    marker = await seen_marker(viewer) if seen is None else seen
    # Follow requests have a list of their own, where they are answered.
    query: dict[str, Any] = {"to": viewer.oid, "kind": {"$ne": REQUEST}}
    if before:
        query["seq"] = {"$lt": int(before)}
    lines = await db.alerts.find(query).sort("seq", -1).hint(_BY_NUMBER).limit(PAGE + 1).to_list()
    cursor = str(lines[PAGE - 1]["seq"]) if len(lines) > PAGE else ""
    subjects = await _subjects(viewer, lines[:PAGE])
    shown = subjects.visible(lines[:PAGE])
    rows = await directory.rows(viewer, list({actor for line in shown for actor in line["actors"]}))
    people = {row.id: row for row in rows}
    return [_alert(line, people, subjects, marker) for line in shown], cursor


async def unread(viewer: Viewer) -> int:
    """Count the lines newer than what the viewer has seen, up to 99, without hidden ones."""
    return (await unread_summary(viewer)).count


async def unread_summary(viewer: Viewer) -> Unread:
    """Return what is newer than what the viewer has seen."""
    marker = await seen_marker(viewer)
    # Concurrent callers share the reads of both numbers, and most people have seen everything.
    if await alerts.last_number(viewer.oid) <= marker:
        return Unread(0, frozenset())
    query = {"to": viewer.oid, "seq": {"$gt": marker}}
    found = db.alerts.find(query, {"post": 1, "thread": 1, "subject": 1, "actors": 1, "count": 1})
    lines = await found.limit(MAX_COUNTED).hint(_BY_NUMBER).to_list()
    subjects = await _subjects(viewer, lines)
    return Unread(len(subjects.visible(lines)), subjects.authors)


async def mark_seen(viewer: Viewer) -> None:
    """Record that the viewer has seen every line there is. Publishes AlertsChanged."""
    own = {"to": viewer.oid}
    newest = await db.alerts.find_one(own, {"seq": 1}, sort=[("seq", -1)], hint=_BY_NUMBER)
    if newest is not None and await accounts.record_alerts_seen(viewer.oid, newest["seq"]):
        await events.publish(AlertsChanged(viewer.id))


@dataclass(frozen=True)
class _Subjects:
    """What some lines are about: posts and threads, which of the posts the viewer may see (`seen`), and who
    is blocked in either direction.
    """

    viewer: ObjectId
    posts: dict[ObjectId, dict[str, Any]]
    threads: dict[ObjectId, ObjectId]
    seen: set[ObjectId]
    blocked: set[ObjectId]

    @property
    def authors(self) -> frozenset[str]:
        return frozenset(str(row["author"]) for row in self.posts.values() if row["author"] != self.viewer)

    def visible(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the lines whose subject the viewer may see, without actors blocked in either direction."""
        return [shown for line in lines if self._may_see(line) and (shown := self._without_blocked(line))]

    def _may_see(self, line: dict[str, Any]) -> bool:
        thread = _parent_thread(line)
        if thread and self.threads.get(thread, thread) in {thread, *self.blocked}:
            return False
        if not line["post"]:
            return True
        return line["post"] in self.seen

    def _without_blocked(self, line: dict[str, Any]) -> dict[str, Any] | None:
        actors = [actor for actor in line["actors"] if actor not in self.blocked]
        hidden = len(line["actors"]) - len(actors)
        return {**line, "actors": actors, "count": line["count"] - hidden} if actors else None


async def _subjects(viewer: Viewer, lines: list[dict[str, Any]]) -> _Subjects:
    if not lines:
        return _Subjects(viewer.oid, {}, {}, set(), set())
    rows = await posts.rows(list({line["post"] for line in lines if line["post"]}))
    threads = await comments.authors(list({thread for line in lines if (thread := _parent_thread(line))}))
    seen = {row["_id"] for row in await visibility.Reader(viewer).visible(list(rows.values()))}
    others = {actor for line in lines for actor in line["actors"]}.union(threads.values())
    blocked = await visibility.blocked_either_way(viewer, others)
    return _Subjects(viewer.oid, rows, threads, seen, blocked)


def _parent_thread(line: dict[str, Any]) -> ObjectId | None:
    """Return the comment above the one that a line is about, or None if that one is not a reply."""
    thread = line.get("thread")
    return thread if thread != line["subject"] else None


def _alert(
    line: dict[str, Any], people: dict[str, directory.PersonRow], subjects: _Subjects, seen: int
) -> Alert:
    rows = [people[str(actor)] for actor in line["actors"] if str(actor) in people]
    created = line["at"].generation_time
    post = subjects.posts.get(line["post"]) if line["post"] else None
    return Alert(
        id=str(line["_id"]),
        kind=line["kind"],
        people=rows,
        count=max(line["count"], len(rows)),
        post_id=str(post["_id"]) if post else "",
        author_id=str(post["author"]) if post else "",
        thumbnail=routes.media_url(post["media"][0]["id"], imaging.WIDTHS[0]) if post else "",
        text=line.get("text", ""),
        at=created.isoformat(),
        fresh=line["seq"] > seen,
    )
