"""Admission of tabs when all of them connect at once."""

from __future__ import annotations

import asyncio

from instagram_clone.live.tabs.admission import AdmissionQueue
from instagram_clone.live.tabs.socket_adapter import Leave
from tests.server import PATIENCE_SECONDS


def connected() -> bool:
    return True


async def enter(queue: AdmissionQueue) -> Leave:
    leave = await asyncio.wait_for(queue.enter(connected), PATIENCE_SECONDS)
    assert leave is not None
    return leave


async def test_the_number_admitted_at_a_time_is_limited_and_the_rest_follow_in_order() -> None:
    queue = AdmissionQueue(max_loading=2)
    turns = [queue.enter(connected) for _ in range(5)]
    assert [turn.done() for turn in turns] == [True, True, False, False, False]
    for number in (1, 0):
        leave = turns[number].result()
        assert leave is not None
        leave()
        leave()
    assert [turn.done() for turn in turns] == [True, True, True, True, False], (
        "leaving twice admits only one"
    )


async def test_a_socket_that_closed_in_the_queue_is_skipped() -> None:
    queue, is_connected = AdmissionQueue(max_loading=1), True
    leave = await enter(queue)
    gone, last = queue.enter(lambda: is_connected), queue.enter(connected)
    is_connected = False
    leave()
    assert gone.done() and gone.result() is None
    assert last.done()
    leave = last.result()
    assert leave is not None
    leave()
    assert await enter(queue)


async def test_a_slow_page_frees_its_place_after_a_timeout() -> None:
    queue = AdmissionQueue(max_loading=1, max_seconds=0.01)
    first = await enter(queue)
    second = await enter(queue)
    first()
    waiting = queue.enter(connected)
    assert not waiting.done(), "a place that timed out is not freed again"
    second()
    assert waiting.done() and waiting.result()


async def test_a_cancelled_turn_takes_no_place() -> None:
    queue = AdmissionQueue(max_loading=1)
    leave = await enter(queue)
    queue.enter(connected).cancel()
    leave()
    assert await enter(queue)
