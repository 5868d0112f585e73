"""A cache with a TTL: a value that changes while it is read is not cached, everything else is."""

from __future__ import annotations

import asyncio

import pytest

from instagram_clone.domain.core.cache import TTLCache


class Source:
    """A source that answers on cue and records the keys it was read with."""

    def __init__(self) -> None:
        self.keys_read: list[str] = []
        self.has_started, self.may_return = asyncio.Event(), asyncio.Event()
        self.may_return.set()

    async def read(self, keys: list[str]) -> dict[str, str]:
        self.keys_read += sorted(keys)
        self.has_started.set()
        await self.may_return.wait()
        return {key: key.upper() for key in keys if key != "nobody"}


async def test_a_cached_value_is_not_read_again_until_it_is_invalidated() -> None:
    source = Source()
    cache = TTLCache(source.read, 60)
    for _ in range(2):
        assert await cache.of(["a", "b", "nobody"]) == {"a": "A", "b": "B"}
    assert source.keys_read == ["a", "b", "nobody", "nobody"]
    cache.forget("a")
    await cache.of(["a", "b"])
    cache.forget_all()
    await cache.of(["b"])
    assert source.keys_read[4:] == ["a", "b"]


@pytest.mark.parametrize("everything", [False, True])
async def test_only_values_invalidated_during_their_read_are_not_cached(everything: bool) -> None:
    source = Source()
    cache = TTLCache(source.read, 60)
    source.may_return.clear()
    reading = asyncio.create_task(cache.of(["a", "b"]))
    await source.has_started.wait()
    if everything:
        cache.forget_all()
    else:
        cache.forget("a", "c")
    source.may_return.set()
    assert await reading == {"a": "A", "b": "B"}
    await cache.of(["a", "b"])
    assert source.keys_read[2:] == (["a", "b"] if everything else ["a"])


async def test_the_number_of_cached_values_is_limited() -> None:
    cache = TTLCache(Source().read, 60, max_values=3)
    for key in "abcdefgh":
        await cache.of([key])
        assert len(cache._values) <= 3
    assert len(await cache.of("abcdefgh")) == 8 and len(cache._values) == 3


async def test_a_value_that_changes_during_its_read_is_read_again() -> None:
    started, release, truth = asyncio.Event(), asyncio.Event(), {"value": "old"}

    async def read(keys: list[str]) -> dict[str, str]:
        found = dict.fromkeys(keys, truth["value"])
        started.set()
        await release.wait()
        return found

    cache = TTLCache(read, 60)
    first_read = asyncio.create_task(cache.of(["key"]))
    await started.wait()
    truth["value"] = "new"
    cache.forget("key")
    release.set()
    assert await first_read == {"key": "old"}
    assert await cache.of(["key"]) == {"key": "new"}
    truth["value"] = "newer"
    assert await cache.of(["key"]) == {"key": "new"}
    cache.forget("key")
    assert await cache.of(["key"]) == {"key": "newer"}
