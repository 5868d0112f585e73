"""A socket's queue behaves like asyncio's, as far as it is used."""

from __future__ import annotations

import asyncio

import pytest

from instagram_clone.runtime.queues import Queue


async def test_items_are_taken_in_order() -> None:
    queue = Queue()
    assert queue.empty()
    for item in (1, None, 2):
        await queue.put(item)
    assert not queue.empty() and [await queue.get(), queue.get_nowait(), await queue.get()] == [1, None, 2]
    with pytest.raises(asyncio.QueueEmpty):
        queue.get_nowait()


async def test_get_waits_while_the_queue_is_empty() -> None:
    queue = Queue()
    for item in range(3):
        taking = asyncio.create_task(queue.get())
        await asyncio.sleep(0)
        assert not taking.done()
        queue.put_nowait(item)
        queue.put_nowait(-item)
        assert [await taking, await queue.get()] == [item, -item]


async def test_a_cancelled_get_loses_no_item() -> None:
    queue = Queue()
    for put_first in (False, True):
        taking = asyncio.create_task(queue.get())
        await asyncio.sleep(0)
        if put_first:
            queue.put_nowait("kept")
        taking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await taking
    assert await queue.get() == "kept"


async def test_join_waits_until_all_items_are_processed() -> None:
    queue = Queue()
    await queue.join()
    queue.put_nowait(1)
    queue.put_nowait(2)
    joining = [asyncio.create_task(queue.join()) for _ in range(2)]
    for _ in range(2):
        await queue.get()
        await asyncio.sleep(0)
        assert not any(one.done() for one in joining)
        queue.task_done()
    await asyncio.gather(*joining)
