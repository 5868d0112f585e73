"""A cache with a TTL: a value that changes while it is read is not cached, everything else is."""

from __future__ import annotations

import asyncio

import pytest

from instagram_clone.domain.core.cache import TTLCache

pytestmark = pytest.mark.anyio


class Source:
    """A source that answers on cue and records what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.was_asked, self.may_answer = asyncio.Event(), asyncio.Event()
        self.may_answer.set()

    async def read(self, keys: list[str]) -> dict[str, str]:
        self.asked += sorted(keys)
        self.was_asked.set()
        await self.may_answer.wait()
        return {key: key.upper() for key in keys if key != "nobody"}


async def test_what_is_known_is_not_asked_again_until_it_is_forgotten() -> None:
    source = Source()
    cache = TTLCache(source.read, 60)
    for _ in range(2):
        assert await cache.of(["a", "b", "nobody"]) == {"a": "A", "b": "B"}
    assert source.asked == ["a", "b", "nobody", "nobody"]
    cache.forget("a")
    await cache.of(["a", "b"])
    cache.forget_all()
    await cache.of(["b"])
    assert source.asked[4:] == ["a", "b"]


@pytest.mark.parametrize("all_of_it", [False, True])
async def test_what_changes_while_it_is_read_is_not_kept_and_what_else_is_read_is(all_of_it: bool) -> None:
    source = Source()
    cache = TTLCache(source.read, 60)
    source.may_answer.clear()
    reading = asyncio.create_task(cache.of(["a", "b"]))
    await source.was_asked.wait()
    if all_of_it:
        cache.forget_all()
    else:
        cache.forget("a", "c")
    source.may_answer.set()
    assert await reading == {"a": "A", "b": "B"}
    await cache.of(["a", "b"])
    assert source.asked[2:] == (["a", "b"] if all_of_it else ["a"])


async def test_no_more_are_kept_than_it_may() -> None:
    cache = TTLCache(Source().read, 60, most=3)
    for key in "abcdefgh":
        await cache.of([key])
        assert len(cache._values) <= 3


async def test_what_changes_while_it_is_read_is_not_believed_later() -> None:
    begun, reading, truth = asyncio.Event(), asyncio.Event(), {"value": "old"}

    async def read(keys: list[str]) -> dict[str, str]:
        found = dict.fromkeys(keys, truth["value"])
        begun.set()
        await reading.wait()
        return found

    known = TTLCache(read, 60)
    early = asyncio.create_task(known.of(["key"]))
    await begun.wait()
    truth["value"] = "new"
    known.forget("key")
    reading.set()
    assert await early == {"key": "old"}
    assert await known.of(["key"]) == {"key": "new"}
    truth["value"] = "newer"
    assert await known.of(["key"]) == {"key": "new"}
    known.forget("key")
    assert await known.of(["key"]) == {"key": "newer"}
