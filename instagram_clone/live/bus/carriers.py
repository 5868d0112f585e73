"""What carries events to the tabs of this process, and on which channels others hear of them."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from contextvars import ContextVar
from typing import Any

from instagram_clone.domain.core import events
from instagram_clone.live.topics import Channel, Topic, channel

CHANNEL = "instaclone:news"
"""What all processes hear. What is on a channel of its own is under its name."""

MAX_CHANNELS = 16
"""What is about more is for all: to say it so often would take longer than to have it heard in vain."""

Carrier = Callable[[Any], Awaitable[None]]
Reach = Callable[[Any], Iterable[Topic] | Awaitable[Iterable[Topic]] | None]
"""The topics of an event: who watches none of them need not hear of it. None is everybody."""

log = logging.getLogger(__name__)

_carriers: dict[type, list[Carrier]] = defaultdict(list)
_reaches: dict[type, list[Reach]] = defaultdict(list)
_underway: set[asyncio.Task[None]] = set()
_tell_elsewhere: Callable[[Any], None] | None = None
_edited: ContextVar[list[int]] = ContextVar("edited")
"""How many tabs the event that is being delivered has edited."""


def everywhere(_: Any) -> None:
    """Have every process hear of an event."""


def carry(kind: type, carrier: Carrier, topics: Reach = everywhere, apart: bool = False) -> None:
    """Call a coroutine function with every event of a kind, announced in whatever process; with those of
    others only where some topic of the event is watched.

    Nothing that is heard later waits for one that is called `apart`.
    """
    if not _carriers[kind]:
        events.subscribe(kind, _announced)
    if apart:
        # Begun first: what nothing has to be asked for is told in one frame with the rest.
        _carriers[kind].insert(0, _apart(carrier))
    else:
        _carriers[kind].append(carrier)
    _reaches[kind].append(topics)


def _apart(carrier: Carrier) -> Carrier:
    async def begin(event: Any) -> None:
        task = asyncio.create_task(_carry(carrier, event))
        _underway.add(task)
        task.add_done_callback(_underway.discard)

    return begin


def is_settled() -> bool:
    """Tell whether nothing is under way apart."""
    return not _underway


def tell_elsewhere(announce: Callable[[Any], None]) -> None:
    """Have a function announce what happens here to the other processes."""
    global _tell_elsewhere
    _tell_elsewhere = announce


async def _announced(event: Any) -> None:
    await deliver(event)
    if _tell_elsewhere is not None:
        _tell_elsewhere(event)


def kind_named(name: str) -> type | None:
    """Return the kind of event that has a name, where any is carried."""
    return next((kind for kind in _carriers if kind.__name__ == name), None)


def channels_of(event: Any) -> list[str]:
    """Return the channels on which an event is announced."""
    found: set[Channel] = set()
    try:
        for reach in _reaches[type(event)]:
            topics = reach(event)
            if topics is None or isinstance(topics, Awaitable):
                return [CHANNEL]
            found.update(map(channel, topics))
    except Exception:
        log.exception("It could not be found out who is to hear of %s", type(event).__name__)
        return [CHANNEL]
    return [CHANNEL] if "" in found or len(found) > MAX_CHANNELS else [spelled(one) for one in found]


def is_of_few(few: int) -> bool:
    """Count a tab that is edited because of an event, and tell whether it is one of its first few."""
    edited = _edited.get(None)
    if edited is None:
        return True
    edited[0] += 1
    return edited[0] <= few


async def deliver(event: Any) -> None:
    """Deliver an event to the tabs of this process."""
    around = _edited.set([0])
    try:
        for carrier in _carriers[type(event)]:
            await _carry(carrier, event)
    finally:
        _edited.reset(around)


async def _carry(carrier: Carrier, event: Any) -> None:
    try:
        await carrier(event)
    except Exception:
        log.exception("A carrier of %s failed", type(event).__name__)


def spelled(name: Channel) -> str:
    """Return what Redis knows a channel by."""
    return f"{CHANNEL}:{name}"
