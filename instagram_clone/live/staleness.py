"""Detects data that became stale between being read and being watched.

What a page shows is known only once it has been read, so it can be watched only from then on. Events in
between are delivered only to tabs that already watch. So a tab records the moment at which it started to
read, and reads again if any topic has had an event since, or may have had one that never got here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from typing import NewType

from instagram_clone.live import channels
from instagram_clone.live.topics import Topic

Moment = NewType("Moment", int)

MAX_TOPICS = 20_000
"""Topics whose last event is remembered. Anything read before the oldest of these counts as stale."""

_now = 0
_last_events: OrderedDict[Topic, int] = OrderedDict()
"""The moment of each topic's last event, most recent last."""

_last_evicted = 0
_watched_since: dict[Topic, int] = {}


def moment() -> Moment:
    """Return the current moment, to pass to `watch` after reading and learn whether to read again."""
    return Moment(_now)


def record_event(topic: Topic) -> None:
    """Record an event on a topic, whether or not anyone watches it."""
    global _now, _last_evicted
    _now += 1
    _last_events[topic] = _now
    _last_events.move_to_end(topic)
    if len(_last_events) > MAX_TOPICS:
        _, _last_evicted = _last_events.popitem(last=False)


def enter(topic: Topic) -> None:
    """Record that a topic has gained its first watcher."""
    global _now
    _now += 1
    _watched_since[topic] = _now


def leave(topic: Topic) -> None:
    """Record that a topic has lost its last watcher."""
    _watched_since.pop(topic, None)


def is_stale(topics: Collection[Topic], since: Moment) -> bool:
    """Return whether data on any of these topics, read since the given moment, may be out of date."""
    if since < _last_evicted or any(_last_events.get(topic, 0) > since for topic in topics):
        return True
    # Events from other processes arrive only while somebody watches the topic.
    return channels.are_open() and any(_watched_since.get(topic, _now + 1) > since for topic in topics)
