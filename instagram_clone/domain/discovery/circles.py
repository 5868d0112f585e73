"""A person's circle, for their searches: the people they follow, and the people those follow.

Circles are bounded, and cached for two minutes along with the words of everyone's names, so that typing
another letter of a name takes no query. Reading one from disk takes longer than people wait between
keystrokes, so it starts when a search is opened, before anything is typed.
"""

from __future__ import annotations

import asyncio
import logging
import time
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple
from weakref import WeakKeyDictionary

from bson import ObjectId

from instagram_clone.domain.core import events
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import people_index
from instagram_clone.domain.discovery.people_index import Found
from instagram_clone.domain.people import directory
from instagram_clone.domain.people.events import Followed
from instagram_clone.domain.people.relations import graph

CACHE_SECONDS = 120.0
"""How long a person may still be found as followed by friends after none of the friends follows them."""

AT_ONCE = 4
"""How many circles are read at a time; further reads queue in order."""

_ASKED = 100
"""How many of a person's followees have their own followees read."""

_EDGES, _OF_FRIENDS = 5000, 500

_LOT = 500
"""How many names are read at a time: thousands in one reply would keep everyone else waiting."""

_CIRCLES, _MEMBERS = 300, 200_000
"""How many circles are cached, and how many people in all of them together, at up to 400 bytes each."""

log = logging.getLogger(__name__)

Mutual = dict[ObjectId, tuple[ObjectId, int]]
"""People followed by a person's followees: for each, one of the followees who do, and how many do."""


class Circle:
    """The people someone follows, and the people those follow, searchable by name."""

    def __init__(self, members: list[Found], followed: frozenset[ObjectId], mutual: Mutual) -> None:
        self.followed = followed
        self.mutual = mutual
        texts = [f" {' '.join(one.words)}\n" for one in members]
        # One long string is searched a hundred times as fast as a thousand short ones.
        self._text = "".join(texts)
        self._starts = array("L", accumulate(map(len, texts), initial=0))
        self._orders = [one.order for one in members]

    def __len__(self) -> int:
        return len(self._orders)

    def begins(self, words: list[str]) -> list[bytes]:
        """Return the places of people whose names have words that start with the given ones."""
        first, *others = (f" {word}" for word in sorted(words, key=len, reverse=True))
        return [
            self._orders[number]
            for number in self._having(first)
            if all(self._has(number, word) for word in others)
        ]

    def _having(self, text: str) -> Iterator[int]:
        at = self._text.find(text)
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            yield number
            at = self._text.find(text, self._starts[number + 1])

    def _has(self, number: int, text: str) -> bool:
        return self._text.find(text, self._starts[number], self._starts[number + 1]) >= 0


class _Reading(NamedTuple):
    """A circle that is being or has been read, and when that began."""

    task: asyncio.Task[Circle]
    began: float

    @property
    def is_of_now(self) -> bool:
        return time.monotonic() - self.began < CACHE_SECONDS

    @property
    def has_failed(self) -> bool:
        return self.task.done() and (self.task.cancelled() or self.task.exception() is not None)


_readings: dict[ObjectId, _Reading] = {}
"""In the order in which they began."""

_rooms: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def of(viewer: Viewer) -> Circle:
    """Return the viewer's circle, from the cache if possible. Concurrent calls share one read."""
    reading = _readings.get(viewer.oid)
    if reading is None or not reading.is_of_now or reading.has_failed:
        reading = _begin(viewer.oid)
    # A caller that is cancelled must not cancel the read for the others.
    return await asyncio.shield(reading.task)


def read_ahead(viewer: Viewer) -> None:
    """Start reading the circle of a viewer who is about to search, in the background.

    Does nothing if a read has started recently, even if it failed: the search itself then reads again.
    """
    reading = _readings.get(viewer.oid)
    if reading is None or not reading.is_of_now:
        _begin(viewer.oid)


async def followed(event: Followed) -> None:
    _readings.pop(ObjectId(event.by), None)


def _begin(user: ObjectId) -> _Reading:
    _readings.pop(user, None)
    task = asyncio.create_task(_read(user))
    task.add_done_callback(_ended)
    reading = _readings[user] = _Reading(task, time.monotonic())
    _forget_oldest()
    return reading


def _ended(task: asyncio.Task[Circle]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.warning("Whom somebody knows could not be read", exc_info=error)
    _forget_oldest()


def _forget_oldest() -> None:
    """Evict the circles that were read first, until the others fit."""
    members = sum(map(_size, _readings.values()))
    for user in list(_readings)[:-1]:
        if len(_readings) <= _CIRCLES and members <= _MEMBERS:
            return
        members -= _size(_readings.pop(user))


def _size(reading: _Reading) -> int:
    return len(reading.task.result()) if reading.task.done() and not reading.has_failed else 0


async def _read(user: ObjectId) -> Circle:
    # One per event loop: a semaphore belongs to the loop in which it was first awaited.
    async with _rooms.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)):
        followees = await graph.followees(user)
        if not followees:
            return Circle([], frozenset(), {})
        members, theirs = await asyncio.gather(
            _named(followees), directory.followed_by(followees[:_ASKED], _EDGES, _OF_FRIENDS)
        )
        followed = frozenset(followees)
        mutual = {whom: by for whom, by in theirs.items() if whom not in followed and whom != user}
        return Circle([*members, *await _named(list(mutual))], followed, mutual)


async def _named(ids: list[ObjectId]) -> list[Found]:
    lots = (ids[at : at + _LOT] for at in range(0, len(ids), _LOT))
    return [one for lot in lots for one in await people_index.by_ids(lot)]


def _forget_all() -> None:
    _readings.clear()


events.on_gap(_forget_all)
