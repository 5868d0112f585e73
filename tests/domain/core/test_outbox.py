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

pytestmark = pytest.mark.anyio


class Follower:
    """A subscriber that records the events it is called with, and fails as often as it is told to."""

    def __init__(self) -> None:
        self.done: list[bool] = []
        self.failures = 0
        self.calls = 0

    async def __call__(self, event: PrivacyChanged) -> None:
        self.calls += 1
        if self.failures:
            self.failures -= 1
            raise RuntimeError("out of paper")
        self.done.append(event.private)


@pytest.fixture
def follower(monkeypatch: pytest.MonkeyPatch) -> Iterator[Follower]:
    """The only later subscriber. Every look at the clock advances it by a millisecond."""
    began, looks = leases.now(), itertools.count()
    monkeypatch.setattr(leases, "now", lambda: began + timedelta(milliseconds=next(looks)))
    one = Follower()
    monkeypatch.setattr(events, "_later", {PrivacyChanged: [one]})
    yield one


def later(**wait: float) -> datetime:
    return datetime.now(UTC) + timedelta(**wait)


def changed(viewer: Viewer, private: bool):
    async def work(transaction: Transaction) -> None:
        transaction.announce(PrivacyChanged(viewer.id, private))

    return work


def told(published: list[events.Event]) -> list[bool]:
    """Return the privacy settings that open pages received, in order."""
    return [event.private for event in published if isinstance(event, PrivacyChanged)]


async def test_what_follows_is_done_when_the_verb_returns_and_nothing_is_left(
    ana: Viewer, follower: Follower
) -> None:
    await preferences.set_private(ana, True)
    assert follower.done == [True]
    assert await db.outbox.count_documents({}) == 0


async def test_a_change_that_fails_leaves_nothing_to_follow(ana: Viewer, follower: Follower) -> None:
    async def work(transaction: Transaction) -> None:
        await db.users.update_one({}, {"$set": {"bio": "?"}}, session=transaction.session)
        transaction.announce(PrivacyChanged(ana.id, True))
        raise OperationFailure("no")

    with pytest.raises(OperationFailure):
        await outbox.commit(work)
    assert (follower.done, await db.outbox.count_documents({})) == ([], 0)
    assert (await profiles.own_profile(ana)).bio == ""


async def test_another_process_takes_over_when_the_lease_has_run_out(
    ana: Viewer, follower: Follower, published: list[events.Event]
) -> None:
    await outbox.written(changed(ana, True))
    assert await outbox.work_due() == 0 and follower.done == []
    assert await outbox.work_due(later(seconds=31)) == 1
    assert follower.done == [True]
    assert told(published) == [True], "the screens had not been told"
    assert await db.outbox.count_documents({}) == 0


