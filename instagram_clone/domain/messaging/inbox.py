"""Conversations as screens show them: the inbox, its badge, and who is online. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import conversations, permissions
from instagram_clone.domain.messaging.receipts import audience
from instagram_clone.domain.people import accounts, presence
from instagram_clone.domain.people.accounts import Person
from instagram_clone.domain.people.relations import blocks, graph

PAGE = 20
MAX_COUNTED = 10
"""Counting unread conversations stops here: the badge shows "9+" above nine."""

_BY_TIME = [("members.user", 1), ("members.folder", 1), ("at", -1)]


@dataclass(frozen=True)
class Member:
    """A member of a conversation. `seen` is the number of the last message they have read.

    `seen`, `seen_at`, `online` and `active_at` are 0, "", False and "" if the viewer may not know them.
    """

    id: str
    username: str
    name: str
    avatar: str
    seen: int
    seen_at: str
    online: bool
    active_at: str


@dataclass(frozen=True)
class Conversation:
    """A conversation as its page and the inbox show it to the viewer, who has deleted its messages up to
    the number `cleared`.
    """

    id: str
    title: str
    group: bool
    named: bool
    members: list[Member]
    folder: str
    waiting: bool
    last: int
    seen: int
    cleared: int
    muted: bool
    starter: str
    line: str
    line_by: str
    at: str


async def show(viewer: Viewer, conversation_id: str) -> Conversation:
    """Return one conversation. Raises NotFound."""
    [shown] = await _cards(viewer, [await conversations.access(viewer, conversation_id)])
    return shown


async def page(
    viewer: Viewer, folder: str = permissions.INBOX, before: str = ""
) -> tuple[list[Conversation], str]:
    """Return conversations, newest first, and the next page's cursor or "": a fixed number of queries."""
    mine: dict[str, Any] = {"user": viewer.oid, "folder": folder, "hidden": False}
    query: dict[str, Any] = {"members": {"$elemMatch": mine}}
    at, shown_ids = _parse_cursor(before)
    if at is not None:
        query |= {"at": {"$lte": at}, "_id": {"$nin": shown_ids}}
    # Whoever starts a conversation sees it at once; the others see it once it has a message.
    query["$or"] = [{"last": {"$gt": 0}}, {"starter": viewer.oid}]
    found = db.conversations.find(query).sort("at", -1).hint(_BY_TIME).limit(PAGE + 1)
    rows = await found.to_list()
    cursor = _cursor(rows[:PAGE], at, shown_ids) if len(rows) > PAGE else ""
    # Rows store the time of the last message only to the second; the message itself has it exactly.
    shown = sorted(await _cards(viewer, rows[:PAGE]), key=lambda one: one.at, reverse=True)
    return shown, cursor


def _parse_cursor(cursor: str) -> tuple[datetime | None, list[ObjectId]]:
    """Return the time at which a page ended, and the conversations with exactly that time on it."""
    if not cursor:
        return None, []
    at, *shown_ids = cursor.split()
    return datetime.fromisoformat(at), [ObjectId(one) for one in shown_ids]


def _cursor(rows: list[dict[str, Any]], before: datetime | None, shown_ids: list[ObjectId]) -> str:
    """Return the next page's cursor. More than a page of conversations may share one time, and no index
    orders those, so the cursor lists the ones already shown.
    """
    at = rows[-1]["at"]
    ids = [*(shown_ids if at == before else ()), *(row["_id"] for row in rows if row["at"] == at)]
    return " ".join([at.isoformat(), *map(str, ids)])


async def requests(viewer: Viewer) -> int:
    """Count the viewer's pending message requests, up to ten."""
    mine = {"user": viewer.oid, "folder": permissions.REQUEST, "hidden": False}
    query = {"members": {"$elemMatch": mine}, "last": {"$gt": 0}}
    return await db.conversations.count_documents(query, limit=MAX_COUNTED, hint=_BY_TIME)


async def people(viewer: Viewer, limit: int = 30) -> list[Person]:
    """Return people the viewer is likely to write to: recent correspondents, then people they follow."""
    mine = {"user": viewer.oid, "folder": permissions.INBOX}
    query = {"members": {"$elemMatch": mine}, "group": False, "last": {"$gt": 0}}
    found = db.conversations.find(query, {"members.user": 1}).sort("at", -1).hint(_BY_TIME).limit(limit)
    ids = [member["user"] async for row in found for member in row["members"]]
    ids += await graph.followees(viewer.oid, limit)
    blocked = await blocks.either_way_among(viewer.oid, ids)
    ids = [one for one in dict.fromkeys(ids) if one != viewer.oid and one not in blocked][:limit]
    by_id = await accounts.people(ids)
    return [by_id[one] for one in ids if one in by_id]


