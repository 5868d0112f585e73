"""Concurrent calls are batched, and every caller gets their own result."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest

from instagram_clone.domain.core import batching
from instagram_clone.domain.core.batching import Batcher
from tests.simulated_time import SIMULATED


@pytest.fixture
def anyio_backend() -> Any:
    return SIMULATED


async def test_calls_made_while_a_batch_runs_form_the_next_batch() -> None:
    batches: list[tuple[str, list[int]]] = []

    async def work(key: str, items: list[int]) -> list[int | Exception]:
        batches.append((key, items))
        await asyncio.sleep(0.01)
        return [item * 10 for item in items]

    batcher = Batcher(work)
    first = asyncio.create_task(batcher.submit("a", 0))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(batcher.submit(key, item)) for item in (1, 2, 3) for key in "ab"]
    assert [await first, *[await other for other in others]] == [0, 10, 10, 20, 20, 30, 30]
    assert batches == [("a", [0]), ("b", [1, 2, 3]), ("a", [1, 2, 3])]
    assert await batcher.submit("a", 5) == 50


async def test_calls_made_during_the_pause_form_one_batch() -> None:
    batches: list[list[int]] = []

    async def work(_: str, items: list[int]) -> list[int | Exception]:
        batches.append(items)
        return list(items)

    batcher = Batcher(work, pause=0.02)
    await batcher.submit("a", 0)
    assert batches == [[0]]
    await asyncio.gather(*(batcher.submit("a", item) for item in (1, 2, 3)))
    assert batches == [[0], [1, 2, 3]]
    await asyncio.sleep(0.05)
    await batcher.submit("a", 4)
    assert batches == [[0], [1, 2, 3], [4]]


async def turns(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def test_calls_made_in_consecutive_turns_are_gathered() -> None:
    batches: list[list[int]] = []

    async def work(_: str, items: list[int]) -> list[int | Exception]:
        batches.append(items)
        return list(items)

    async def call(batcher: Batcher[str, int, int], item: int) -> None:
        await turns(3 * item)
        await batcher.submit("k", item)

    eager, gathering = Batcher(work), Batcher(work, gathers=True)
    await asyncio.gather(*(call(eager, item) for item in range(4)))
    assert batches == [[0], [1], [2], [3]]
    batches.clear()
    await asyncio.gather(*(call(gathering, item) for item in range(4)))
    assert batches == [[0, 1, 2, 3]]


async def test_an_endless_stream_of_calls_delays_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(_: str, items: list[int]) -> list[int | Exception]:
        return list(items)

    async def stream() -> None:
        for item in itertools.count(1):
            calls.append(asyncio.create_task(batcher.submit("k", item)))
            await asyncio.sleep(0)

    calls: list[asyncio.Task[int]] = []
    batcher = Batcher(work, gathers=True)
    clock = itertools.count(step=batching.GATHER_SECONDS / 20)
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: next(clock))
    endless = asyncio.create_task(stream())
    assert await batcher.submit("k", 0) == 0
    endless.cancel()
    await asyncio.gather(*calls)


async def test_an_error_is_raised_to_its_own_caller() -> None:
    async def work(key: str, items: list[int]) -> list[int | Exception]:
        if key == "broken":
            raise RuntimeError("all")
        return [ValueError("odd") if item % 2 else item for item in items]

    batcher = Batcher(work)
    found = await asyncio.gather(*(batcher.submit("k", item) for item in (1, 2)), return_exceptions=True)
    assert isinstance(found[0], ValueError) and found[1] == 2
    for _ in range(2):
        with pytest.raises(RuntimeError, match="all"):
            await batcher.submit("broken", 1)


async def test_cancelling_one_caller_does_not_cancel_the_others() -> None:
    async def work(key: str, items: list[int]) -> list[int | Exception]:
        await asyncio.sleep(0.02)
        return list(items)

    batcher = Batcher(work)
    cancelled, waiting = [asyncio.create_task(batcher.submit("k", item)) for item in (1, 2)]
    await asyncio.sleep(0.005)
    cancelled.cancel()
    assert await waiting == 2
