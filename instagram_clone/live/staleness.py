"""Whether what was read has been overtaken by the time a tab hears of it.

What a page shows is known only when it has been read, and is watched only then. What happens to it in
between is told to those who watch already, and never again. So a tab that has read notes the moment at
which it began: what there were news of since, or may have been that never came here, it reads again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from typing import NewType

from instagram_clone.live import channels
from instagram_clone.live.topics import Topic

Moment = NewType("Moment", int)

MAX_NEWS = 20_000
"""Topics whose last news are remembered. Of what was read before the first of them nothing is known."""

_now = 0
_last: OrderedDict[Topic, int] = OrderedDict()
"""When there were news of a topic last, the latest last."""

_forgotten = 0
_watched_since: dict[Topic, int] = {}


def moment() -> Moment:
    """Return what to give to `watch` after reading, to learn whether to read again."""
    return Moment(_now)


def note_news(topic: Topic) -> None:
    """Note that there are news of a topic, whether or not anybody watches it."""
    global _now, _forgotten
    _now += 1
    _last[topic] = _now
    _last.move_to_end(topic)
    if len(_last) > MAX_NEWS:
        _, _forgotten = _last.popitem(last=False)


def enter(topic: Topic) -> None:
    """Note that a topic is watched that was not."""
    global _now
    _now += 1
    _watched_since[topic] = _now


def leave(topic: Topic) -> None:
    """Note that a topic is watched by nobody any more."""
    _watched_since.pop(topic, None)


def is_stale(topics: Collection[Topic], since: Moment) -> bool:
    """Tell whether what was read of any of some topics since a moment may be out of date."""
    if since < _forgotten or any(_last.get(topic, 0) > since for topic in topics):
        return True
    # What other processes announce comes here for as long as somebody watches.
    return channels.are_open() and any(_watched_since.get(topic, _now + 1) > since for topic in topics)
