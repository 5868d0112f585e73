"""Events: frozen facts in the past tense, and the only way to subscribe to them.

Counts are absolute and come with the subject's revision `rev`, which grows with every change to it. Of two
facts about the same thing the one with the higher revision wins, so order and repetition do no harm.
"""

from __future__ import annotations

import inspect
import logging
import weakref
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Event:
    """Something that has happened. Each area defines its own, as frozen dataclasses."""

    def __init_subclass__(cls) -> None:
        assert cls.__name__ not in _KINDS, "event names are unique: other processes decode events by name"
        _KINDS[cls.__name__] = cls

    @property
    def subject(self) -> str:
        """What this is about: events with the same subject are processed one after another."""
        raise TypeError(f"{type(self).__name__} has no subject")


Subscriber = Callable[[Any], Awaitable[None]]

_KINDS: dict[str, type[Event]] = {}
_gap_callbacks: list[weakref.ref[Callable[[], None]]] = []
_subscribers: dict[type, list[Subscriber]] = defaultdict(list)
_later: dict[type, list[Subscriber]] = defaultdict(list)


def subscribe(kind: type, subscriber: Subscriber, *, later: bool = False) -> None:
    """Call a coroutine function with every event of a kind, in the order of subscription.

    `later` subscribers are called from the outbox: reliably, at least once, after open pages were updated.
    """
    subscribers = _later if later else _subscribers
    if subscriber not in subscribers[kind]:
        subscribers[kind].append(subscriber)


def on_gap(reset: Callable[[], None]) -> None:
    """Register a function that drops state kept current by events, called when some may have been missed.

    Only a weak reference to it is kept.
    """
    reference = weakref.WeakMethod(reset) if inspect.ismethod(reset) else weakref.ref(reset)
    _gap_callbacks.append(reference)


def clear_caches() -> None:
    """Drop all state that is kept current by events, so that it is read again."""
    for reference in list(_gap_callbacks):
        reset = reference()
        if reset is None:
            _gap_callbacks.remove(reference)
        else:
            reset()


async def publish(event: Event) -> None:
    """Call every immediate subscriber of an event. A failing one is logged; nothing is undone."""
    for subscriber in _subscribers[type(event)]:
        try:
            await subscriber(event)
        except Exception:
            log.exception("A subscriber of %s failed", type(event).__name__)


def later_subscribers(event: Event) -> list[Subscriber]:
    """Return the subscribers that the outbox calls with an event."""
    return _later[type(event)]


def encode(event: Event) -> dict[str, Any]:
    """Return an event in a form that JSON and BSON can represent."""
    return {"kind": type(event).__name__, **asdict(event)}


def decode(fields: dict[str, Any]) -> Event | None:
    """Return the event encoded in `fields`, or None if this version does not know its kind or fields."""
    kind = _KINDS.get(fields["kind"])
    if kind is None:
        return None
    # JSON and BSON have no tuples, but every sequence in an event is one.
    values = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in fields.items()
        if name != "kind"
    }
    try:
        return kind(**values)
    except TypeError:
        return None
