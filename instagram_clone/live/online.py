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

Notice = Callable[[str], Coroutine[Any, Any, None]]


@dataclass
class Roster:
    """The people online with another process, and until when that is considered valid."""

    people: set[str]
    until: float


_here: set[str] = set()
_leaving: dict[str, asyncio.TimerHandle] = {}
_elsewhere: dict[str, Roster] = {}
_moved: set[str] = set()
"""People who left this process while another still had them. If that one assumed the same of this process,
neither has announced them as offline.
"""

_notices: set[asyncio.Task[None]] = set()
_came: Notice | None = None
_went: Notice | None = None
_tell_others: Callable[[dict[str, Any]], None] | None = None


def on_presence(came: Notice, went: Notice) -> None:
    """Call coroutine functions with the id of each person who comes online or goes offline for good."""
    global _came, _went
    _came, _went = came, went


def tell_elsewhere(say: Callable[[dict[str, Any]], None]) -> None:
    """Register the function that publishes to other processes who connects and disconnects here."""
    global _tell_others
    _tell_others = say


def is_here(user_id: str) -> bool:
    """Return whether a person is online, in any process."""
    return user_id in _here or _is_elsewhere(user_id)


def here_among(people: Iterable[str]) -> set[str]:
    """Return those of the given people who are online, in any process."""
    asked, now = set(people), asyncio.get_running_loop().time()
    return asked.intersection(_here).union(
        *(asked.intersection(one.people) for one in _elsewhere.values() if one.until > now)
    )


def people_here() -> list[str]:
    """Return the ids of everyone who is online with this process."""
    return list(_here)


def came(user_id: str) -> None:
    """Record that a person has opened a tab with this process. Only their first tab changes anything."""
    if user_id in _leaving:
        _leaving.pop(user_id).cancel()
    _moved.discard(user_id)
    if user_id not in _here:
        known = _is_elsewhere(user_id)
        _here.add(user_id)
        _say({"came": user_id})
        if not known:
            _notify(_came, user_id)


def left(user_id: str) -> None:
    """Record that a person's last tab with this process is gone; they go offline after `GRACE_SECONDS`."""
    loop = asyncio.get_running_loop()
    _leaving[user_id] = loop.call_later(GRACE_SECONDS, _leave, user_id)


def hear_elsewhere(process: str, news: dict[str, Any], seconds: float) -> None:
    """Update another process's roster: everyone with it (`here`), or one person who came or went.

    The roster is valid for the given number of seconds unless renewed. With `gone`, that process knew of no
    other that had the person; if they have connected here since, they are announced as online again.
    """
    roster = _elsewhere.setdefault(process, Roster(set(), 0.0))
    roster.until = asyncio.get_running_loop().time() + seconds
    if "here" in news:
        roster.people = set(news["here"])
    if "came" in news:
        roster.people.add(news["came"])
    if "went" in news:
        roster.people.discard(news["went"])
        _went_elsewhere(news["went"], news.get("gone", False))


def _went_elsewhere(user_id: str, gone: bool) -> None:
    if gone and user_id in _here:
        _notify(_came, user_id)
    if user_id in _moved and not is_here(user_id):
        _moved.discard(user_id)
        if not gone:
            _notify(_went, user_id)


async def call_rolls() -> None:
    """Publish this process's roster periodically, and drop the rosters of processes gone silent."""
    while True:
        _say({"here": people_here()})
        await asyncio.sleep(ROSTER_SECONDS)
        drop_silent()


def drop_silent() -> None:
    """Treat everyone who was with a process that has gone silent as offline."""
    now = asyncio.get_running_loop().time()
    for process, roster in list(_elsewhere.items()):
        if roster.until <= now:
            del _elsewhere[process]
            for user_id in roster.people:
                if not is_here(user_id):
                    _moved.discard(user_id)
                    _notify(_went, user_id)


def _leave(user_id: str) -> None:
    del _leaving[user_id]
    _here.discard(user_id)
    gone = not _is_elsewhere(user_id)
    if not gone:
        _moved.add(user_id)
    _say({"went": user_id, "gone": gone})
    if gone:
        _notify(_went, user_id)


def _is_elsewhere(user_id: str) -> bool:
    now = asyncio.get_running_loop().time()
    return any(user_id in one.people and one.until > now for one in _elsewhere.values())


def _say(news: dict[str, Any]) -> None:
    if _tell_others is not None:
        _tell_others(news)


def _notify(notice: Notice | None, user_id: str) -> None:
    if notice is not None:
        task = asyncio.get_running_loop().create_task(notice(user_id))
        _notices.add(task)
        task.add_done_callback(_notices.discard)
