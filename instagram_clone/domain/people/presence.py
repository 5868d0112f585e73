"""Who is online, and who may know it.

`set_online_source` plugs in the source that knows which tabs are open. This module decides who may learn
of it: people who follow each other, while both allow it. It never lists everyone online: the cost of
connecting or disconnecting grows only with the number of people somebody follows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from bson import ObjectId
from pymongo.write_concern import WriteConcern

from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import preferences
from instagram_clone.domain.people.events import Blocked, Followed, PresenceChanged
from instagram_clone.domain.people.relations import blocks, friends, graph

_IN_MEMORY = WriteConcern(w=1, j=False)
"""A database crash may lose the time somebody was last seen, so no caller waits for the journal."""

_AT_ONCE = 100
"""How many people who connect or disconnect together have their friends found in one query."""


@dataclass(frozen=True)
class Presence:
    """Whether a person is online, else when they last were, ISO 8601 UTC; "" when that is not known."""

    online: bool
    at: str


HIDDEN = Presence(False, "")

_ask_online: Callable[[Iterable[str]], set[str]] = lambda _: set()  # noqa: E731


def set_online_source(source: Callable[[Iterable[str]], set[str]]) -> None:
    """Set the function that returns which of the given people, by id, have an open tab."""
    global _ask_online
    _ask_online = source


def online_among(user_ids: Iterable[str]) -> set[str]:
    """Return which of these people have an open tab."""
    return _ask_online(user_ids)


async def mutually_enabled(user: ObjectId, others: list[ObjectId], what: str) -> list[ObjectId]:
    """Return which of these people have a preference on, provided the user has it on as well."""
    found = await preferences.of([user, *others])
    if not found.get(user, {}).get(what, False):
        return []
    return [one for one in others if found.get(one, {}).get(what, False)]


async def of(viewer: Viewer, users: list[ObjectId]) -> dict[ObjectId, Presence]:
    """Return the presence of those of these people whose presence the viewer may know."""
    visible = await _visible(viewer.oid, users)
    here = {ObjectId(one) for one in online_among(map(str, visible))}
    last = await last_online([one for one in visible if one not in here])
    return {one: Presence(one in here, "" if one in here else _iso(last.get(one))) for one in visible}


async def last_online(users: list[ObjectId]) -> dict[ObjectId, datetime]:
    """Return when people were last online, in one query."""
    found = db.users.find({"_id": {"$in": users}, "active": {"$exists": True}}, {"active": 1})
    return {row["_id"]: row["active"] async for row in found}


async def connected(user_id: str) -> None:
    """Publish PresenceChanged to everyone who may know that a person is online."""
    await _publish(user_id, await _finding.submit("", ObjectId(user_id)))


async def disconnected(user_id: str) -> None:
    """Record when a person was last online. Publishes PresenceChanged to everyone who may know."""
    user, now = ObjectId(user_id), datetime.now(UTC)
    # Run both concurrently, the slower one first; publish only once the new time can be read.
    told, _ = await asyncio.gather(_finding.submit("", user), _leaving.submit("", (user, now)))
    await _publish(user_id, told, now.isoformat())


async def _record_last_online(_: str, left: list[tuple[ObjectId, datetime]]) -> list[Exception | None]:
    """Record when people who leave together were last seen: the latest of their times, for all of them."""
    users = db.users.with_options(write_concern=_IN_MEMORY)
    query = {"_id": {"$in": [user for user, _ in left]}}
    await users.update_many(query, {"$max": {"active": max(at for _, at in left)}})
    return [None] * len(left)


_leaving: Batcher[str, tuple[ObjectId, datetime], None] = Batcher(_record_last_online)


async def _publish(user_id: str, told: list[str], at: str = "") -> None:
    """Publish to friends that a person is online, or when they last were."""
    if told:
        await events.publish(PresenceChanged(user_id, not at, at, tuple(told)))


async def _friends(_: str, users: list[ObjectId]) -> list[list[str] | Exception]:
    """Return the friends online who may know, for people who connect or disconnect together, in one or two
    queries per batch.

    A block ends the follows in both directions in the same transaction, so blocked people are never
    friends.
    """
    found: dict[ObjectId, list[str]] = {}
    asked = list(dict.fromkeys(users))
    for at in range(0, len(asked), _AT_ONCE):
        lot = asked[at : at + _AT_ONCE]
        found |= await friends.online(lot, online_among, preferences.hides("show_active"))
    return [found.get(user, []) for user in users]


_finding: Batcher[str, ObjectId, list[str]] = Batcher(_friends, gathers=True)


async def _visible(user: ObjectId, others: list[ObjectId]) -> list[ObjectId]:
    """Return which of these people are mutual followers of the user, where neither hides from the other."""
    mutual = await graph.mutual(user, others)
    if not mutual:
        return []
    mutual = await mutually_enabled(user, mutual, "show_active")
    blocked = await blocks.either_way_among(user, mutual) if mutual else set()
    return [one for one in mutual if one not in blocked]


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


async def followed(event: Followed) -> None:
    if not event.following:
        await _hide(event.by, event.whom)


async def blocked(event: Blocked) -> None:
    if event.blocked:
        await _hide(event.by, event.whom)


async def hide(user_id: str) -> None:
    """Hide a person's presence from their friends, and the friends' presence from them."""
    user = ObjectId(user_id)
    for friend in (await friends.online([user], online_among)).get(user, ()):
        await _hide(user_id, friend)


async def _hide(one: str, other: str) -> None:
    await events.publish(PresenceChanged(one, False, "", (other,)))
    await events.publish(PresenceChanged(other, False, "", (one,)))
