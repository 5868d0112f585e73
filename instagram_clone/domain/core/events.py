"""What has happened: frozen facts in the past tense, and the one way to hear of them.

Counts are absolute and come with the subject's revision `rev`, which grows with every change of it:
whoever hears two facts about a thing believes the higher one, so order and repetition do no harm.
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
        assert cls.__name__ not in _KINDS, "other processes know an event by this name"
        _KINDS[cls.__name__] = cls

    @property
    def subject(self) -> str:
        """What this is about: events about the same thing are worked off one after the other."""
        raise TypeError(f"{type(self).__name__} has no subject")


Subscriber = Callable[[Any], Awaitable[None]]

_KINDS: dict[str, type[Event]] = {}
_forgetting: list[weakref.ref[Callable[[], None]]] = []
_subscribers: dict[type, list[Subscriber]] = defaultdict(list)
_later: dict[type, list[Subscriber]] = defaultdict(list)


def subscribe(kind: type, subscriber: Subscriber, *, later: bool = False) -> None:
    """Call a coroutine function with every event of a kind, in the order of subscription.

    Those that come `later` are called from the outbox: for certain, at least once, and when open screens
    have been told.
    """
    subscribers = _later if later else _subscribers
    if subscriber not in subscribers[kind]:
        subscribers[kind].append(subscriber)


def on_gap(forget: Callable[[], None]) -> None:
    """Have a function forget what is believed until an event says otherwise: some may have been missed."""
    reference = weakref.WeakMethod(forget) if inspect.ismethod(forget) else weakref.ref(forget)
    _forgetting.append(reference)


def forget_what_was_believed() -> None:
    """Read everything again that is remembered until an event says otherwise."""
    for reference in list(_forgetting):
        forget = reference()
        if forget is None:
            _forgetting.remove(reference)
        else:
            forget()


async def publish(event: Event) -> None:
    """Call every subscriber but the later ones. One that fails is logged and undoes nothing."""
    for subscriber in _subscribers[type(event)]:
        try:
            await subscriber(event)
        except Exception:
            log.exception("A subscriber of %s failed", type(event).__name__)


def later(event: Event) -> list[Subscriber]:
    """Return the subscribers that the outbox calls with an event."""
    return _later[type(event)]


def encoded(event: Event) -> dict[str, Any]:
    """Return an event as JSON and BSON can carry it."""
    return {"kind": type(event).__name__, **asdict(event)}


def decoded(fields: dict[str, Any]) -> Event | None:
    """Return the event that was encoded so; None for a kind that another version of this program knows."""
    kind = _KINDS.get(fields["kind"])
    if kind is None:
        return None
    # Neither JSON nor BSON has tuples; what the events hold several of are tuples.
    values = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in fields.items()
        if name != "kind"
    }
    try:
        return kind(**values)
    except TypeError:
        return None
