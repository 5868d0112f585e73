"""A cache with a TTL, so that frequently requested values are not read every time."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, TypeVar

from instagram_clone.domain.core import events
from instagram_clone.domain.core.batching import Batcher

Key = TypeVar("Key")
Value = TypeVar("Value")

MAX_VALUES = 10_000


class TTLCache(Generic[Key, Value]):
    """Reads values by key with `read`; keeps up to `max_values` for `seconds`, or until invalidated."""

    def __init__(
        self,
        read: Callable[[list[Key]], Awaitable[dict[Key, Value]]],
        seconds: float,
        max_values: int = MAX_VALUES,
    ) -> None:
        self.seconds = seconds
        self._max_values = max_values
        self._read = read
        self._batcher: Batcher[str, list[Key], dict[Key, Value]] = Batcher(self._read_all, gathers=True)
        self._values: dict[Key, tuple[Value, float]] = {}
        self._underway: dict[object, set[Key]] = {}
        events.on_gap(self.forget_all)

    async def of(self, keys: Iterable[Key]) -> dict[Key, Value]:
        """Return the values that exist for the given keys.

        Reads at most once, and shares that read with concurrent callers.
        """
        keys, now = list(keys), time.monotonic()
        cached = {
            key: found[0]
            for key in keys
            if (found := self._values.get(key)) is not None and now - found[1] < self.seconds
        }
        missing = [key for key in keys if key not in cached]
        if missing:
            # A value that changes during the read may come back old or new: don't cache it.
            read, unchanged = object(), set(missing)
            self._underway[read] = unchanged
            try:
                fresh = await self._batcher.submit("", missing)
            finally:
                del self._underway[read]
            kept = [key for key in unchanged if key in fresh][: self._max_values]
            if len(self._values) + len(kept) > self._max_values:
                self._values.clear()
            self._values.update({key: (fresh[key], now) for key in kept})
            cached |= fresh
        return cached

    def forget(self, *keys: Key) -> None:
        """Evict values that have changed, so that they are read again on next use."""
        for key in keys:
            self._values.pop(key, None)
        for underway in self._underway.values():
            underway.difference_update(keys)

    def forget_all(self) -> None:
        """Clear the cache, for when it is unknown what has changed."""
        self._values.clear()
        for underway in self._underway.values():
            underway.clear()

    async def _read_all(self, _: str, requests: list[list[Key]]) -> list[dict[Key, Value] | Exception]:
        found = await self._read(list({key for keys in requests for key in keys}))
        return [{key: found[key] for key in keys if key in found} for keys in requests]