async def test_a_lease_holds_whatever_time_another_process_believes_it_is(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Follower()
    monkeypatch.setattr(events, "_later", {PrivacyChanged: [one]})
    for hours in (1, -1):
        await outbox.written(changed(ana, True))
        with monkeypatch.context() as elsewhere:
            believe(elsewhere, timedelta(hours=hours))
            assert await outbox.work_due() == 0, "of one whose clock is right"
            await outbox.written(changed(ana, False))
        assert await outbox.work_due() == 0, "of one whose clock is wrong"
    assert one.calls == 0
    await db.outbox.update_many({}, {"$set": {"lease": later(seconds=-1)}})
    with monkeypatch.context() as elsewhere:
        believe(elsewhere, timedelta(hours=-1))
        assert await outbox.work_due() == 1, "what has run out has"
    assert one.calls == 4


async def test_what_an_operator_has_tried_again_is_due_whatever_time_they_believe_it_is(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Follower()
    monkeypatch.setattr(events, "_later", {PrivacyChanged: [one]})
    await outbox.written(changed(ana, True))
    await db.outbox.update_one({}, {"$set": {"aside": True}})
    with monkeypatch.context() as elsewhere:
        believe(elsewhere, timedelta(hours=1))
        assert await outbox.retry() == 1
    while not await outbox.work_due():
        assert (await outbox.failed())[0].due < later(minutes=1).isoformat()
    assert one.done == [True]


def believe(elsewhere: pytest.MonkeyPatch, ahead: timedelta) -> None:
    """Act as a process with a wrong clock that has not yet asked for the database's."""
    clock = SimpleNamespace(now=lambda zone: datetime.now(zone) + ahead)
    elsewhere.setattr(leases, "datetime", clock)
    elsewhere.setattr(leases, "_ahead", timedelta(), raising=False)


async def test_what_waits_for_another_process_is_not_waited_for_in_this_one(
    ana: Viewer, follower: Follower
) -> None:
    await outbox.written(changed(ana, True))
    await outbox.commit(changed(ana, False))
    assert follower.done == [] and leases.waiting == set()
    while await outbox.work_due(later(seconds=31)):
        pass
    assert follower.done == [True, False]


async def test_entries_are_in_the_order_of_the_databases_clock(ana: Viewer, follower: Follower) -> None:
    async def twice(transaction: Transaction) -> None:
        for private in (True, False):
            transaction.announce(PrivacyChanged(ana.id, private))

    await outbox.written(changed(ana, True))
    await outbox.written(twice)
    rows = await db.outbox.find().sort([("at", 1), ("part", 1)]).to_list()
    assert [row["event"]["private"] for row in rows] == [True, True, False]
    assert rows[0]["at"] < rows[1]["at"] <= rows[2]["at"] and rows[0]["at"].time > 0
    assert follower.done == []


async def test_what_fails_is_tried_again_after_growing_pauses(ana: Viewer, follower: Follower) -> None:
    follower.failures = 3
    await outbox.commit(changed(ana, True))
    pauses = []
    for _ in range(3):
        [entry] = await outbox.failed()
        assert entry.error == "RuntimeError: out of paper" and not entry.set_aside
        pauses.append(datetime.fromisoformat(entry.due) - leases.now())
        assert await outbox.work_due() == 0, "not before its time"
        assert await outbox.work_due(later(hours=1)) == 1
    assert follower.done == [True]
    assert [round(pause.total_seconds()) for pause in pauses] == [1, 2, 4]
    assert await outbox.failed() == []


async def test_nothing_overtakes_what_comes_before_it_for_the_same_subject(
    ana: Viewer, ben: Viewer, follower: Follower
) -> None:
    follower.failures = 1
    await outbox.commit(changed(ana, True))
    await outbox.commit(changed(ana, False))
    assert follower.calls == 1, "the second waits for the first"
    await outbox.commit(changed(ben, True))
    assert follower.done == [True], "others do not"
    while await outbox.work_due(later(hours=1)):
        pass
    assert follower.done == [True, True, False]


async def test_what_had_to_wait_for_the_one_before_it_is_done_right_after_it(
    ana: Viewer, follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, begun = asyncio.Event(), asyncio.Event()

    async def slow(event: PrivacyChanged) -> None:
        begun.set()
        await gate.wait()
        await follower(event)

    monkeypatch.setattr(events, "_later", {PrivacyChanged: [slow]})
    first = asyncio.create_task(outbox.commit(changed(ana, True)))
    await begun.wait()
    await outbox.commit(changed(ana, False))
    assert follower.done == []
    gate.set()
    await first
    assert follower.done == [True, False]
    assert await db.outbox.count_documents({}) == 0


async def test_those_that_wait_for_one_that_fails_hide_nobody_elses(
    ana: Viewer, ben: Viewer, follower: Follower
) -> None:
    follower.failures = 1
    await outbox.commit(changed(ana, True))
    for _ in range(leases.BATCH + 10):
        await outbox.written(changed(ana, False))
    await db.outbox.update_one({"tries": 1}, {"$set": {"lease": later(days=1)}})
    await outbox.written(changed(ben, True))
    assert await outbox.work_due(later(minutes=1)) == 1
    assert follower.done == [True], "ben's"


async def test_of_changes_that_are_told_again_the_last_is_told_last(
    ana: Viewer, follower: Follower, published: list[events.Event]
) -> None:
    await outbox.written(changed(ana, True))
    # The process that wrote that died; this change is published at once, and its follow-up work waits.
    await outbox.commit(changed(ana, False))
    assert told(published) == [False]
    await outbox.work_due(later(seconds=31))
    assert follower.done == [True, False]
    assert told(published) == [False, True, False]


async def test_an_entry_that_cannot_be_read_ends_nothing(
    ana: Viewer, ben: Viewer, follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    await outbox.written(changed(ana, True))
    await db.outbox.update_one({}, {"$unset": {"event.kind": ""}, "$set": {"lease": later(hours=-1)}})
    monkeypatch.setattr(worker, "POLL_SECONDS", 0)
    heard = asyncio.Event()

    async def hear(_: PrivacyChanged) -> None:
        heard.set()

    monkeypatch.setattr(events, "_later", {PrivacyChanged: [hear]})
    working = asyncio.create_task(outbox.keep_working())
    hearing = asyncio.create_task(heard.wait())
    await asyncio.sleep(0)
    await outbox.written(changed(ben, True))
    await db.outbox.update_one({"subject": ben.id}, {"$set": {"lease": later(hours=-1)}})
    await asyncio.wait({working, hearing}, return_when=asyncio.FIRST_COMPLETED)
    assert heard.is_set() and not working.done()
    working.cancel()


async def test_a_process_that_is_told_to_end_leaves_what_takes_long_to_another(
    ana: Viewer, follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(_: PrivacyChanged) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(events, "_later", {PrivacyChanged: [slow]})
    monkeypatch.setattr(worker, "PATIENCE_SECONDS", 0.01)
    await outbox.commit(changed(ana, True))
    await outbox.settle(0.01)
    monkeypatch.setattr(events, "_later", {PrivacyChanged: [follower]})
    assert await outbox.work_due(later(seconds=31)) == 1
    assert follower.done == [True]


async def test_what_fails_twenty_times_is_set_aside_shown_and_in_nobodys_way(
    ana: Viewer, follower: Follower, published: list[events.Event]
) -> None:
    follower.failures = worker.MAX_TRIES
    await outbox.commit(changed(ana, True))
    while await outbox.work_due(later(days=1)):
        pass
    assert follower.calls == worker.MAX_TRIES
    [entry] = await outbox.failed()
    assert (entry.kind, entry.subject, entry.set_aside) == ("PrivacyChanged", ana.id, True)
    await outbox.commit(changed(ana, False))
    assert follower.done == [False]
    assert await outbox.retry() == 1
    published.clear()
    assert await outbox.work_due() == 1
    assert follower.done == [False, True]
    assert published == [], "no screen is told again of what was true long ago"


async def test_what_a_newer_version_wrote_is_left_for_it(ana: Viewer, follower: Follower) -> None:
    await outbox.written(changed(ana, True))
    await db.outbox.update_one({}, {"$set": {"event.kind": "StoryPublished"}})
    await outbox.work_due(later(minutes=1))
    assert (follower.calls, await db.outbox.count_documents({})) == (0, 1)


async def test_nobody_waits_long_for_what_follows_and_what_fails_is_not_theirs(
    ana: Viewer, follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = asyncio.Event()

    async def slow(event: PrivacyChanged) -> None:
        await gate.wait()
        await follower(event)

    monkeypatch.setattr(events, "_later", {PrivacyChanged: [slow]})
    monkeypatch.setattr(worker, "PATIENCE_SECONDS", 0.01)
    await preferences.set_private(ana, True)
    assert (await profiles.own_profile(ana)).private and follower.done == []
    gate.set()
    await outbox.settle()
    assert follower.done == [True]

    async def away(*_: object) -> list[bool | Exception]:
        raise AutoReconnect("the database has just gone")

    monkeypatch.setattr(leases, "earlier", Batcher(away))
    await preferences.set_private(ana, False)
    assert await db.outbox.count_documents({}) == 1


async def test_files_that_cannot_be_removed_are_tried_again(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_id = await share(ana)

    async def refuse(*_: object) -> None:
        raise GenericError("the store has a bad day")

    monkeypatch.setattr(storage.obstore, "delete_async", refuse)
    photo = (await post_cards.show(ana, post_id)).photo
    await posts.delete(ana, post_id)
    [waiting] = await outbox.failed()
    assert waiting.kind == "PhotosDiscarded"
    monkeypatch.undo()
    assert await outbox.work_due(later(minutes=1)) == 1
    assert await outbox.failed() == [] and await media.remove_files(photo.id) == 0
