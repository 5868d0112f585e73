"""Follow-up work of a change: done at once, taken over, retried, and in order."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from obstore.exceptions import GenericError
from pymongo.errors import AutoReconnect, OperationFailure

from instagram_clone.domain.core import db, events, outbox
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.core.outbox import Transaction, leases, worker
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import media, storage
from instagram_clone.domain.people import preferences, profiles
from instagram_clone.domain.people.events import PrivacyChanged
from instagram_clone.domain.posts import post_cards, posts
from tests.conftest import share


class Recorder:
    """A subscriber that records the events it is called with, and fails as often as it is told to."""

    def __init__(self) -> None:
        self.received: list[bool] = []
        self.failures = 0
        self.calls = 0

    async def __call__(self, event: PrivacyChanged) -> None:
        self.calls += 1
        if self.failures:
            self.failures -= 1
            raise RuntimeError("out of paper")
        self.received.append(event.private)


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """The only later subscriber. Every look at the clock advances it by a millisecond."""
    began, looks = leases.now(), itertools.count()
    monkeypatch.setattr(leases, "now", lambda: began + timedelta(milliseconds=next(looks)))
    recorder = Recorder()
    monkeypatch.setattr(events, "_later", {PrivacyChanged: [recorder]})
    yield recorder


def later(**wait: float) -> datetime:
    return datetime.now(UTC) + timedelta(**wait)


def changed(viewer: Viewer, private: bool):
    async def work(transaction: Transaction) -> None:
        transaction.announce(PrivacyChanged(viewer.id, private))

    return work


def privacy_published(published: list[events.Event]) -> list[bool]:
    """Return the privacy settings that open pages received, in order."""
    return [event.private for event in published if isinstance(event, PrivacyChanged)]


async def test_follow_up_work_is_done_when_the_change_returns_and_no_entry_is_left(
    ana: Viewer, recorder: Recorder
) -> None:
    await preferences.set_private(ana, True)
    assert recorder.received == [True]
    assert await db.outbox.count_documents({}) == 0


async def test_a_failed_change_leaves_no_follow_up_work(ana: Viewer, recorder: Recorder) -> None:
    async def work(transaction: Transaction) -> None:
        await db.users.update_one({}, {"$set": {"bio": "?"}}, session=transaction.session)
        transaction.announce(PrivacyChanged(ana.id, True))
        raise OperationFailure("no")

    with pytest.raises(OperationFailure):
        await outbox.commit(work)
    assert (recorder.received, await db.outbox.count_documents({})) == ([], 0)
    assert (await profiles.own_profile(ana)).bio == ""


async def test_another_process_takes_over_once_the_lease_has_expired(
    ana: Viewer, recorder: Recorder, published: list[events.Event]
) -> None:
    await outbox.commit_undelivered(changed(ana, True))
    assert await outbox.process_due() == 0 and recorder.received == []
    assert await outbox.process_due(later(seconds=31)) == 1
    assert recorder.received == [True]
    assert privacy_published(published) == [True], "open pages had not been updated"
    assert await db.outbox.count_documents({}) == 0


async def test_a_lease_holds_even_if_another_process_has_a_wrong_clock(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder()
    monkeypatch.setattr(events, "_later", {PrivacyChanged: [recorder]})
    for hours in (1, -1):
        await outbox.commit_undelivered(changed(ana, True))
        with monkeypatch.context() as other_process:
            set_clock_ahead(other_process, timedelta(hours=hours))
            assert await outbox.process_due() == 0, "leased by a process whose clock is right"
            await outbox.commit_undelivered(changed(ana, False))
        assert await outbox.process_due() == 0, "leased by a process whose clock is wrong"
    assert recorder.calls == 0
    await db.outbox.update_many({}, {"$set": {"lease": later(seconds=-1)}})
    with monkeypatch.context() as other_process:
        set_clock_ahead(other_process, timedelta(hours=-1))
        assert await outbox.process_due() == 1, "the leases have expired"
    assert recorder.calls == 4


async def test_a_retried_entry_is_due_even_if_the_operators_clock_is_wrong(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder()
    monkeypatch.setattr(events, "_later", {PrivacyChanged: [recorder]})
    await outbox.commit_undelivered(changed(ana, True))
    await db.outbox.update_one({}, {"$set": {"aside": True}})
    with monkeypatch.context() as other_process:
        set_clock_ahead(other_process, timedelta(hours=1))
        assert await outbox.retry() == 1
    while not await outbox.process_due():
        assert (await outbox.failed())[0].due < later(minutes=1).isoformat()
    assert recorder.received == [True]


def set_clock_ahead(other_process: pytest.MonkeyPatch, ahead: timedelta) -> None:
    """Act as a process with a wrong clock that has not yet asked for the database's."""
    clock = SimpleNamespace(now=lambda zone: datetime.now(zone) + ahead)
    other_process.setattr(leases, "datetime", clock)
    other_process.setattr(leases, "_clock_offset", timedelta(), raising=False)


