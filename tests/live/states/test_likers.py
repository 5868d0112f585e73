"""The people named beside a post's likes are queried from the database, without delaying later events."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from bson import ObjectId

import instagram_clone.instagram_clone  # noqa: F401  (registers all listeners, in order)
from instagram_clone import live
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.relations import blocks
from instagram_clone.domain.posts import likes
from instagram_clone.domain.posts.events import PostLiked
from instagram_clone.live import fact_keys, topics
from instagram_clone.live.bus import exchange
from instagram_clone.web.states.posts import likers
from tests.conftest import share
from tests.live.conftest import FakeSockets
from tests.live.test_bus import until


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """An event that, once set, lets the database query for the people to be named complete."""
    released, people = asyncio.Event(), likers.accounts.people

    async def slowly(users: Any) -> Any:
        found = await people(users)
        await released.wait()
        return found

    monkeypatch.setattr(likers, "accounts", SimpleNamespace(people=slowly))
    return released


async def watched(ana: Viewer, ben: Viewer) -> str:
    """Return a post of Ana's that Ben's tab shows."""
    post_id = await share(ana)
    live.identify("t3", ben.id, ben.session_id)
    await live.watch("t3", "timeline", [topics.post(post_id)])
    return post_id


def sent_to_ben(sockets: FakeSockets, key: fact_keys.FactKey) -> list[Any]:
    return [facts[key] for sid, facts in sockets.sent if sid == "s3" and key in facts]


async def test_events_from_other_processes_do_not_wait_for_likers_names(
    sockets: FakeSockets, answers: asyncio.Event, ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post_id = await watched(ana, ben)
    received: exchange.Received = asyncio.Queue()
    for likes_, by in enumerate((cleo.id, ana.id), start=1):
        everybody = (cleo.id, ana.id)[:likes_]
        received.put_nowait(PostLiked(post_id, ana.id, by, True, likes_, 0, likes_, everybody))
    delivering = asyncio.create_task(exchange._deliver(received))
    await until(lambda: 2 in [one["likes"] for one in sent_to_ben(sockets, fact_keys.post_key(post_id))])
    assert sent_to_ben(sockets, fact_keys.likers_key(post_id)) == []
    answers.set()
    await live.settled()
    names = sent_to_ben(sockets, fact_keys.likers_key(post_id))[-1]["likers"]
    assert [one["username"] for one in names] == ["cleo", "ana"]
    delivering.cancel()


async def test_cached_names_are_sent_along_with_the_count(
    sockets: FakeSockets, monkeypatch: pytest.MonkeyPatch, ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    monkeypatch.setattr(accounts._summaries, "seconds", 3600.0)
    post_id = await watched(ana, ben)
    await likers.accounts.people([ObjectId(cleo.id)])
    await likers.withdrawals.blocked_readers([ObjectId(cleo.id)], set())
    await likes.like(cleo, post_id)
    await live.settled()
    [frame] = [facts for sid, facts in sockets.sent if sid == "s3"]
    assert {fact_keys.post_key(post_id), fact_keys.likers_key(post_id)} == set(frame)


async def test_a_liker_who_blocks_the_viewer_in_the_meantime_is_not_named(
    sockets: FakeSockets, monkeypatch: pytest.MonkeyPatch, ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post_id = await watched(ana, ben)
    ask, asked = likers.withdrawals.visibility.all_blocked_either_way, []

    async def block_first(*given: Any) -> Any:
        found = await ask(*given)
        if not asked:
            asked.append(given)
            await blocks.block(cleo, ben.id)
        return found

    monkeypatch.setattr(likers.withdrawals.visibility, "all_blocked_either_way", block_first)
    await likes.like(cleo, post_id)
    await live.settled()
    assert asked and sent_to_ben(sockets, fact_keys.likers_key(post_id))[-1]["likers"] == []
