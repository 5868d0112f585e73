"""Who is online: with this process, and with the others according to their rosters.

A roster is updated in place and queried only for the people concerned, so the cost of one person connecting
or disconnecting doesn't grow with the number online.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

GRACE_SECONDS = 5.0
"""A person without a tab for this long has gone offline; reloading a page takes less."""

ROSTER_SECONDS = 10
"""How often a process publishes its roster; it counts as gone after three times as long without one."""

Listener = Callable[[str], Coroutine[Any, Any, None]]


@dataclass
class Roster:
    """The people online with another process, and until when that is considered valid."""

    people: set[str]
    until: float


_online: set[str] = set()
_leaving: dict[str, asyncio.TimerHandle] = {}
_elsewhere: dict[str, Roster] = {}
_unannounced: set[str] = set()
"""People who left this process while another still had them. If that one assumed the same of this process,
neither has announced them as offline.
"""

_notifying: set[asyncio.Task[None]] = set()
_on_online: Listener | None = None
_on_offline: Listener | None = None
_publisher: Callable[[dict[str, Any]], None] | None = None


def on_presence(connected: Listener, disconnected: Listener) -> None:
    """Call coroutine functions with the id of each person who comes online or goes offline for good."""
    global _on_online, _on_offline
    _on_online, _on_offline = connected, disconnected


def set_publisher(publish: Callable[[dict[str, Any]], None]) -> None:
    """Register the function that publishes to other processes who connects and disconnects here."""
    global _publisher
    _publisher = publish


def is_online(user_id: str) -> bool:
    """Return whether a person is online, in any process."""
    return user_id in _online or _is_online_elsewhere(user_id)


def online_among(people: Iterable[str]) -> set[str]:
    """Return those of the given people who are online, in any process."""
    wanted, now = set(people), asyncio.get_running_loop().time()
    return wanted.intersection(_online).union(
        *(wanted.intersection(one.people) for one in _elsewhere.values() if one.until > now)
    )


def local_people() -> list[str]:
    """Return the ids of everyone who is online with this process."""
    return list(_online)


def connected(user_id: str) -> None:
    """Record that a person has opened a tab with this process. Only their first tab changes anything."""
    if user_id in _leaving:
        _leaving.pop(user_id).cancel()
    _unannounced.discard(user_id)
    if user_id not in _online:
        was_online = _is_online_elsewhere(user_id)
        _online.add(user_id)
        _publish({"connected": user_id})
        if not was_online:
            _notify(_on_online, user_id)


def disconnected(user_id: str) -> None:
    """Record that a person's last tab with this process is gone; they go offline after `GRACE_SECONDS`."""
    loop = asyncio.get_running_loop()
    _leaving[user_id] = loop.call_later(GRACE_SECONDS, _go_offline, user_id)


def update_roster(process: str, message: dict[str, Any], seconds: float) -> None:
    """Update another process's roster: everyone with it (`online`), or one person who has `connected` or
    `disconnected`.

    The roster is valid for the given number of seconds unless renewed. With `offline`, that process knew of
    no other that had the person; if they have connected here since, they are announced as online again.
    """
    roster = _elsewhere.setdefault(process, Roster(set(), 0.0))
    roster.until = asyncio.get_running_loop().time() + seconds
    if "online" in message:
        roster.people = set(message["online"])
    if "connected" in message:
        roster.people.add(message["connected"])
    if "disconnected" in message:
        roster.people.discard(message["disconnected"])
        _disconnected_elsewhere(message["disconnected"], message.get("offline", False))


def _disconnected_elsewhere(user_id: str, offline: bool) -> None:
    if offline and user_id in _online:
        _notify(_on_online, user_id)
    if user_id in _unannounced and not is_online(user_id):
        _unannounced.discard(user_id)
        if not offline:
            _notify(_on_offline, user_id)


async def publish_rosters() -> None:
    """Publish this process's roster periodically, and drop the rosters of processes gone silent."""
    while True:
        _publish({"online": local_people()})
        await asyncio.sleep(ROSTER_SECONDS)
        drop_stale_rosters()


def drop_stale_rosters() -> None:
    """Treat everyone who was with a process that has gone silent as offline."""
    now = asyncio.get_running_loop().time()
    for process, roster in list(_elsewhere.items()):
        if roster.until <= now:
            del _elsewhere[process]
            for user_id in roster.people:
                if not is_online(user_id):
                    _unannounced.discard(user_id)
                    _notify(_on_offline, user_id)


def _go_offline(user_id: str) -> None:
    del _leaving[user_id]
    _online.discard(user_id)
    offline = not _is_online_elsewhere(user_id)
    if not offline:
        _unannounced.add(user_id)
    _publish({"disconnected": user_id, "offline": offline})
    if offline:
        _notify(_on_offline, user_id)


def _is_online_elsewhere(user_id: str) -> bool:
    now = asyncio.get_running_loop().time()
    return any(user_id in one.people and one.until > now for one in _elsewhere.values())


def _publish(message: dict[str, Any]) -> None:
    if _publisher is not None:
        _publisher(message)


def _notify(listener: Listener | None, user_id: str) -> None:
    if listener is not None:
        task = asyncio.get_running_loop().create_task(listener(user_id))
        _notifying.add(task)
        task.add_done_callback(_notifying.discard)
