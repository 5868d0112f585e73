"""One query at a time for each tab, and none that nobody is waiting for."""

from __future__ import annotations

import asyncio

import pytest

from instagram_clone.web.states.discovery.superseding import one_at_a_time


class Slow:
    """A query that finishes once it is allowed to, and records which calls have started and finished."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answered: list[str] = []
        self.begun = asyncio.Semaphore(0)
        self.may_answer = asyncio.Event()

    async def ask(self, text: str) -> str:
        self.asked.append(text)
        self.begun.release()
        await self.may_answer.wait()
        self.answered.append(text)
        return text


def typed(slow: Slow, text: str, tab: str = "t1") -> asyncio.Task[str]:
    return asyncio.create_task(one_at_a_time(tab, lambda: slow.ask(text)))


async def supersede(task: asyncio.Task[str]) -> None:
    """Cancel a handler, as Reflex does when the next one of the same tab arrives."""
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_is_superseded_while_it_waits_never_asks() -> None:
    slow = Slow()
    first = typed(slow, "a")
    await slow.begun.acquire()
    for text in ("an", "ana"):
        await supersede(first)
        first = typed(slow, text)
        await asyncio.sleep(0)
    assert slow.asked == ["a"]
    slow.may_answer.set()
    assert await first == "ana"
    assert slow.asked == ["a", "ana"]


async def test_what_has_begun_ends_though_nobody_waits_for_it() -> None:
    slow = Slow()
    first = typed(slow, "a")
    await slow.begun.acquire()
    await supersede(first)
    slow.may_answer.set()
    assert await typed(slow, "an") == "an"
    assert slow.answered == ["a", "an"]


async def test_tabs_do_not_wait_for_each_other() -> None:
    slow = Slow()
    mine, theirs = typed(slow, "a", "t1"), typed(slow, "b", "t2")
    for _ in range(2):
        await slow.begun.acquire()
    assert slow.asked == ["a", "b"]
    slow.may_answer.set()
    assert await asyncio.gather(mine, theirs) == ["a", "b"]


async def test_a_question_that_fails_is_not_in_the_way_of_the_next() -> None:
    async def fail() -> str:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await one_at_a_time("t1", fail)
    slow = Slow()
    slow.may_answer.set()
    assert await typed(slow, "a") == "a"
