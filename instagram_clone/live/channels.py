"""Which channels of Redis this process hears, so that what none of its tabs watches never reaches it.

A topic is announced on the channel that `topics.channel` names. The first tab that watches one has the
process subscribe, and nobody reads what it watches before Redis has confirmed that. A channel whose last
watcher has gone is kept for a while, since people go back and forth. Without a Redis nothing here is asked
for, and nothing waits. The bus has the connection; it asks here what to do with it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Generator, Iterable
from typing import Any

from instagram_clone.live.topics import Channel, Topic, channel

KEPT_SECONDS = 30.0
MAX_KEPT = 10_000
"""So long, and so many, channels stay subscribed that nobody watches any more."""

SWEEP_SECONDS = 5.0
AT_ONCE = 1_000
"""Channels in one command."""

_watched: dict[Channel, int] = {}
"""How many topics of each channel are watched in this process."""

_heard: set[Channel] = set()
_asked: dict[Channel, asyncio.Future[None]] = {}
"""Channels that Redis has confirmed, and that it is yet to confirm."""

_new: list[Channel] = []
_left: OrderedDict[Channel, float] = OrderedDict()
"""Channels to ask for next, and those that nobody watches, each with when it was left."""

_changed: asyncio.Event | None = None
"""Wakes whoever has the connection; None while there is none."""


class Heard:
    """To be awaited before what was watched is read. True where something of it was not heard until then,
    or is stale: what was read earlier may be out of date.
    """

    __slots__ = ("_confirmations", "_stale")

    def __init__(self, confirmations: list[asyncio.Future[None]], stale: bool = False) -> None:
        self._confirmations = confirmations
        self._stale = stale

    def __await__(self) -> Generator[Any, None, bool]:
        for one in self._confirmations:
            # Others wait for the same: whoever is cancelled must not cancel it for them.
            yield from asyncio.shield(one).__await__()
        return self._stale or bool(self._confirmations)


_ALREADY, _ALREADY_STALE = Heard([]), Heard([], stale=True)


def enter(topic: Topic) -> None:
    """Note that a topic is watched that was not."""
    if _changed is None or not (name := channel(topic)):
        return
    _watched[name] = _watched.get(name, 0) + 1
    _left.pop(name, None)
    if name not in _heard and name not in _asked:
        _ask(name)
        _changed.set()


def leave(topic: Topic) -> None:
    """Note that a topic is watched by nobody any more."""
    if _changed is None or not (name := channel(topic)):
        return
    _watched[name] -= 1
    if not _watched[name]:
        del _watched[name]
        _left[name] = asyncio.get_running_loop().time()


def heard(topics: Iterable[Topic], stale: bool = False) -> Awaitable[bool]:
    """Return what to await until everything is heard that is announced of some watched topics."""
    names = {channel(topic) for topic in topics} if _asked else ()
    waiting = [_asked[name] for name in names if name in _asked]
    if waiting:
        return Heard(waiting, stale)
    return _ALREADY_STALE if stale else _ALREADY


def are_open() -> bool:
    """Tell whether other processes may announce anything."""
    return _changed is not None


def is_watched(name: Channel) -> bool:
    """Tell whether anybody watches what is announced on a channel."""
    return name in _watched


def begin(topics: Iterable[Topic]) -> list[Channel]:
    """Return what has to be subscribed to over a new connection, for topics that are watched, before any
    tab is let in.
    """
    global _changed
    end()
    _changed = asyncio.Event()
    for topic in topics:
        enter(topic)
    first = _new.copy()
    _new.clear()
    return first


def end() -> None:
    """Note that nothing is heard any more. Whoever waits goes on: their tabs are hung up on."""
    global _changed
    _changed = None
    _watched.clear()
    _heard.clear()
    _left.clear()
    _new.clear()
    for confirmation in _asked.values():
        if not confirmation.done():
            confirmation.set_result(None)
    _asked.clear()


async def changes() -> tuple[list[Channel], list[Channel]]:
    """Wait for channels to subscribe to, and to unsubscribe from, and return them."""
    assert _changed is not None
    while True:
        if not _new:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SWEEP_SECONDS):
                    await _changed.wait()
        _changed.clear()
        new, left = _take()
        if new or left:
            return new, left


def confirm(name: Channel) -> None:
    """Note that Redis sends what is announced on a channel from now on."""
    confirmation = _asked.pop(name, None)
    if confirmation is None:
        return
    _heard.add(name)
    if name not in _watched:
        _left.setdefault(name, asyncio.get_running_loop().time())
    confirmation.set_result(None)


def _take() -> tuple[list[Channel], list[Channel]]:
    new = _new[:AT_ONCE]
    del _new[:AT_ONCE]
    long_ago = asyncio.get_running_loop().time() - KEPT_SECONDS
    left = []
    for name, since in list(_left.items()):
        if since > long_ago and len(_left) <= MAX_KEPT:
            break
        del _left[name]
        # What is not confirmed yet is left when it is.
        if name in _heard:
            _heard.discard(name)
            left.append(name)
    return new, left


def _ask(name: Channel) -> None:
    _asked[name] = asyncio.get_running_loop().create_future()
    _new.append(name)
