"""How fast something may be done: buckets of tries that fill up again with time."""

from __future__ import annotations

import time
from collections import OrderedDict

MAX_REMEMBERED = 50_000


class Bucket:
    """So many tries at once, and so many a second after that."""

    __slots__ = ("_left", "_since", "burst", "per_second")

    def __init__(self, burst: float, per_second: float) -> None:
        self.burst, self.per_second = burst, per_second
        self._left, self._since = burst, time.monotonic()

    def take(self) -> bool:
        """Take one try, if there is one."""
        if self._fill() < 1:
            return False
        self._left -= 1
        return True

    def owe(self, cost: float) -> float:
        """Take what something has cost, there or not; return after how many seconds it is paid."""
        self._left = self._fill() - cost
        return max(0.0, -self._left / self.per_second)

    def _fill(self) -> float:
        now = time.monotonic()
        self._left = min(self.burst, self._left + (now - self._since) * self.per_second)
        self._since = now
        return self._left


class Buckets:
    """A bucket for each of many, of whom those who were not heard of for long are forgotten."""

    def __init__(self, burst: float, per_second: float) -> None:
        self._burst, self._per_second = burst, per_second
        self._each: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, who: str) -> bool:
        """Take a try of somebody's, if there is one."""
        bucket = self._each.get(who)
        if bucket is None:
            bucket = self._each[who] = Bucket(self._burst, self._per_second)
            if len(self._each) > MAX_REMEMBERED:
                self._each.popitem(last=False)
        else:
            self._each.move_to_end(who)
        return bucket.take()


class Windows:
    """How often each of many has done something, in windows of time that begin with their first try."""

    def __init__(self) -> None:
        self._each: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def take(self, who: str, most: int, seconds: float) -> float:
        """Count a try; return 0, or how many seconds to wait when it was one too many."""
        now = time.monotonic()
        tries, until = self._each.pop(who, (0, now + seconds))
        if until <= now:
            tries, until = 0, now + seconds
        self._each[who] = (tries + 1, until)
        if len(self._each) > MAX_REMEMBERED:
            self._each.popitem(last=False)
        return until - now if tries >= most else 0.0