async def unread(viewer: Viewer) -> dict[str, int]:
    """Return the last message number of each unread conversation of the viewer, by id, for at most ten."""
    return await _batched_unread.submit("", viewer.oid)


async def _unread_batch(_: str, users: list[ObjectId]) -> list[dict[str, int] | Exception]:
    """Return the unread conversations of each user in a batch, in one query."""
    found: dict[ObjectId, dict[str, int]] = {user: {} for user in users}
    limit = MAX_COUNTED * len(found)
    query = {"unread": {"$in": list(found)}}
    rows = await db.conversations.find(query, {"last": 1, "unread": 1}).limit(limit).to_list()
    if len(rows) == limit and len(found) > 1:
        # A user with very many unread conversations must not crowd out the others.
        return [(await _unread_batch("", [user]))[0] for user in users]
    for row in rows:
        for user in found.keys() & row["unread"]:
            if len(found[user]) < MAX_COUNTED:
                found[user][str(row["_id"])] = row["last"]
    return [found[user] for user in users]


_batched_unread: Batcher[str, ObjectId, dict[str, int]] = Batcher(_unread_batch, gathers=True)


async def _cards(viewer: Viewer, rows: list[dict[str, Any]]) -> list[Conversation]:
    ids = list({one["user"] for row in rows for one in row["members"]})
    people = await accounts.people(ids)
    receipts = set(await presence.mutually_enabled(viewer.oid, ids, "read_receipts"))
    presences = await presence.of(viewer, ids)
    lines = await _lines(rows)
    audiences = [{ObjectId(one) for one in await audience(viewer, row)} for row in rows]
    return [
        _card(viewer, row, people, audience_ids, receipts, presences, lines.get(row["_id"]))
        for row, audience_ids in zip(rows, audiences, strict=True)
    ]


def _card(
    viewer: Viewer,
    row: dict[str, Any],
    people: dict[ObjectId, Person],
    audience_ids: set[ObjectId],
    receipts: set[ObjectId],
    presences: dict[ObjectId, presence.Presence],
    line: dict[str, Any] | None,
) -> Conversation:
    mine = permissions.member_of(row, viewer.oid)
    if line is not None and line["seq"] <= mine["cleared"]:
        line = None
    members = [
        _member_card(people[one["user"]], one, one["user"] in audience_ids, receipts, presences)
        for one in row["members"]
        if one["user"] != viewer.oid and one["user"] in people and one["folder"] != permissions.LEFT
    ]
    names = ", ".join(member.username for member in members)
    by = people.get(line["author"]) if line else None
    return Conversation(
        id=str(row["_id"]),
        title=row["name"] or names or "Only you",
        group=row["group"],
        named=bool(row["name"]),
        members=members,
        folder=mine["folder"],
        waiting=not row["group"]
        and mine["folder"] == permissions.INBOX
        and any(one["folder"] in (permissions.REQUEST, permissions.DECLINED) for one in row["members"]),
        last=row["last"],
        seen=mine["seen"],
        cleared=mine["cleared"],
        muted=mine["muted"],
        starter=str(row["starter"]),
        line=line["line"] if line else "",
        line_by=by.username if by else "",
        at=(line["at"] if line else row["at"]).isoformat(),
    )


def _member_card(
    person: Person,
    member: dict[str, Any],
    is_in_audience: bool,
    receipts: set[ObjectId],
    presences: dict[ObjectId, presence.Presence],
) -> Member:
    receipt = is_in_audience and member["user"] in receipts
    seen_at = member["seen_at"].isoformat() if receipt and member["seen_at"] else ""
    shown_presence = presences.get(member["user"], presence.HIDDEN) if is_in_audience else presence.HIDDEN
    return Member(
        id=person.id,
        username=person.username,
        name=person.name,
        avatar=person.avatar,
        seen=member["seen"] if receipt else 0,
        seen_at=seen_at,
        online=shown_presence.online,
        active_at=shown_presence.at,
    )


async def _lines(rows: list[dict[str, Any]]) -> dict[ObjectId, dict[str, Any]]:
    """Read the last message of each conversation, in one query that examines no other messages."""
    latest = {
        "from": "messages",
        "localField": "_id",
        "foreignField": "conversation",
        "pipeline": [{"$sort": {"seq": -1}}, {"$limit": 1}],
        "as": "latest",
    }
    found = await db.conversations.aggregate(
        [
            {"$match": {"_id": {"$in": [row["_id"] for row in rows]}}},
            {"$lookup": latest},
            {"$project": {"latest.line": 1, "latest.author": 1, "latest.at": 1, "latest.seq": 1}},
        ]
    )
    return {row["_id"]: row["latest"][0] async for row in found if row["latest"]}
