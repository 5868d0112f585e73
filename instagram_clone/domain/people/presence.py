"""Who is here now, and who may know it.

Whether a tab is open is told by whoever keeps the tabs, through `ask_online_of`; here is decided what
others learn of it: people who follow each other, while both let it be known. Nobody is asked who all is
here: what one who comes or goes costs grows with whom they follow, and with nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from bson import ObjectId

from instagram_clone.domain.core import events
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts, preferences
from instagram_clone.domain.people.events import Blocked, Followed, PresenceChanged
from instagram_clone.domain.people.relations import blocks, graph

_AT_ONCE = 100
"""Of so many people who come or go in one moment friends are found together."""


@dataclass(frozen=True)
class Presence:
    """Whether somebody is here, else when they last were, ISO 8601 UTC; "" when that is not known."""

    online: bool
    at: str


HIDDEN = Presence(False, "")

_ask_online: Callable[[str], bool] = lambda _: False  # noqa: E731


def ask_online_of(source: Callable[[str], bool]) -> None:
    """Have a function tell whether somebody, by id, has an open tab."""
    global _ask_online
    _ask_online = source


def is_here(user: ObjectId) -> bool:
    """Tell whether somebody has an open tab."""
    return _ask_online(str(user))


async def mutually_enabled(user: ObjectId, others: list[ObjectId], what: str) -> list[ObjectId]:
    """Return those of some people between whom and a person a preference is on, on both sides."""
    found = await preferences.of([user, *others])
    if not found.get(user, {}).get(what, False):
        return []
    return [one for one in others if found.get(one, {}).get(what, False)]


async def of(viewer: Viewer, users: list[ObjectId]) -> dict[ObjectId, Presence]:
    """Return the presence of those of some people whose presence the viewer may know."""
    visible = await _visible(viewer.oid, users)
    here = {one for one in visible if is_here(one)}
    last = await accounts.last_here([one for one in visible if one not in here])
    return {one: Presence(one in here, "" if one in here else _iso(last.get(one))) for one in visible}


async def came(user_id: str) -> None:
    """Tell those who may know that somebody is here. Publishes PresenceChanged."""
    await _publish(user_id, True)


async def went(user_id: str) -> None:
    """Remember when somebody was last here, and tell those who may know. Publishes PresenceChanged."""
    await accounts.was_here(ObjectId(user_id), datetime.now(UTC))
    await _publish(user_id, False)


async def _publish(user_id: str, here: bool) -> None:
    to = tuple(str(one) for one in await _finding.do("", ObjectId(user_id)))
    if to:
        at = "" if here else datetime.now(UTC).isoformat()
        await events.publish(PresenceChanged(user_id, here, at, to))


async def _friends(_: str, users: list[ObjectId]) -> list[list[ObjectId] | Exception]:
    """Return for people who come or go at once who is here and may know it: three queries for all.

    Who has blocked somebody follows them no longer from the same instant, and is no friend.
    """
    found: dict[ObjectId, list[ObjectId]] = {}
    asked = list(dict.fromkeys(users))
    for at in range(0, len(asked), _AT_ONCE):
        lot = asked[at : at + _AT_ONCE]
        mutual = await graph.mutual_here(lot, is_here)
        people = {user for user, some in mutual.items() if some}.union(*mutual.values())
        hidden = await preferences.hiding(list(people), "show_active") if people else set()
        for user in lot:
            found[user] = (
                [] if user in hidden else [one for one in mutual.get(user, ()) if one not in hidden]
            )
    return [found.get(user, []) for user in users]


_finding: Batcher[str, ObjectId, list[ObjectId]] = Batcher(_friends)


async def _visible(user: ObjectId, others: list[ObjectId]) -> list[ObjectId]:
    """Those of some people who and this person follow each other, and neither hides from the other."""
    friends = await graph.mutual(user, others)
    if not friends:
        return []
    friends = await mutually_enabled(user, friends, "show_active")
    blocked = await blocks.either_way_among(user, friends) if friends else set()
    return [one for one in friends if one not in blocked]


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
    for friend in (await graph.mutual_here([user], is_here)).get(user, ()):
        await _hide(user_id, str(friend))


async def _hide(one: str, other: str) -> None:
    await events.publish(PresenceChanged(one, False, "", (other,)))
    await events.publish(PresenceChanged(other, False, "", (one,)))
