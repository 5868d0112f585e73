"""A post by someone with very many followers costs only as much as this process's own tabs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from bson import ObjectId

from instagram_clone import live
from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.relations import follows, graph
from instagram_clone.domain.posts import recency
from instagram_clone.domain.posts.events import PostPublished
from instagram_clone.live import editing, topics
from instagram_clone.live.bus import handlers
from instagram_clone.web.states.posts import home_updates
from tests.conftest import join, share
from tests.domain.conftest import Commands
from tests.live.conftest import FakeSockets


@pytest.fixture
async def edited(sockets: FakeSockets, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[str]]:
    """The tabs that were edited because of a new post."""
    done: list[str] = []

    async def change(token: str, changes: list[editing.Change]) -> None:
        done.extend(token for _, _, event in changes if isinstance(event, PostPublished))

    monkeypatch.setattr(editing, "_apply_all", change)
    yield done
    await live.settled()


def asks_who_follows(command: Any) -> list[Any]:
    """Return the people that a command checks for following someone."""
    name, asked = command
    is_it = name == "find" and asked["find"] == "follows" and "followee" in asked["filter"]
    return asked["filter"]["follower"]["$in"] if is_it and "follower" in asked["filter"] else []


async def test_only_people_with_home_open_here_are_queried(
    edited: list[str],
    mongo_uri: str,
    ana: Viewer,
    ben: Viewer,
    cleo: Viewer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dan = await join("dan")
    for fan in (ben, cleo, dan):
        await follows.follow(fan, ana.id)
    live.online.update_roster("another process", {"online": [dan.id]}, 60)
    eve = await join("eve")
    for token, viewer in (("t1", ben), ("t2", cleo), ("t3", eve)):
        live.identify(token, viewer.id, "")
    for token, viewer in (("t1", ben), ("t3", eve)):
        live.watch(token, "timeline", [topics.home(viewer.id)])
    monkeypatch.setattr(home_updates, "BATCH_SIZE", 1)
    commands = Commands()
    await db.close()
    await db.connect(mongo_uri, "tests", event_listeners=[commands])
    await share(ana)
    await live.settled()
    batches = [batch for command in commands.sent if (batch := asks_who_follows(command))]
    assert sorted(batches) == sorted([[ben.oid], [eve.oid]]), (
        "cleo is on another page, dan in another process"
    )
    assert edited == ["t1"]


async def test_a_person_who_unfollows_during_the_query_is_shown_nothing(
    edited: list[str], ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for token, viewer in (("t1", ben), ("t2", cleo)):
        await follows.follow(viewer, ana.id)
        live.identify(token, viewer.id, "")
        live.watch(token, "timeline", [topics.home(viewer.id)])
    answered, among = asyncio.Event(), graph.followers_among

    async def late(*asked: Any) -> set[str]:
        found = await among(*asked)
        await answered.wait()
        return found

    monkeypatch.setattr(graph, "followers_among", late)
    await share(ana)
    await follows.unfollow(ben, ana.id)
    assert edited == []
    answered.set()
    await live.settled()
    assert edited == ["t2"] and not home_updates._queries


async def test_home_of_a_person_following_very_many_includes_posts_from_another_process(
    sockets: FakeSockets, ana: Viewer, ben: Viewer
) -> None:
    await follows.follow(ben, ana.id)
    authors = await recency.read(ben.oid)
    assert authors.latest(1) == ([], recency.NEVER)
    await handlers.deliver(PostPublished(str(ObjectId()), ana.id, "ana", ""))
    assert authors.latest(1) == ([ana.oid], recency.NEVER)
