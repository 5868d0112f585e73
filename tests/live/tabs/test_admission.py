"""Admission of tabs when all of them connect at once."""

from __future__ import annotations

import asyncio

from instagram_clone.live.tabs.admission import AdmissionQueue
from instagram_clone.live.tabs.socket_adapter import Leave
from tests.server import PATIENCE_SECONDS


def there() -> bool:
    return True


async def entered(door: AdmissionQueue) -> Leave:
    leave = await asyncio.wait_for(door.enter(there), PATIENCE_SECONDS)
    assert leave is not None
    return leave


async def test_so_many_are_inside_at_a_time_and_the_rest_come_in_order() -> None:
    door = AdmissionQueue(at_once=2)
    coming = [door.enter(there) for _ in range(5)]
    assert [turn.done() for turn in coming] == [True, True, False, False, False]
    for number in (1, 0):
        leave = coming[number].result()
        assert leave is not None
        leave()
        leave()
    assert [turn.done() for turn in coming] == [True, True, True, True, False], (
        "who leaves twice lets one in"
    )


async def test_who_has_gone_away_in_the_queue_is_passed_over() -> None:
    door, is_connected = AdmissionQueue(at_once=1), True
    leave = await entered(door)
    gone, last = door.enter(lambda: is_connected), door.enter(there)
    is_connected = False
    leave()
    assert gone.done() and gone.result() is None
    assert last.done()
    leave = last.result()
    assert leave is not None
    leave()
    assert await entered(door)


async def test_a_page_that_waits_for_something_keeps_nobody_out_for_long() -> None:
    door = AdmissionQueue(at_once=1, max_seconds=0.01)
    first = await entered(door)
    second = await entered(door)
    first()
    waiting = door.enter(there)
    assert not waiting.done(), "whose place was taken away gives none back"
    second()
    assert waiting.done() and waiting.result()


async def test_who_is_cancelled_in_the_queue_keeps_no_place() -> None:
    door = AdmissionQueue(at_once=1)
    leave = await entered(door)
    door.enter(there).cancel()
    leave()
    assert await entered(door)
