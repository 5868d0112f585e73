"""Who is here: with this process, and with the others, as their rosters say.

A roster is changed in place and asked about those who are meant: what one who comes or goes costs does not
grow with how many are here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

GRACE_SECONDS = 5.0
"""A person without a tab for so long has gone; reloading a page takes less."""

ROSTER_SECONDS = 10
"""How often a process says who is with it; one that has not for three times as long is gone."""

Notice = Callable[[str], Coroutine[Any, Any, None]]


@dataclass
class Roster:
    """Who is with another process, as long as it is believed."""

    people: set[str]
    until: float


_here: set[str] = set()
_leaving: dict[str, asyncio.TimerHandle] = {}
_elsewhere: dict[str, Roster] = {}
_moved: set[str] = set()
"""Whoever has left this process and was with another. Should that have believed the same of this one,
nobody has said that they are gone.
"""

_notices: set[asyncio.Task[None]] = set()
_came: Notice | None = None
_went: Notice | None = None
_tell_others: Callable[[dict[str, Any]], None] | None = None


def on_presence(came: Notice, went: Notice) -> None:
    """Call coroutine functions with the id of each person who comes, and goes for good."""
    global _came, _went
    _came, _went = came, went


def tell_elsewhere(say: Callable[[dict[str, Any]], None]) -> None:
    """Have a function tell other processes who comes and goes here."""
    global _tell_others
    _tell_others = say


def is_here(user_id: str) -> bool:
    """Tell whether somebody is here, in whatever process."""
    return user_id in _here or _is_elsewhere(user_id)


def here_among(people: Iterable[str]) -> set[str]:
    """Return those of some people who are here, in whatever process."""
    asked, now = set(people), asyncio.get_running_loop().time()
    return asked.intersection(_here).union(
        *(asked.intersection(one.people) for one in _elsewhere.values() if one.until > now)
    )


def people_here() -> list[str]:
    """Return the ids of everybody who is with this process."""
    return list(_here)


def came(user_id: str) -> None:
    """Note that somebody has a tab of this process; one that is not their first changes nothing."""
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
    """Note that somebody's last tab of this process is gone; they are not, until a while has passed."""
    loop = asyncio.get_running_loop()
    _leaving[user_id] = loop.call_later(GRACE_SECONDS, _leave, user_id)


def hear_elsewhere(process: str, news: dict[str, Any], seconds: float) -> None:
    """Note who is with another process: all of them (`here`), or one who came or went.

    Unless heard of again, that holds for so many seconds. Who is `gone` was with nobody, that process
    believed; if they came here meanwhile, that is said again.
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
    """Tell the other processes now and then who is with this one, for as long as they are heard."""
    while True:
        _say({"here": people_here()})
        await asyncio.sleep(ROSTER_SECONDS)
        drop_silent()


def drop_silent() -> None:
    """Take those for gone who were with a process that is no longer heard of."""
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
