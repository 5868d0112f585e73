"""A person's circle, for their searches: the people they follow, and the people those follow.

Circles are bounded, and cached for two minutes along with the words of everyone's names, so that typing
another letter does not read them again. Reading one from disk takes longer than people wait between
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
from instagram_clone.domain.discovery.people_index import IndexedPerson
from instagram_clone.domain.people import directory
from instagram_clone.domain.people.events import Followed
from instagram_clone.domain.people.relations import graph

CACHE_SECONDS = 120.0
"""How long a person may still be found as followed by friends after none of the friends follows them."""

MAX_CONCURRENT_READS = 4
"""How many circles are read at a time; further reads queue in order."""

_MAX_FOLLOWEES = 100
"""How many of a person's followees have their own followees read."""

_MAX_EDGES, _MAX_MUTUALS = 5000, 500

_BATCH = 500
"""How many names are read at a time: thousands in one reply would keep everyone else waiting."""

_MAX_CIRCLES, _MAX_MEMBERS = 300, 200_000
"""How many circles are cached, and how many people in all of them together, at up to 400 bytes each."""

log = logging.getLogger(__name__)

Mutual = dict[ObjectId, tuple[ObjectId, int]]
"""People followed by a person's followees: for each, one of the followees who do, and how many do."""


class Circle:
    """The people someone follows, and the people those follow, searchable by name."""

    def __init__(self, members: list[IndexedPerson], followed: frozenset[ObjectId], mutual: Mutual) -> None:
        self.followed = followed
        self.mutual = mutual
        texts = [f" {' '.join(one.words)}\n" for one in members]
        # One long string is searched a hundred times as fast as a thousand short ones.
        self._text = "".join(texts)
        self._starts = array("L", accumulate(map(len, texts), initial=0))
        self._orders = [one.order for one in members]

    def __len__(self) -> int:
        return len(self._orders)

    def matching_prefixes(self, words: list[str]) -> list[bytes]:
        """Return the places of people whose names have words that start with the given ones."""
        first, *others = (f" {word}" for word in sorted(words, key=len, reverse=True))
        return [
            self._orders[number]
            for number in self._find_all(first)
            if all(self._contains(number, word) for word in others)
        ]

    def _find_all(self, text: str) -> Iterator[int]:
        at = self._text.find(text)
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            yield number
            at = self._text.find(text, self._starts[number + 1])

    def _contains(self, number: int, text: str) -> bool:
        return self._text.find(text, self._starts[number], self._starts[number + 1]) >= 0


class _Read(NamedTuple):
    """A circle that is being or has been read, and when the read started."""

    task: asyncio.Task[Circle]
    started: float

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self.started < CACHE_SECONDS

    @property
    def has_failed(self) -> bool:
        return self.task.done() and (self.task.cancelled() or self.task.exception() is not None)


_reads: dict[ObjectId, _Read] = {}
"""In the order in which they started."""

_semaphores: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def of(viewer: Viewer) -> Circle:
    """Return the viewer's circle, from the cache if possible. Concurrent calls share one read."""
    reading = _reads.get(viewer.oid)
    if reading is None or not reading.is_fresh or reading.has_failed:
        reading = _start_read(viewer.oid)
    # A caller that is cancelled must not cancel the read for the others.
    return await asyncio.shield(reading.task)


def prefetch(viewer: Viewer) -> None:
    """Start reading the circle of a viewer who is about to search, in the background.

    Does nothing if a read has started recently, even if it failed: the search itself then reads again.
    """
    reading = _reads.get(viewer.oid)
    if reading is None or not reading.is_fresh:
        _start_read(viewer.oid)


async def followed(event: Followed) -> None:
    _reads.pop(ObjectId(event.by), None)


def _start_read(user: ObjectId) -> _Read:
    _reads.pop(user, None)
    task = asyncio.create_task(_read(user))
    task.add_done_callback(_on_read_done)
    reading = _reads[user] = _Read(task, time.monotonic())
    _evict_oldest()
    return reading


def _on_read_done(task: asyncio.Task[Circle]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.warning("Could not read a viewer's circle", exc_info=error)
    _evict_oldest()


def _evict_oldest() -> None:
    """Evict the circles that were read first, until the others fit."""
    members = sum(map(_size, _reads.values()))
    for user in list(_reads)[:-1]:
        if len(_reads) <= _MAX_CIRCLES and members <= _MAX_MEMBERS:
            return
        members -= _size(_reads.pop(user))


def _size(reading: _Read) -> int:
    return len(reading.task.result()) if reading.task.done() and not reading.has_failed else 0


async def _read(user: ObjectId) -> Circle:
    # One per event loop: a semaphore belongs to the loop in which it was first awaited.
    async with _semaphores.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(MAX_CONCURRENT_READS)):
        followees = await graph.followees(user)
        if not followees:
            return Circle([], frozenset(), {})
        members, candidates = await asyncio.gather(
            _load_names(followees),
            directory.followed_by(followees[:_MAX_FOLLOWEES], _MAX_EDGES, _MAX_MUTUALS),
        )
        followed = frozenset(followees)
        mutual = {other: by for other, by in candidates.items() if other not in followed and other != user}
        return Circle([*members, *await _load_names(list(mutual))], followed, mutual)


async def _load_names(ids: list[ObjectId]) -> list[IndexedPerson]:
    batches = (ids[at : at + _BATCH] for at in range(0, len(ids), _BATCH))
    return [one for batch in batches for one in await people_index.by_ids(batch)]


def _clear_cache() -> None:
    _reads.clear()


events.on_gap(_clear_cache)