async def test_nothing_here_waits_for_an_entry_of_another_process(ana: Viewer, recorder: Recorder) -> None:
    await outbox.commit_undelivered(changed(ana, True))
    await outbox.commit(changed(ana, False))
    assert recorder.received == [] and leases.waiting_subjects == set()
    while await outbox.process_due(later(seconds=31)):
        pass
    assert recorder.received == [True, False]


async def test_entries_are_ordered_by_the_databases_clock(ana: Viewer, recorder: Recorder) -> None:
    async def twice(transaction: Transaction) -> None:
        for private in (True, False):
            transaction.announce(PrivacyChanged(ana.id, private))

    await outbox.commit_undelivered(changed(ana, True))
    await outbox.commit_undelivered(twice)
    rows = await db.outbox.find().sort([("at", 1), ("part", 1)]).to_list()
    assert [row["event"]["private"] for row in rows] == [True, True, False]
    assert rows[0]["at"] < rows[1]["at"] <= rows[2]["at"] and rows[0]["at"].time > 0
    assert recorder.received == []


async def test_failed_work_is_retried_after_growing_pauses(ana: Viewer, recorder: Recorder) -> None:
    recorder.failures = 3
    await outbox.commit(changed(ana, True))
    pauses = []
    for _ in range(3):
        [entry] = await outbox.failed()
        assert entry.error == "RuntimeError: out of paper" and not entry.set_aside
        pauses.append(datetime.fromisoformat(entry.due) - leases.now())
        assert await outbox.process_due() == 0, "it is not due yet"
        assert await outbox.process_due(later(hours=1)) == 1
    assert recorder.received == [True]
    assert [round(pause.total_seconds()) for pause in pauses] == [1, 2, 4]
    assert await outbox.failed() == []


async def test_nothing_overtakes_an_earlier_entry_of_the_same_subject(
    ana: Viewer, ben: Viewer, recorder: Recorder
) -> None:
    recorder.failures = 1
    await outbox.commit(changed(ana, True))
    await outbox.commit(changed(ana, False))
    assert recorder.calls == 1, "the second waits for the first"
    await outbox.commit(changed(ben, True))
    assert recorder.received == [True], "others do not"
    while await outbox.process_due(later(hours=1)):
        pass
    assert recorder.received == [True, True, False]


