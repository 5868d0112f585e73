"""Which data may be out of date by the time it is watched, and which cannot be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from instagram_clone import live
from instagram_clone.live import channels, staleness, topics
from tests.live.conftest import FakeSockets

POST, OTHER = topics.post("p"), topics.post("q")


@pytest.fixture
def with_other_processes(sockets: FakeSockets) -> Iterator[None]:
    """Run with other processes, whose events arrive only for watched topics. All channels are confirmed."""
    channels.begin([])
    yield
    channels.end()


async def watch_confirmed(token: str, *wanted: topics.Topic) -> None:
    confirmed = live.watch(token, "timeline", wanted)
    for topic in wanted:
        channels.confirm(topics.channel(topic))
    await confirmed


async def test_data_without_events_is_not_stale(sockets: FakeSockets) -> None:
    began = live.moment()
    staleness.record_event(OTHER)
    assert not await live.watch("t1", "timeline", [POST], began)


async def test_data_with_an_event_is_stale_for_tabs_that_did_not_receive_it(sockets: FakeSockets) -> None:
    await live.watch("t1", "timeline", [POST])
    began = live.moment()
    staleness.record_event(POST)
    assert not await live.watch("t1", "timeline", [POST], began), "it received the event"
    assert await live.watch("t2", "timeline", [POST], began)
    assert not await live.watch("t3", "timeline", [POST], live.moment())


async def test_data_unwatched_while_it_was_read_may_have_changed_in_another_process(
    with_other_processes: None,
) -> None:
    await watch_confirmed("t1", POST)
    began = live.moment()
    assert not await live.watch("t2", "timeline", [POST], began), "all its events arrive here"
    live.unwatch("t1", "timeline")
    live.unwatch("t2", "timeline")
    began = live.moment()
    # Redis still sends the channel's events, but nobody was listening.
    assert await live.watch("t2", "timeline", [POST], began)
    live.unwatch("t2", "timeline")
    began = live.moment()
    await watch_confirmed("t1", POST)
    assert await live.watch("t2", "timeline", [POST], began)


async def test_data_older_than_the_remembered_events_may_be_stale(
    sockets: FakeSockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staleness, "MAX_TOPICS", 2)
    for number in range(3):
        began = live.moment()
        staleness.record_event(topics.post(str(number)))
    assert not await live.watch("t1", "timeline", [POST], began)
    began = live.moment()
    for number in range(4):
        staleness.record_event(topics.post(str(number)))
    assert len(staleness._last_events) == 2
    assert await live.watch("t2", "timeline", [POST], began)
