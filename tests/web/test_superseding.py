"""One query at a time for each tab, and none that nobody is waiting for."""

from __future__ import annotations

import asyncio

import pytest

from instagram_clone.web.states.discovery.superseding import one_at_a_time


class Slow:
    """A query that finishes once it is allowed to, and records which calls have started and finished."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.finished: list[str] = []
        self.starts = asyncio.Semaphore(0)
        self.may_finish = asyncio.Event()

    async def run(self, text: str) -> str:
        self.started.append(text)
        self.starts.release()
        await self.may_finish.wait()
        self.finished.append(text)
        return text


def search(slow: Slow, text: str, tab: str = "t1") -> asyncio.Task[str]:
    return asyncio.create_task(one_at_a_time(tab, lambda: slow.run(text)))


async def supersede(task: asyncio.Task[str]) -> None:
    """Cancel a handler, as Reflex does when the next one of the same tab arrives."""
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_query_superseded_while_it_waits_never_runs() -> None:
    slow = Slow()
    first = search(slow, "a")
    await slow.starts.acquire()
    for text in ("an", "ana"):
        await supersede(first)
        first = search(slow, text)
        await asyncio.sleep(0)
    assert slow.started == ["a"]
    slow.may_finish.set()
    assert await first == "ana"
    assert slow.started == ["a", "ana"]


async def test_a_query_that_has_started_finishes_even_if_superseded() -> None:
    slow = Slow()
    first = search(slow, "a")
    await slow.starts.acquire()
    await supersede(first)
    slow.may_finish.set()
    assert await search(slow, "an") == "an"
    assert slow.finished == ["a", "an"]


async def test_tabs_do_not_wait_for_each_other() -> None:
    slow = Slow()
    first, second = search(slow, "a", "t1"), search(slow, "b", "t2")
    for _ in range(2):
        await slow.starts.acquire()
    assert slow.started == ["a", "b"]
    slow.may_finish.set()
    assert await asyncio.gather(first, second) == ["a", "b"]


async def test_a_failed_query_does_not_block_the_next() -> None:
    async def fail() -> str:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await one_at_a_time("t1", fail)
    slow = Slow()
    slow.may_finish.set()
    assert await search(slow, "a") == "a"
