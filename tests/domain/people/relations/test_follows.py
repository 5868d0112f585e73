"""Following: once each, never yourself, counted exactly."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from bson import ObjectId

from instagram_clone.domain.core import db, events, outbox
from instagram_clone.domain.core.errors import Invalid, NotFound, Refused
from instagram_clone.domain.core.outbox import Transaction, worker
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import suggestions
from instagram_clone.domain.notifications import activity
from instagram_clone.domain.people import counts, directory, preferences, profiles
from instagram_clone.domain.people.events import Followed, ProfileCounted
from instagram_clone.domain.people.relations import approvals, blocks, follow_requests, follows, graph
from instagram_clone.domain.posts import feed
from tests.conftest import join, share
from tests.domain.conftest import Commands


async def numbers_of(username: str) -> tuple[int, int]:
    profile = await profiles.profile(username)
    return profile.followers, profile.following


async def test_following_and_unfollowing_count_once(
    ana: Viewer, ben: Viewer, published: list[events.Event]
) -> None:
    for _ in range(2):
        await follows.follow(ana, ben.id)
    assert (await numbers_of("ana"), await numbers_of("ben")) == ((0, 1), (1, 0))
    assert await graph.is_following(ana, ben.id) and not await graph.is_following(ben, ana.id)
    assert sum(isinstance(event, Followed) for event in published) == 1
    for _ in range(2):
        await follows.unfollow(ana, ben.id)
    assert (await numbers_of("ana"), await numbers_of("ben")) == ((0, 0), (0, 0))


async def test_nobody_follows_themselves_or_a_missing_person(ana: Viewer) -> None:
    with pytest.raises(Invalid):
        await follows.follow(ana, ana.id)
    with pytest.raises(NotFound):
        await follows.follow(ana, "0" * 24)
    assert await numbers_of("ana") == (0, 0)


async def test_many_followers_at_once_are_counted_exactly(ana: Viewer) -> None:
    people = [await join(f"person{number}") for number in range(10)]
    await asyncio.gather(*(follows.follow(person, ana.id) for person in people for _ in range(3)))
    assert await numbers_of("ana") == (10, 0)
    await counts.recount(ana.oid)
    assert await numbers_of("ana") == (10, 0)


async def test_each_of_many_simultaneous_followers_gets_their_own_result(
    ana: Viewer, ben: Viewer, cleo: Viewer, published: list[events.Event]
) -> None:
    dan, eve, finn = [await join(name) for name in ("dan", "eve", "finn")]
    await follows.follow(ben, ana.id)
    await blocks.block(cleo, ana.id)
    await blocks.block(ana, dan.id)
    published.clear()
    crowd = (ben, cleo, dan, eve, finn, eve)
    results = await asyncio.gather(
        *(follows.follow(person, ana.id) for person in crowd), return_exceptions=True
    )
    assert [type(result) for result in results] == [bool, Refused, NotFound, bool, bool, bool]
    relevant = [event for event in published if isinstance(event, Followed | ProfileCounted)]
    followers = [event.by for event in relevant if isinstance(event, Followed)]
    assert sorted(followers) == sorted([eve.id, finn.id]), (
        "those who already follow, or may not, change nothing"
    )
    counted = [(e.user_id, e.followers, e.following) for e in relevant if isinstance(e, ProfileCounted)]
    assert sorted(counted) == sorted([(ana.id, 3, 0), (eve.id, 0, 1), (finn.id, 0, 1)])
    assert [await counts.recount(person.oid) for person in (ana, *crowd)] == [{}] * 7


async def test_many_simultaneous_follows_take_as_many_commands_as_few(
    ana: Viewer, mongo_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = [await join(f"person{number}") for number in range(14)]
    commands = Commands()
    await db.close()
    await db.connect(mongo_uri, "tests", event_listeners=[commands])
    cost = []
    for fans in (crowd[:2], crowd[2:]):
        commands.sent.clear()
        await follows._follow_all(ana.oid, [fan.oid for fan in fans])
        cost.append([name for name, _ in commands.sent])
    assert cost[0] == cost[1]


async def test_nobody_follows_more_people_than_home_can_show(
    ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follows, "MAX_FOLLOWING", 1)
    dan = await join("dan")
    await preferences.set_private(dan, True)
    await follows.follow(ana, dan.id)
    for _ in range(2):
        await follows.follow(ana, ben.id)
    with pytest.raises(Refused, match="Unfollow someone first"):
        await follows.follow(ana, cleo.id)
    with pytest.raises(Refused):
        await approvals.confirm(dan, ana.id)
    assert await numbers_of("ana") == (0, 1) and await numbers_of("cleo") == await numbers_of("dan") == (
        0,
        0,
    )
    await follows.unfollow(ana, ben.id)
    await approvals.confirm(dan, ana.id)
    assert await numbers_of("ana") == (0, 1)


async def test_requests_of_people_at_their_follow_limit_are_dropped_when_an_account_goes_public(
    ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follows, "MAX_FOLLOWING", 1)
    await preferences.set_private(cleo, True)
    for requester in (ana, ben):
        await follows.follow(requester, cleo.id)
    await follows.follow(ana, ben.id)
    await preferences.set_private(cleo, False)
    assert await follow_requests.requested_among(ana.oid, [cleo.oid]) == set()
    assert await numbers_of("cleo") == (1, 0) and await graph.is_following(ben, cleo.id)


async def test_going_public_does_not_wait_until_every_request_is_approved(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approvals, "_BATCH_SIZE", 2)
    crowd = [await join(f"person{number}") for number in range(7)]
    await preferences.set_private(ana, True)
    for person in crowd:
        await follows.follow(person, ana.id)
    add, gate, batches = follows.add, asyncio.Event(), []

    async def add_slowly(transaction: Transaction, users: list[ObjectId], *more: Any, **named: Any) -> None:
        await gate.wait()
        batches.append(len(users))
        await add(transaction, users, *more, **named)

    monkeypatch.setattr(follows, "add", add_slowly)
    monkeypatch.setattr(worker, "PATIENCE_SECONDS", 0.01)
    await preferences.set_private(ana, False)
    assert not (await profiles.own_profile(ana)).private and await numbers_of("ana") == (0, 0)
    gate.set()
    await outbox.settle()
    assert batches == [2, 2, 2, 1] and await numbers_of("ana") == (7, 0)
    assert [await activity.unread(person) for person in (ana, *crowd)] == [7] + [1] * 7


async def test_only_one_of_two_simultaneous_follows_gets_the_last_place(
    ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follows, "MAX_FOLLOWING", 1)
    both = (follows.follow(ana, one.id) for one in (ben, cleo))
    results = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(one).__name__ for one in results) == ["Refused", "bool"]
    assert await numbers_of("ana") == (0, 1)


async def test_lists_show_newest_first_and_mark_people_the_viewer_follows(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    await follows.follow(ben, ana.id)
    await follows.follow(cleo, ana.id)
    await follows.follow(ana, cleo.id)
    rows, _ = await directory.followers_page(ana, ana.id)
    assert [(row.username, row.followed) for row in rows] == [("cleo", True), ("ben", False)]
    rows, _ = await directory.following_page(ben, ana.id)
    assert [(row.username, row.followed, row.me) for row in rows] == [("cleo", False, False)]
    assert await graph.followers_among(ana.id, [ben.id, ana.id, cleo.id]) == {ben.id, cleo.id}


async def test_suggestions_are_people_not_followed_yet(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    await follows.follow(ben, cleo.id)
    assert [row.username for row in await suggestions.people(ana)] == ["cleo", "ben"]
    await follows.follow(ana, cleo.id)
    assert [row.username for row in await suggestions.people(ana)] == ["ben"]


async def test_suggestions_show_who_follows_them_and_only_visible_photos(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    dan, eve = await join("dan"), await join("eve")
    await profiles.edit_profile(dan, "Dan", "dan", "Lamps, mostly", "")
    for caption in ("one", "two", "three", "four"):
        await share(dan, caption)
    await share(eve, "Secret")
    await preferences.set_private(eve, True)
    for fan in (ben, cleo):
        await follows.follow(fan, dan.id)
    [of_dan] = [row for row in await suggestions.people(ana) if row.username == "dan"]
    assert (of_dan.note, of_dan.bio, len(of_dan.photos)) == ("2 followers", "Lamps, mostly", 3)
    newest = (await feed.by_person(ana, dan.id)).posts[:3]
    assert [photo.split("/")[2] for photo in of_dan.photos] == [card.photo.id for card in newest]
    await follows.follow(ana, ben.id)
    [of_dan] = [row for row in await suggestions.people(ana) if row.username == "dan"]
    assert of_dan.note == "Followed by ben"
    await follows.follow(ana, cleo.id)
    by_name = {row.username: row for row in await suggestions.people(ana)}
    assert by_name["dan"].note == "Followed by ben and 1 more"
    assert by_name["eve"].photos == [] and by_name["eve"].private
    await blocks.block(cleo, ana.id)
    [of_dan] = [row for row in await suggestions.people(ana) if row.username == "dan"]
    assert of_dan.note == "Followed by ben"
