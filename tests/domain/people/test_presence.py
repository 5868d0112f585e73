"""Who learns that a person connected or disconnected: friends who are online, where neither hides it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any

import pytest

from instagram_clone.domain.core import events
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import preferences, presence
from instagram_clone.domain.people.events import PresenceChanged
from instagram_clone.domain.people.relations import blocks, follows
from instagram_clone.domain.people.relations import friends as relations_friends
from tests.conftest import join
from tests.domain.conftest import Commands


@pytest.fixture
def online_ids(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The ids of those who have an open tab."""
    ids: set[str] = set()

    def among(people: Iterable[str]) -> set[str]:
        return ids.intersection(people)

    monkeypatch.setattr(presence, "_online_source", among)
    return ids


async def be_friends(one: Viewer, other: Viewer) -> None:
    await follows.follow(one, other.id)
    await follows.follow(other, one.id)


def received(published: list[events.Event]) -> list[tuple[str, bool, set[str]]]:
    found = [event for event in published if isinstance(event, PresenceChanged)]
    published.clear()
    return [(event.user_id, event.online, set(event.to)) for event in found]


@pytest.fixture
async def friends(
    ana: Viewer, ben: Viewer, cleo: Viewer, online_ids: set[str], published: list[events.Event]
) -> None:
    """Ana has connected while her friends Ben and Cleo were online, and they have been notified."""
    await be_friends(ana, ben)
    await be_friends(ana, cleo)
    online_ids |= {ben.id, cleo.id}
    published.clear()
    await presence.connected(ana.id)
    assert received(published) == [(ana.id, True, {ben.id, cleo.id})]


async def test_only_friends_online_learn_who_connects_and_disconnects(
    ana: Viewer, ben: Viewer, cleo: Viewer, online_ids: set[str], published: list[events.Event]
) -> None:
    dan, eve, away = [await join(name) for name in ("dan", "eve", "away")]
    for friend in (ben, cleo, away):
        await be_friends(ana, friend)
    await follows.follow(ana, dan.id)
    await follows.follow(eve, ana.id)
    online_ids |= {person.id for person in (ben, cleo, dan, eve)}
    published.clear()
    await presence.connected(ana.id)
    assert received(published) == [(ana.id, True, {ben.id, cleo.id})]
    await presence.disconnected(ana.id)
    [event] = [event for event in published if isinstance(event, PresenceChanged)]
    assert (event.online, set(event.to)) == (False, {ben.id, cleo.id})
    # Anyone who receives the event can already read the new state.
    assert (await presence.of(ben, [ana.oid]))[ana.oid].at[:19] == event.at[:19]
    assert await presence.of(dan, [ana.oid]) == await presence.of(eve, [ana.oid]) == {}


async def test_hiding_presence_works_both_ways_at_once(
    ana: Viewer, ben: Viewer, cleo: Viewer, friends: None, published: list[events.Event]
) -> None:
    await preferences.set_preference(cleo, "show_active", False)
    await presence.disconnected(ana.id)
    assert received(published) == [(ana.id, False, {ben.id})]
    await preferences.set_preference(ana, "show_active", False)
    for change in (presence.connected, presence.disconnected):
        await change(ana.id)
    assert received(published) == []
    for person in (ana, cleo):
        await preferences.set_preference(person, "show_active", True)
    await presence.connected(ana.id)
    assert received(published) == [(ana.id, True, {ben.id, cleo.id})]


async def test_a_block_or_an_unfollow_hides_presence_at_once(
    ana: Viewer, ben: Viewer, cleo: Viewer, friends: None, published: list[events.Event]
) -> None:
    await blocks.block(ben, ana.id)
    await follows.unfollow(ana, cleo.id)
    published.clear()
    for change in (presence.connected, presence.disconnected):
        await change(ana.id)
    assert received(published) == []


async def test_follows_and_unfollows_since_connecting_count_when_disconnecting(
    ana: Viewer,
    ben: Viewer,
    cleo: Viewer,
    friends: None,
    online_ids: set[str],
    published: list[events.Event],
) -> None:
    dan = await join("dan")
    online_ids.add(dan.id)
    await be_friends(dan, ana)
    await follows.unfollow(ana, cleo.id)
    published.clear()
    await presence.disconnected(ana.id)
    assert received(published) == [(ana.id, False, {ben.id, dan.id})]


@pytest.mark.parametrize("is_cached", [True, False])
async def test_an_unfollow_while_friends_are_being_found_counts(
    ana: Viewer,
    ben: Viewer,
    cleo: Viewer,
    friends: None,
    published: list[events.Event],
    monkeypatch: pytest.MonkeyPatch,
    is_cached: bool,
) -> None:
    following_back = relations_friends._following_back
    to_unfollow = [ben.id]

    async def unfollow_first(*asked: Any) -> Any:
        while to_unfollow:
            await follows.unfollow(ana, to_unfollow.pop())
        return await following_back(*asked)

    if not is_cached:
        relations_friends._followees.forget_all()
    monkeypatch.setattr(relations_friends, "_following_back", unfollow_first)
    await presence.connected(ana.id)
    assert [event for event in received(published) if event[1]] == [(ana.id, True, {cleo.id})]


async def test_followees_are_read_once_and_who_follows_back_each_time(
    ana: Viewer, ben: Viewer, online_ids: set[str], published: list[events.Event], commands: Commands
) -> None:
    await follows.follow(ana, ben.id)

    async def commands_of(call: Awaitable[None]) -> list[str]:
        commands.sent.clear()
        await call
        return sorted(name for name, _ in commands.sent)

    assert await commands_of(presence.connected(ana.id)) == ["aggregate", "aggregate"]
    assert await commands_of(presence.disconnected(ana.id)) == ["aggregate", "update"]
    await follows.follow(ben, ana.id)
    online_ids.add(ben.id)
    published.clear()
    await presence.connected(ana.id)
    assert received(published) == [(ana.id, True, {ben.id})]
    assert await commands_of(presence.disconnected(ana.id)) == ["aggregate", "update"]
    assert received(published) == [(ana.id, False, {ben.id})]


async def test_simultaneous_connections_share_queries_and_each_reaches_its_own_friends(
    ana: Viewer,
    ben: Viewer,
    cleo: Viewer,
    online_ids: set[str],
    published: list[events.Event],
    commands: Commands,
) -> None:
    dan = await join("dan")
    await be_friends(ana, ben)
    await be_friends(cleo, ben)
    await be_friends(cleo, dan)
    await preferences.set_preference(dan, "show_active", False)
    online_ids |= {ben.id, dan.id}
    published.clear()
    commands.sent.clear()
    await asyncio.gather(*(presence.connected(person.id) for person in (ana, cleo, dan)))
    expected = [(ana.id, True, {ben.id}), (cleo.id, True, {ben.id})]
    assert sorted(received(published)) == sorted(expected)
    assert [name for name, _ in commands.sent] == ["aggregate", "aggregate"]
    commands.sent.clear()
    await asyncio.gather(*(presence.disconnected(person.id) for person in (ana, cleo, dan)))
    expected = [(ana.id, False, {ben.id}), (cleo.id, False, {ben.id})]
    assert sorted(received(published)) == sorted(expected)
    assert sorted(name for name, _ in commands.sent) == ["aggregate", "update"]