async def test_an_entry_that_waited_for_an_earlier_one_is_processed_right_after_it(
    ana: Viewer, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, started = asyncio.Event(), asyncio.Event()

    async def slow(event: PrivacyChanged) -> None:
        started.set()
        await release.wait()
        await recorder(event)

    monkeypatch.setattr(events, "_later", {PrivacyChanged: [slow]})
    first = asyncio.create_task(outbox.commit(changed(ana, True)))
    await started.wait()
    await outbox.commit(changed(ana, False))
    assert recorder.received == []
    release.set()
    await first
    assert recorder.received == [True, False]
    assert await db.outbox.count_documents({}) == 0


async def test_entries_behind_a_failing_one_do_not_hide_other_subjects(
    ana: Viewer, ben: Viewer, recorder: Recorder
) -> None:
    recorder.failures = 1
    await outbox.commit(changed(ana, True))
    for _ in range(leases.BATCH + 10):
        await outbox.commit_undelivered(changed(ana, False))
    await db.outbox.update_one({"tries": 1}, {"$set": {"lease": later(days=1)}})
    await outbox.commit_undelivered(changed(ben, True))
    assert await outbox.process_due(later(minutes=1)) == 1
    assert recorder.received == [True], "ben's"


async def test_when_changes_are_published_again_the_last_one_comes_last(
    ana: Viewer, recorder: Recorder, published: list[events.Event]
) -> None:
    await outbox.commit_undelivered(changed(ana, True))
    # The process that wrote that died; this change is published at once, and its follow-up work waits.
    await outbox.commit(changed(ana, False))
    assert privacy_published(published) == [False]
    await outbox.process_due(later(seconds=31))
    assert recorder.received == [True, False]
    assert privacy_published(published) == [False, True, False]


async def test_an_unreadable_entry_does_not_stop_the_worker(
    ana: Viewer, ben: Viewer, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    await outbox.commit_undelivered(changed(ana, True))
    await db.outbox.update_one({}, {"$unset": {"event.kind": ""}, "$set": {"lease": later(hours=-1)}})
    monkeypatch.setattr(worker, "POLL_SECONDS", 0)
    was_called = asyncio.Event()

    async def receive(_: PrivacyChanged) -> None:
        was_called.set()

    monkeypatch.setattr(events, "_later", {PrivacyChanged: [receive]})
    working = asyncio.create_task(outbox.keep_working())
    calling = asyncio.create_task(was_called.wait())
    await asyncio.sleep(0)
    await outbox.commit_undelivered(changed(ben, True))
    await db.outbox.update_one({"subject": ben.id}, {"$set": {"lease": later(hours=-1)}})
    await asyncio.wait({working, calling}, return_when=asyncio.FIRST_COMPLETED)
    assert was_called.is_set() and not working.done()
    working.cancel()


async def test_a_stopping_process_leaves_slow_work_to_another(
    ana: Viewer, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(_: PrivacyChanged) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(events, "_later", {PrivacyChanged: [slow]})
    monkeypatch.setattr(worker, "PATIENCE_SECONDS", 0.01)
    await outbox.commit(changed(ana, True))
    await outbox.settle(0.01)
    monkeypatch.setattr(events, "_later", {PrivacyChanged: [recorder]})
    assert await outbox.process_due(later(seconds=31)) == 1
    assert recorder.received == [True]


async def test_an_entry_that_fails_twenty_times_is_set_aside_and_blocks_nothing(
    ana: Viewer, recorder: Recorder, published: list[events.Event]
) -> None:
    recorder.failures = worker.MAX_TRIES
    await outbox.commit(changed(ana, True))
    while await outbox.process_due(later(days=1)):
        pass
    assert recorder.calls == worker.MAX_TRIES
    [entry] = await outbox.failed()
    assert (entry.kind, entry.subject, entry.set_aside) == ("PrivacyChanged", ana.id, True)
    await outbox.commit(changed(ana, False))
    assert recorder.received == [False]
    assert await outbox.retry() == 1
    published.clear()
    assert await outbox.process_due() == 1
    assert recorder.received == [False, True]
    assert published == [], "an outdated state is not published again"


async def test_an_entry_of_a_newer_version_is_left_for_it(ana: Viewer, recorder: Recorder) -> None:
    await outbox.commit_undelivered(changed(ana, True))
    await db.outbox.update_one({}, {"$set": {"event.kind": "StoryPublished"}})
    await outbox.process_due(later(minutes=1))
    assert (recorder.calls, await db.outbox.count_documents({})) == (0, 1)


async def test_callers_do_not_wait_long_for_follow_up_work_nor_see_it_fail(
    ana: Viewer, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = asyncio.Event()

    async def slow(event: PrivacyChanged) -> None:
        await release.wait()
        await recorder(event)

    monkeypatch.setattr(events, "_later", {PrivacyChanged: [slow]})
    monkeypatch.setattr(worker, "PATIENCE_SECONDS", 0.01)
    await preferences.set_private(ana, True)
    assert (await profiles.own_profile(ana)).private and recorder.received == []
    release.set()
    await outbox.settle()
    assert recorder.received == [True]

    async def unreachable(*_: object) -> list[bool | Exception]:
        raise AutoReconnect("the database has just gone")

    monkeypatch.setattr(leases, "has_earlier", Batcher(unreachable))
    await preferences.set_private(ana, False)
    assert await db.outbox.count_documents({}) == 1


async def test_the_removal_of_files_is_retried(ana: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    post_id = await share(ana)

    async def refuse(*_: object) -> None:
        raise GenericError("the store has a bad day")

    monkeypatch.setattr(storage.obstore, "delete_async", refuse)
    photo = (await post_cards.show(ana, post_id)).photo
    await posts.delete(ana, post_id)
    [waiting] = await outbox.failed()
    assert waiting.kind == "PhotosDiscarded"
    monkeypatch.undo()
    assert await outbox.process_due(later(minutes=1)) == 1
    assert await outbox.failed() == [] and await media.remove_files(photo.id) == 0
