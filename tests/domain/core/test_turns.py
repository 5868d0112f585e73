"""What was queued in order runs in order, whatever takes long and whoever gives up."""

from __future__ import annotations

import asyncio

import pytest

from instagram_clone.domain.core.turns import Turns


async def test_each_waits_only_for_those_ahead_in_its_own_queue() -> None:
    turns: Turns[str] = Turns()
    done: list[str] = []
    ready = {number: asyncio.Event() for number in range(3)}

    async def work(key: str, number: int) -> None:
        with turns.queue(key) as turn:
            await ready[number].wait()
            await turn()
            done.append(f"{key}{number}")

    tasks = [asyncio.create_task(work("a", number)) for number in range(3)]
    tasks.append(asyncio.create_task(work("b", 2)))
    await asyncio.sleep(0)
    ready[2].set()
    await tasks[3]
    assert done == ["b2"]
    ready[1].set()
    ready[0].set()
    await asyncio.gather(*tasks)
    assert done == ["b2", "a0", "a1", "a2"] and not turns._last


@pytest.mark.parametrize("how", ["gives up", "fails"])
async def test_leaving_a_queue_lets_nobody_overtake(how: str) -> None:
    turns: Turns[str] = Turns()
    done: list[str] = []
    first = asyncio.Event()

    async def work(number: int) -> None:
        with turns.queue("a") as turn:
            if number == 0:
                await first.wait()
            if number == 1 and how == "fails":
                raise ValueError
            await turn()
            done.append(str(number))

    tasks = [asyncio.create_task(work(number)) for number in range(3)]
    await asyncio.sleep(0)
    if how == "gives up":
        tasks[1].cancel()
    await asyncio.wait([tasks[1]])
    for _ in range(5):
        await asyncio.sleep(0)
    assert done == []
    first.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert done == ["0", "2"] and not turns._last
