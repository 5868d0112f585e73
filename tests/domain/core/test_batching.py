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


async def test_those_who_come_while_one_is_at_work_are_done_together() -> None:
    batches: list[tuple[str, list[int]]] = []

    async def work(key: str, items: list[int]) -> list[int | Exception]:
        batches.append((key, items))
        await asyncio.sleep(0.01)
        return [item * 10 for item in items]

    together = Batcher(work)
    first = asyncio.create_task(together.do("a", 0))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(together.do(key, item)) for item in (1, 2, 3) for key in "ab"]
    assert [await first, *[await other for other in others]] == [0, 10, 10, 20, 20, 30, 30]
    assert batches == [("a", [0]), ("b", [1, 2, 3]), ("a", [1, 2, 3])]
    assert await together.do("a", 5) == 50


async def test_after_a_pause_those_who_came_meanwhile_are_done_together() -> None:
    batches: list[list[int]] = []

    async def work(_: str, items: list[int]) -> list[int | Exception]:
        batches.append(items)
        return list(items)

    together = Batcher(work, pause=0.02)
    await together.do("a", 0)
    assert batches == [[0]]
    await asyncio.gather(*(together.do("a", item) for item in (1, 2, 3)))
    assert batches == [[0], [1, 2, 3]]
    await asyncio.sleep(0.05)
    await together.do("a", 4)
    assert batches == [[0], [1, 2, 3], [4]]


async def turns(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def test_those_who_come_turn_after_turn_are_gathered() -> None:
    batches: list[list[int]] = []

    async def work(_: str, items: list[int]) -> list[int | Exception]:
        batches.append(items)
        return list(items)

    async def come(batcher: Batcher[str, int, int], item: int) -> None:
        await turns(3 * item)
        await batcher.do("k", item)

    hasty, patient = Batcher(work), Batcher(work, gathers=True)
    await asyncio.gather(*(come(hasty, item) for item in range(4)))
    assert batches == [[0], [1], [2], [3]]
    batches.clear()
    await asyncio.gather(*(come(patient, item) for item in range(4)))
    assert batches == [[0, 1, 2, 3]]


async def test_a_crowd_without_end_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(_: str, items: list[int]) -> list[int | Exception]:
        return list(items)

    async def crowd() -> None:
        for item in itertools.count(1):
            coming.append(asyncio.create_task(together.do("k", item)))
            await asyncio.sleep(0)

    coming: list[asyncio.Task[int]] = []
    together = Batcher(work, gathers=True)
    clock = itertools.count(step=batching.GATHER_SECONDS / 20)
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: next(clock))
    endless = asyncio.create_task(crowd())
    assert await together.do("k", 0) == 0
    endless.cancel()
    await asyncio.gather(*coming)


async def test_an_error_reaches_whom_it_belongs_to() -> None:
    async def work(key: str, items: list[int]) -> list[int | Exception]:
        if key == "broken":
            raise RuntimeError("all")
        return [ValueError("odd") if item % 2 else item for item in items]

    together = Batcher(work)
    found = await asyncio.gather(*(together.do("k", item) for item in (1, 2)), return_exceptions=True)
    assert isinstance(found[0], ValueError) and found[1] == 2
    for _ in range(2):
        with pytest.raises(RuntimeError, match="all"):
            await together.do("broken", 1)


async def test_who_goes_away_takes_nobody_along() -> None:
    async def work(key: str, items: list[int]) -> list[int | Exception]:
        await asyncio.sleep(0.02)
        return list(items)

    together = Batcher(work)
    gone, stays = [asyncio.create_task(together.do("k", item)) for item in (1, 2)]
    await asyncio.sleep(0.005)
    gone.cancel()
    assert await stays == 2
