"""Who is here now, and who may know it.

Whether a tab is open is told by whoever keeps the tabs, through `ask_online_of`; here is decided what
others learn of it: people who follow each other, while both let it be known. Nobody is asked who all is
here: what one who comes or goes costs grows with whom they follow, and with nothing else.
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
"""When somebody was last seen may be lost with a database that crashes: nobody waits for its journal."""

_AT_ONCE = 100
"""Of so many people who come or go in one moment friends are found together."""


@dataclass(frozen=True)
class Presence:
    """Whether somebody is here, else when they last were, ISO 8601 UTC; "" when that is not known."""

    online: bool
    at: str


HIDDEN = Presence(False, "")

_ask_online: Callable[[Iterable[str]], set[str]] = lambda _: set()  # noqa: E731


def ask_online_of(source: Callable[[Iterable[str]], set[str]]) -> None:
    """Have a function tell which of some people, by id, have an open tab."""
    global _ask_online
    _ask_online = source


def here_among(user_ids: Iterable[str]) -> set[str]:
    """Return those of some people who have an open tab."""
    return _ask_online(user_ids)


async def mutually_enabled(user: ObjectId, others: list[ObjectId], what: str) -> list[ObjectId]:
    """Return those of some people between whom and a person a preference is on, on both sides."""
    found = await preferences.of([user, *others])
    if not found.get(user, {}).get(what, False):
        return []
    return [one for one in others if found.get(one, {}).get(what, False)]


async def of(viewer: Viewer, users: list[ObjectId]) -> dict[ObjectId, Presence]:
    """Return the presence of those of some people whose presence the viewer may know."""
    visible = await _visible(viewer.oid, users)
    here = {ObjectId(one) for one in here_among(map(str, visible))}
    last = await last_here([one for one in visible if one not in here])
    return {one: Presence(one in here, "" if one in here else _iso(last.get(one))) for one in visible}


async def last_here(users: list[ObjectId]) -> dict[ObjectId, datetime]:
    """Return when people were last seen, in one query."""
    found = db.users.find({"_id": {"$in": users}, "active": {"$exists": True}}, {"active": 1})
    return {row["_id"]: row["active"] async for row in found}


async def came(user_id: str) -> None:
    """Tell those who may know that somebody is here. Publishes PresenceChanged."""
    await _publish(user_id, await _finding.do("", ObjectId(user_id)))


async def went(user_id: str) -> None:
    """Remember when somebody was last here, and tell those who may know. Publishes PresenceChanged."""
    user, now = ObjectId(user_id), datetime.now(UTC)
    # At the same time, what takes longer first, and nobody is told before it can be read.
    told, _ = await asyncio.gather(_finding.do("", user), _leaving.do("", (user, now)))
    await _publish(user_id, told, now.isoformat())


async def _note_last_here(_: str, left: list[tuple[ObjectId, datetime]]) -> list[Exception | None]:
    """Remember when people who leave in one moment were last seen: the latest of their times, for all."""
    users = db.users.with_options(write_concern=_IN_MEMORY)
    query = {"_id": {"$in": [user for user, _ in left]}}
    await users.update_many(query, {"$max": {"active": max(at for _, at in left)}})
    return [None] * len(left)


_leaving: Batcher[str, tuple[ObjectId, datetime], None] = Batcher(_note_last_here)


async def _publish(user_id: str, told: list[str], at: str = "") -> None:
    """Tell friends that somebody is here, or when they last were."""
    if told:
        await events.publish(PresenceChanged(user_id, not at, at, tuple(told)))


async def _friends(_: str, users: list[ObjectId]) -> list[list[str] | Exception]:
    """Return for people who come or go at once who is here and may know it, in one query for all or two.

    Who has blocked somebody follows them no longer from the same instant, and is no friend.
    """
    found: dict[ObjectId, list[str]] = {}
    asked = list(dict.fromkeys(users))
    for at in range(0, len(asked), _AT_ONCE):
        lot = asked[at : at + _AT_ONCE]
        found |= await friends.here(lot, here_among, preferences.hides("show_active"))
    return [found.get(user, []) for user in users]


_finding: Batcher[str, ObjectId, list[str]] = Batcher(_friends, gathers=True)


async def _visible(user: ObjectId, others: list[ObjectId]) -> list[ObjectId]:
    """Those of some people who and this person follow each other, and neither hides from the other."""
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
    """Take what was known of somebody's presence from everybody, and everybody's from them."""
    user = ObjectId(user_id)
    for friend in (await friends.here([user], here_among)).get(user, ()):
        await _hide(user_id, friend)


async def _hide(one: str, other: str) -> None:
    await events.publish(PresenceChanged(one, False, "", (other,)))
    await events.publish(PresenceChanged(other, False, "", (one,)))
