"""The functions that deliver events to this process's tabs, and the channels events are published on."""

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
"""The channel that all processes subscribe to, and the prefix of all others."""

MAX_CHANNELS = 16
"""An event for more channels goes to every process: publishing it that often would cost more than
delivering it where nobody needs it."""

Handler = Callable[[Any], Awaitable[None]]
Reach = Callable[[Any], Iterable[Topic] | Awaitable[Iterable[Topic]] | None]
"""Returns an event's topics: processes that watch none of them don't need it. None means every process."""

log = logging.getLogger(__name__)

_handlers: dict[type, list[Handler]] = defaultdict(list)
_reaches: dict[type, list[Reach]] = defaultdict(list)
_background_tasks: set[asyncio.Task[None]] = set()
_publish: Callable[[Any], None] | None = None
_edited: ContextVar[list[int]] = ContextVar("edited")
"""How many tabs the event being delivered has edited."""


def everywhere(_: Any) -> None:
    """Send an event to every process."""


def subscribe(
    kind: type, handler: Handler, topics: Reach = everywhere, in_background: bool = False
) -> None:
    """Call a coroutine function with every event of a kind, whichever process published it; with those of
    other processes only where some topic of the event is watched.

    No later event waits for a handler that runs `in_background`.
    """
    if not _handlers[kind]:
        events.subscribe(kind, _deliver_and_publish)
    if in_background:
        # Started first, so that facts which turn out to need no query share a frame with the rest.
        _handlers[kind].insert(0, _in_background(handler))
    else:
        _handlers[kind].append(handler)
    _reaches[kind].append(topics)


def _in_background(handler: Handler) -> Handler:
    async def start(event: Any) -> None:
        task = asyncio.create_task(_handle(handler, event))
        _background_tasks.add(task)
        task.add_done_callback(_background_tasks.discard)

    return start


def is_settled() -> bool:
    """Return whether no handler is running in the background."""
    return not _background_tasks


def set_publisher(publish: Callable[[Any], None]) -> None:
    """Register the function that publishes this process's events to the others."""
    global _publish
    _publish = publish


async def _deliver_and_publish(event: Any) -> None:
    await deliver(event)
    if _publish is not None:
        _publish(event)


def kind_by_name(name: str) -> type | None:
    """Return the kind of event with a name, None if no handler is registered for it."""
    return next((kind for kind in _handlers if kind.__name__ == name), None)


def channels_of(event: Any) -> list[str]:
    """Return the channels on which an event is published."""
    found: set[Channel] = set()
    try:
        for reach in _reaches[type(event)]:
            topics = reach(event)
            if topics is None or isinstance(topics, Awaitable):
                return [CHANNEL]
            found.update(map(channel, topics))
    except Exception:
        log.exception("Could not determine the recipients of %s", type(event).__name__)
        return [CHANNEL]
    return [CHANNEL] if "" in found or len(found) > MAX_CHANNELS else [redis_channel(one) for one in found]


def claim_priority(limit: int) -> bool:
    """Count a tab edited by the current event, and return whether it is within the first `limit`."""
    edited = _edited.get(None)
    if edited is None:
        return True
    edited[0] += 1
    return edited[0] <= limit


async def deliver(event: Any) -> None:
    """Deliver an event to the tabs of this process."""
    previous = _edited.set([0])
    try:
        for handler in _handlers[type(event)]:
            await _handle(handler, event)
    finally:
        _edited.reset(previous)


async def _handle(handler: Handler, event: Any) -> None:
    try:
        await handler(event)
    except Exception:
        log.exception("A handler of %s failed", type(event).__name__)


def redis_channel(name: Channel) -> str:
    """Return the name of a channel in Redis."""
    return f"{CHANNEL}:{name}"
