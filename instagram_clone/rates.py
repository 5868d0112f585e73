"""Rate limits: token buckets that refill over time, and fixed windows."""

from __future__ import annotations

import time
from collections import OrderedDict

MAX_REMEMBERED = 50_000


class Bucket:
    """A token bucket: allows a burst of tries, and then a number per second."""

    __slots__ = ("_since", "_tokens", "burst", "per_second")

    def __init__(self, burst: float, per_second: float) -> None:
        self.burst, self.per_second = burst, per_second
        self._tokens, self._since = burst, time.monotonic()

    def take(self) -> bool:
        """Take one try and return True, if there is one left."""
        if self._refill() < 1:
            return False
        self._tokens -= 1
        return True

    def charge(self, cost: float) -> float:
        """Take a cost even if it exceeds what is left; return the seconds until it is paid off."""
        self._tokens = self._refill() - cost
        return max(0.0, -self._tokens / self.per_second)

    def _refill(self) -> float:
        now = time.monotonic()
        self._tokens = min(self.burst, self._tokens + (now - self._since) * self.per_second)
        self._since = now
        return self._tokens


class Buckets:
    """A bucket for each key; the least recently used are forgotten beyond MAX_REMEMBERED."""

    def __init__(self, burst: float, per_second: float) -> None:
        self._burst, self._per_second = burst, per_second
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, key: str) -> bool:
        """Take one of a key's tries and return True, if there is one left."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(self._burst, self._per_second)
            if len(self._buckets) > MAX_REMEMBERED:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
        return bucket.take()


class Windows:
    """A count of each key's tries, in time windows that start with the first try."""

    def __init__(self) -> None:
        self._windows: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def take(self, key: str, limit: int, seconds: float) -> float:
        """Count a try; return 0, or how many seconds to wait if it was one too many."""
        now = time.monotonic()
        tries, until = self._windows.pop(key, (0, now + seconds))
        if until <= now:
            tries, until = 0, now + seconds
        self._windows[key] = (tries + 1, until)
        if len(self._windows) > MAX_REMEMBERED:
            self._windows.popitem(last=False)
        return until - now if tries >= limit else 0.0
