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

_BATCH_SIZE = 100
"""How many people who connect or disconnect together have their friends found in one query."""


@dataclass(frozen=True)
class Presence:
    """Whether a person is online, else when they last were, ISO 8601 UTC; "" when that is not known."""

    online: bool
    at: str


HIDDEN = Presence(False, "")

_online_source: Callable[[Iterable[str]], set[str]] = lambda _: set()  # noqa: E731


def set_online_source(source: Callable[[Iterable[str]], set[str]]) -> None:
    """Set the function that returns which of the given people, by id, have an open tab."""
    global _online_source
    _online_source = source


def online_among(user_ids: Iterable[str]) -> set[str]:
    """Return which of these people have an open tab."""
    return _online_source(user_ids)


async def mutually_enabled(user: ObjectId, others: list[ObjectId], preference: str) -> list[ObjectId]:
    """Return which of these people have a preference on, provided the user has it on as well."""
    found = await preferences.of([user, *others])
    if not found.get(user, {}).get(preference, False):
        return []
    return [other for other in others if found.get(other, {}).get(preference, False)]


async def of(viewer: Viewer, users: list[ObjectId]) -> dict[ObjectId, Presence]:
    """Return the presence of each of these people, if the viewer may know it."""
    visible = await _visible(viewer.oid, users)
    online = {ObjectId(user) for user in online_among(map(str, visible))}
    last = await last_online([user for user in visible if user not in online])
    return {
        user: Presence(user in online, "" if user in online else _iso(last.get(user))) for user in visible
    }


async def last_online(users: list[ObjectId]) -> dict[ObjectId, datetime]:
    """Return when people were last online, in one query."""
    found = db.users.find({"_id": {"$in": users}, "active": {"$exists": True}}, {"active": 1})
    return {row["_id"]: row["active"] async for row in found}


async def connected(user_id: str) -> None:
    """Publish PresenceChanged to everyone who may know that a person is online."""
    await _publish(user_id, await _friends_batcher.submit("", ObjectId(user_id)))


async def disconnected(user_id: str) -> None:
    """Record when a person was last online. Publishes PresenceChanged to everyone who may know."""
    user, now = ObjectId(user_id), datetime.now(UTC)
    # Run both concurrently, the slower one first; publish only once the new time can be read.
    recipients, _ = await asyncio.gather(
        _friends_batcher.submit("", user), _last_online_batcher.submit("", (user, now))
    )
    await _publish(user_id, recipients, now.isoformat())


async def _record_last_online(
    _: str, departures: list[tuple[ObjectId, datetime]]
) -> list[Exception | None]:
    """Record when people who leave together were last seen: the latest of their times, for all of them."""
    users = db.users.with_options(write_concern=_IN_MEMORY)
    query = {"_id": {"$in": [user for user, _ in departures]}}
    await users.update_many(query, {"$max": {"active": max(at for _, at in departures)}})
    return [None] * len(departures)


_last_online_batcher: Batcher[str, tuple[ObjectId, datetime], None] = Batcher(_record_last_online)


async def _publish(user_id: str, recipients: list[str], at: str = "") -> None:
    """Publish to friends that a person is online, or when they last were."""
    if recipients:
        await events.publish(PresenceChanged(user_id, not at, at, tuple(recipients)))


async def _online_friends(_: str, users: list[ObjectId]) -> list[list[str] | Exception]:
    """Return the friends online who may know, for people who connect or disconnect together, in one or two
    queries per batch.

    A block ends the follows in both directions in the same transaction, so blocked people are never
    friends.
    """
    found: dict[ObjectId, list[str]] = {}
    distinct = list(dict.fromkeys(users))
    for start in range(0, len(distinct), _BATCH_SIZE):
        batch = distinct[start : start + _BATCH_SIZE]
        found |= await friends.online(batch, online_among, preferences.hides("show_active"))
    return [found.get(user, []) for user in users]


_friends_batcher: Batcher[str, ObjectId, list[str]] = Batcher(_online_friends, gathers=True)


async def _visible(user: ObjectId, others: list[ObjectId]) -> list[ObjectId]:
    """Return which of these people are mutual followers of the user, where neither hides from the other."""
    mutual = await graph.mutual(user, others)
    if not mutual:
        return []
    mutual = await mutually_enabled(user, mutual, "show_active")
    blocked = await blocks.either_way_among(user, mutual) if mutual else set()
    return [friend for friend in mutual if friend not in blocked]


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
