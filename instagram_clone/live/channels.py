"""The Redis channels this process subscribes to, so that it receives only what its tabs watch.

A topic is published on the channel that `topics.channel` names. The first tab to watch a topic makes the
process subscribe, and the tab reads its data only after Redis has confirmed. A channel whose last watcher
has left stays subscribed for `KEPT_SECONDS`, since people navigate back and forth. Without Redis, this
module does nothing and nothing waits. The bus owns the connection and asks here what to do with it.
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
"""For how long channels that nobody watches any more stay subscribed, and how many of them."""

SWEEP_SECONDS = 5.0
BATCH = 1_000
"""Channels per command."""

_watched: dict[Channel, int] = {}
"""How many topics of each channel this process watches."""

_confirmed: set[Channel] = set()
_pending: dict[Channel, asyncio.Future[None]] = {}
"""Channels that Redis has confirmed, and those still awaiting confirmation."""

_new: list[Channel] = []
_unwatched: OrderedDict[Channel, float] = OrderedDict()
"""Channels to subscribe to next, and those nobody watches, with the time each lost its last watcher."""

_changed: asyncio.Event | None = None
"""Wakes the owner of the connection; None while there is none."""


class Subscribed:
    """An awaitable to await before reading what is watched. It returns True if part of that was not yet
    subscribed to, or is stale: anything read earlier may be out of date.
    """

    __slots__ = ("_confirmations", "_stale")

    def __init__(self, confirmations: list[asyncio.Future[None]], stale: bool = False) -> None:
        self._confirmations = confirmations
        self._stale = stale

    def __await__(self) -> Generator[Any, None, bool]:
        for confirmation in self._confirmations:
            # Others await the same future: cancelling one waiter must not cancel it for the rest.
            yield from asyncio.shield(confirmation).__await__()
        return self._stale or bool(self._confirmations)


_SUBSCRIBED, _SUBSCRIBED_STALE = Subscribed([]), Subscribed([], stale=True)


def enter(topic: Topic) -> None:
    """Record that a topic has gained its first watcher."""
    if _changed is None or not (name := channel(topic)):
        return
    _watched[name] = _watched.get(name, 0) + 1
    _unwatched.pop(name, None)
    if name not in _confirmed and name not in _pending:
        _request(name)
        _changed.set()


def leave(topic: Topic) -> None:
    """Record that a topic has lost its last watcher."""
    if _changed is None or not (name := channel(topic)):
        return
    _watched[name] -= 1
    if not _watched[name]:
        del _watched[name]
        _unwatched[name] = asyncio.get_running_loop().time()


def until_subscribed(topics: Iterable[Topic], stale: bool = False) -> Awaitable[bool]:
    """Return an awaitable that completes once the channels of these watched topics are subscribed."""
    names = {channel(topic) for topic in topics} if _pending else ()
    waiting = [_pending[name] for name in names if name in _pending]
    if waiting:
        return Subscribed(waiting, stale)
    return _SUBSCRIBED_STALE if stale else _SUBSCRIBED


def are_open() -> bool:
    """Return whether events from other processes can arrive."""
    return _changed is not None


def is_watched(name: Channel) -> bool:
    """Return whether any tab watches a topic of this channel."""
    return name in _watched


def begin(topics: Iterable[Topic]) -> list[Channel]:
    """Return the channels to subscribe to over a new connection, for the topics watched now, before any tab
    is admitted.
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
    """Record that all subscriptions are gone. Releases all waiters: their tabs are being disconnected."""
    global _changed
    _changed = None
    _watched.clear()
    _confirmed.clear()
    _unwatched.clear()
    _new.clear()
    for confirmation in _pending.values():
        if not confirmation.done():
            confirmation.set_result(None)
    _pending.clear()


async def changes() -> tuple[list[Channel], list[Channel]]:
    """Wait until there are channels to subscribe to or to unsubscribe from, and return both lists."""
    assert _changed is not None
    while True:
        if not _new:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SWEEP_SECONDS):
                    await _changed.wait()
        _changed.clear()
        new, dropped = _next_batch()
        if new or dropped:
            return new, dropped


def confirm(name: Channel) -> None:
    """Record that Redis has confirmed the subscription to a channel."""
    confirmation = _pending.pop(name, None)
    if confirmation is None:
        return
    _confirmed.add(name)
    if name not in _watched:
        _unwatched.setdefault(name, asyncio.get_running_loop().time())
    confirmation.set_result(None)


def _next_batch() -> tuple[list[Channel], list[Channel]]:
    new = _new[:BATCH]
    del _new[:BATCH]
    long_ago = asyncio.get_running_loop().time() - KEPT_SECONDS
    dropped = []
    for name, since in list(_unwatched.items()):
        if since > long_ago and len(_unwatched) <= MAX_KEPT:
            break
        del _unwatched[name]
        # A channel that isn't confirmed yet is queued again by `confirm`.
        if name in _confirmed:
            _confirmed.discard(name)
            dropped.append(name)
    return new, dropped


def _request(name: Channel) -> None:
    _pending[name] = asyncio.get_running_loop().create_future()
    _new.append(name)
