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

pytestmark = pytest.mark.anyio


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The ids of those who have an open tab."""
    ids: set[str] = set()

    def among(people: Iterable[str]) -> set[str]:
        return ids.intersection(people)

    monkeypatch.setattr(presence, "_ask_online", among)
    return ids


async def be_friends(one: Viewer, other: Viewer) -> None:
    await follows.follow(one, other.id)
    await follows.follow(other, one.id)


def told(published: list[events.Event]) -> list[tuple[str, bool, set[str]]]:
    found = [event for event in published if isinstance(event, PresenceChanged)]
    published.clear()
    return [(event.user_id, event.online, set(event.to)) for event in found]


@pytest.fixture
async def friends(
    ana: Viewer, ben: Viewer, cleo: Viewer, here: set[str], published: list[events.Event]
) -> None:
    """Ana has connected while her friends Ben and Cleo were online, and they have been notified."""
    await be_friends(ana, ben)
    await be_friends(ana, cleo)
    here |= {ben.id, cleo.id}
    published.clear()
    await presence.connected(ana.id)
    assert told(published) == [(ana.id, True, {ben.id, cleo.id})]


async def test_friends_who_are_here_are_told_who_comes_and_goes_and_nobody_else(
    ana: Viewer, ben: Viewer, cleo: Viewer, here: set[str], published: list[events.Event]
) -> None:
    dan, eve, away = [await join(name) for name in ("dan", "eve", "away")]
    for friend in (ben, cleo, away):
        await be_friends(ana, friend)
    await follows.follow(ana, dan.id)
    await follows.follow(eve, ana.id)
    here |= {one.id for one in (ben, cleo, dan, eve)}
    published.clear()
    await presence.connected(ana.id)
    assert told(published) == [(ana.id, True, {ben.id, cleo.id})]
    await presence.disconnected(ana.id)
    [went] = [event for event in published if isinstance(event, PresenceChanged)]
    assert (went.online, set(went.to)) == (False, {ben.id, cleo.id})
    # Anyone who receives the event can already read the new state.
    assert (await presence.of(ben, [ana.oid]))[ana.oid].at[:19] == went.at[:19]
    assert await presence.of(dan, [ana.oid]) == await presence.of(eve, [ana.oid]) == {}


async def test_who_hides_is_shown_to_nobody_and_shown_nobody_from_the_same_instant(
    ana: Viewer, ben: Viewer, cleo: Viewer, friends: None, published: list[events.Event]
) -> None:
    await preferences.set_preference(cleo, "show_active", False)
    await presence.disconnected(ana.id)
    assert told(published) == [(ana.id, False, {ben.id})]
    await preferences.set_preference(ana, "show_active", False)
    for happens in (presence.connected, presence.disconnected):
        await happens(ana.id)
    assert told(published) == []
    for one in (ana, cleo):
        await preferences.set_preference(one, "show_active", True)
    await presence.connected(ana.id)
    assert told(published) == [(ana.id, True, {ben.id, cleo.id})]


async def test_who_is_blocked_or_followed_no_longer_is_told_nothing_from_the_same_instant(
    ana: Viewer, ben: Viewer, cleo: Viewer, friends: None, published: list[events.Event]
) -> None:
    await blocks.block(ben, ana.id)
    await follows.unfollow(ana, cleo.id)
    published.clear()
    for happens in (presence.connected, presence.disconnected):
        await happens(ana.id)
    assert told(published) == []


async def test_who_is_followed_or_followed_no_longer_since_one_came_is_known_as_one_goes(
    ana: Viewer, ben: Viewer, cleo: Viewer, friends: None, here: set[str], published: list[events.Event]
) -> None:
    dan = await join("dan")
    here.add(dan.id)
    await be_friends(dan, ana)
    await follows.unfollow(ana, cleo.id)
    published.clear()
    await presence.disconnected(ana.id)
    assert told(published) == [(ana.id, False, {ben.id, dan.id})]


@pytest.mark.parametrize("remembered", [True, False])
async def test_who_is_unfollowed_while_friends_are_being_found_is_told_nothing(
    ana: Viewer,
    ben: Viewer,
    cleo: Viewer,
    friends: None,
    published: list[events.Event],
    monkeypatch: pytest.MonkeyPatch,
    remembered: bool,
) -> None:
    following_back = relations_friends._following_back
    unfollowing = [ben.id]

    async def unfollowed_first(*asked: Any) -> Any:
        while unfollowing:
            await follows.unfollow(ana, unfollowing.pop())
        return await following_back(*asked)

    if not remembered:
        relations_friends._followees.forget_all()
    monkeypatch.setattr(relations_friends, "_following_back", unfollowed_first)
    await presence.connected(ana.id)
    assert [one for one in told(published) if one[1]] == [(ana.id, True, {cleo.id})]


async def test_whom_one_follows_is_read_once_and_who_follows_back_each_time(
    ana: Viewer, ben: Viewer, here: set[str], published: list[events.Event], commands: Commands
) -> None:
    await follows.follow(ana, ben.id)

    async def asked(happens: Awaitable[None]) -> list[str]:
        commands.sent.clear()
        await happens
        return sorted(name for name, _ in commands.sent)

    assert await asked(presence.connected(ana.id)) == ["aggregate", "aggregate"]
    assert await asked(presence.disconnected(ana.id)) == ["aggregate", "update"]
    await follows.follow(ben, ana.id)
    here.add(ben.id)
    published.clear()
    await presence.connected(ana.id)
    assert told(published) == [(ana.id, True, {ben.id})]
    assert await asked(presence.disconnected(ana.id)) == ["aggregate", "update"]
    assert told(published) == [(ana.id, False, {ben.id})]


async def test_those_who_come_and_go_at_once_are_asked_for_together_and_each_told_of_their_own(
    ana: Viewer,
    ben: Viewer,
    cleo: Viewer,
    here: set[str],
    published: list[events.Event],
    commands: Commands,
) -> None:
    dan = await join("dan")
    await be_friends(ana, ben)
    await be_friends(cleo, ben)
    await be_friends(cleo, dan)
    await preferences.set_preference(dan, "show_active", False)
    here |= {ben.id, dan.id}
    published.clear()
    commands.sent.clear()
    await asyncio.gather(*(presence.connected(one.id) for one in (ana, cleo, dan)))
    expected = [(ana.id, True, {ben.id}), (cleo.id, True, {ben.id})]
    assert sorted(told(published)) == sorted(expected)
    assert [name for name, _ in commands.sent] == ["aggregate", "aggregate"]
    commands.sent.clear()
    await asyncio.gather(*(presence.disconnected(one.id) for one in (ana, cleo, dan)))
    expected = [(ana.id, False, {ben.id}), (cleo.id, False, {ben.id})]
    assert sorted(told(published)) == sorted(expected)
    assert sorted(name for name, _ in commands.sent) == ["aggregate", "update"]
