"""Who is here now, and who may know it.

Whether a tab is open is told by whoever keeps the tabs, through `tell_online`; here is decided what
others learn of it: people who follow each other, while both let it be known.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from bson import ObjectId

from instagram_clone.domain.core import events
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts, blocks, follows
from instagram_clone.domain.people.events import Blocked, Followed, PresenceChanged


@dataclass(frozen=True)
class Presence:
    """Whether somebody is here, else when they last were, ISO 8601 UTC; "" when that is not known."""

    online: bool
    at: str


HIDDEN = Presence(False, "")

_ask_online: Callable[[], Awaitable[Iterable[str]]] | None = None


def ask_online_of(source: Callable[[], Awaitable[Iterable[str]]]) -> None:
    """Have a coroutine function tell the ids of everybody with an open tab."""
    global _ask_online
    _ask_online = source


async def online() -> set[str]:
    """Return the ids of everybody with an open tab."""
    return set(await _ask_online()) if _ask_online else set()


async def share(user: ObjectId, others: list[ObjectId], what: str) -> list[ObjectId]:
    """Return those of some people between whom and a person a preference is on, on both sides."""
    found = await accounts.preferences([user, *others])
    if not found.get(user, {}).get(what, False):
        return []
    return [one for one in others if found.get(one, {}).get(what, False)]


async def of(viewer: Viewer, users: list[ObjectId]) -> dict[ObjectId, Presence]:
    """Return the presence of those of some people whose presence the viewer may know."""
    visible = await _visible(viewer.oid, users)
    here = await online() if visible else set()
    last = await accounts.last_here([one for one in visible if str(one) not in here])
    return {
        one: Presence(True, "") if str(one) in here else Presence(False, _iso(last.get(one)))
        for one in visible
    }


async def came(user_id: str) -> None:
    """Tell those who may know that somebody is here. Publishes PresenceChanged."""
    await _publish(user_id, True)


async def went(user_id: str) -> None:
    """Remember when somebody was last here, and tell those who may know. Publishes PresenceChanged."""
    await accounts.was_here(ObjectId(user_id), datetime.now(UTC))
    await _publish(user_id, False)


async def _publish(user_id: str, here: bool) -> None:
    others = [ObjectId(one) for one in await online() if one != user_id]
    to = tuple(str(one) for one in await _visible(ObjectId(user_id), others))
    if to:
        at = "" if here else datetime.now(UTC).isoformat()
        await events.publish(PresenceChanged(user_id, here, at, to))


async def _visible(user: ObjectId, others: list[ObjectId]) -> list[ObjectId]:
    """Those of some people who and this person follow each other, and neither hides from the other."""
    friends = await follows.mutual(user, others)
    if not friends:
        return []
    friends = await share(user, friends, "show_active")
    apart = await blocks.apart(user, friends) if friends else set()
    return [one for one in friends if one not in apart]


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
    others = [ObjectId(one) for one in await online() if one != user_id]
    for friend in await follows.mutual(ObjectId(user_id), others):
        await _hide(user_id, str(friend))


async def _hide(one: str, other: str) -> None:
    await events.publish(PresenceChanged(one, False, "", (other,)))
    await events.publish(PresenceChanged(other, False, "", (one,)))
