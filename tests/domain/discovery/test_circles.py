"""Circles: read once, ahead of time, and kept within bounds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from bson import ObjectId

from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import circles, people_index, recents, search
from instagram_clone.domain.people import directory
from instagram_clone.domain.people.relations import follows
from tests.conftest import join
from tests.domain.conftest import Commands


@pytest.fixture(autouse=True)
def _clear_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    events.clear_caches()
    # So that nothing expires during a test that takes longer than the usual two minutes.
    monkeypatch.setattr(circles, "CACHE_SECONDS", 3600.0)


async def found(viewer: Viewer, text: str) -> list[tuple[str, str]]:
    return [(one.username, one.note) for one in (await search.people(viewer, text)).people]


async def friends_of(viewer: Viewer) -> tuple[Viewer, Viewer]:
    """Return someone the viewer follows, and someone else whom that person follows."""
    friend, star = await join("max.friend"), await join("max.star")
    await follows.follow(viewer, friend.id)
    await follows.follow(friend, star.id)
    return friend, star


KNOWN = [("max.friend", "Following"), ("max.star", "Followed by max.friend")]


def count_reads(commands: Commands) -> int:
    """Return how often somebody's followees were read."""
    return sum(
        name == "aggregate"
        and one["aggregate"] == "follows"
        and "$push" in str(one)
        and "$sort" not in str(one)
        for name, one in commands.sent
    )


async def test_opening_a_search_prefetches_the_circle_in_the_background(
    ana: Viewer, commands: Commands
) -> None:
    await friends_of(ana)
    commands.sent.clear()
    search.prepare(ana)
    assert commands.sent == []
    searches = await asyncio.gather(*(found(ana, text) for text in ("m", "ma", "max")))
    assert searches == [KNOWN] * 3 and count_reads(commands) == 1
    search.prepare(ana)
    assert await found(ana, "max") == KNOWN and count_reads(commands) == 1


async def test_recent_searches_are_shown_without_the_circle(ana: Viewer, commands: Commands) -> None:
    await friends_of(ana)
    await recents.remember(ana, text="tulips")
    commands.sent.clear()
    assert len(await recents.recent(ana)) == 1
    assert [one.get("find") for _, one in commands.sent] == ["recents"]


@pytest.mark.parametrize("number", [3, 200])
async def test_reading_a_circle_takes_the_same_commands_whatever_its_size(
    ana: Viewer, commands: Commands, number: int
) -> None:
    people = [(await join("max")).oid, *(ObjectId() for _ in range(number))]
    row = await db.people_index.find_one({"_id": people[0]})
    assert row is not None
    await db.people_index.insert_many(
        [{**row, "_id": one, "order": people_index.order_of(0, one)} for one in people[1:]]
    )
    edges = [(ana.oid, one) for one in people] + [(people[1], ObjectId()) for _ in range(number)]
    now = datetime.now(UTC)
    await db.follows.insert_many(
        [{"follower": one, "followee": other, "created": now} for one, other in edges]
    )
    commands.sent.clear()
    circle = await circles.of(ana)
    assert len(circle.matching_prefixes(["max"])) == number + 1
    assert [name for name, _ in commands.sent].count("getMore") == 0 and len(commands.sent) == 4


async def test_names_are_read_in_batches(
    ana: Viewer, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circles, "_BATCH", 2)
    for number in range(5):
        await follows.follow(ana, (await join(f"max{number}")).id)
    commands.sent.clear()
    assert len((await circles.of(ana)).matching_prefixes(["max"])) == 5
    batches = [one["filter"]["_id"]["$in"] for _, one in commands.sent if one.get("find") == "people_index"]
    assert [len(batch) for batch in batches] == [2, 2, 1]


@pytest.fixture
def failing_read(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Awaitable[None]]:
    """Make the next read fail; return a function that waits until it has."""
    read = directory.followed_by

    async def fail_once(*_: object) -> dict[ObjectId, tuple[ObjectId, int]]:
        monkeypatch.setattr(directory, "followed_by", read)
        raise OSError("The disk is gone")

    async def wait_for_failure() -> None:
        [reading] = circles._reads.values()
        await asyncio.wait([reading.task])
        assert reading.has_failed

    monkeypatch.setattr(directory, "followed_by", fail_once)
    return wait_for_failure


async def test_a_failed_prefetch_breaks_no_search(
    ana: Viewer, commands: Commands, failing_read: Callable[[], Awaitable[None]]
) -> None:
    await friends_of(ana)
    commands.sent.clear()
    search.prepare(ana)
    await failing_read()
    assert await found(ana, "max") == KNOWN and count_reads(commands) == 2


async def test_opening_a_search_repeatedly_prefetches_once_even_after_a_failure(
    ana: Viewer, commands: Commands, failing_read: Callable[[], Awaitable[None]]
) -> None:
    await friends_of(ana)
    commands.sent.clear()
    for _ in range(3):
        search.prepare(ana)
    await failing_read()
    for _ in range(3):
        search.prepare(ana)
    await failing_read()
    assert count_reads(commands) == 1


async def test_someone_followed_during_a_read_is_in_the_circle_afterwards(ana: Viewer) -> None:
    _, star = await friends_of(ana)
    search.prepare(ana)
    await follows.follow(ana, star.id)
    assert await found(ana, "max") == [("max.star", "Following"), ("max.friend", "Following")]


async def test_the_circle_is_read_again_after_a_gap_in_the_event_stream(
    ana: Viewer, commands: Commands
) -> None:
    await friends_of(ana)
    await circles.of(ana)
    commands.sent.clear()
    events.clear_caches()
    assert await found(ana, "max") == KNOWN and count_reads(commands) == 1


async def test_a_cancelled_search_does_not_cancel_the_shared_read(ana: Viewer) -> None:
    await friends_of(ana)
    first, second = (asyncio.create_task(found(ana, "max")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == KNOWN


@pytest.mark.parametrize(("circles_kept", "members_kept"), [(2, 100), (100, 3)])
async def test_the_oldest_circles_are_evicted_first(
    commands: Commands, monkeypatch: pytest.MonkeyPatch, circles_kept: int, members_kept: int
) -> None:
    monkeypatch.setattr(circles, "_MAX_CIRCLES", circles_kept)
    monkeypatch.setattr(circles, "_MAX_MEMBERS", members_kept)
    star = await join("star")
    fans = [await join(f"fan{number}") for number in range(4)]
    for fan in fans:
        await follows.follow(fan, star.id)
        await circles.of(fan)
    commands.sent.clear()
    kept = min(circles_kept, members_kept)
    for fan in fans[-kept:]:
        await circles.of(fan)
    assert count_reads(commands) == 0
    await circles.of(fans[0])
    assert count_reads(commands) == 1


async def test_few_circles_are_read_at_a_time_however_many_searches_open(
    database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [await join(f"fan{number}") for number in range(3 * circles.MAX_CONCURRENT_READS)]
    by_ids, running, max_running = people_index.by_ids, 0, 0

    async def counting_by_ids(ids: list[ObjectId]) -> list[people_index.IndexedPerson]:
        nonlocal running, max_running
        running += 1
        max_running = max(max_running, running)
        try:
            return await by_ids(ids)
        finally:
            running -= 1

    for one in people:
        await follows.follow(one, people[0].id if one is not people[0] else people[1].id)
    monkeypatch.setattr(people_index, "by_ids", counting_by_ids)
    for one in people:
        search.prepare(one)
    await asyncio.gather(*(circles.of(one) for one in people))
    assert 1 < max_running <= circles.MAX_CONCURRENT_READS
