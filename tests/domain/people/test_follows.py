"""Following: once each, never oneself, counted exactly."""

from __future__ import annotations

import asyncio

import pytest

from instagram_clone.domain.core import events
from instagram_clone.domain.core.errors import Invalid, NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import suggestions
from instagram_clone.domain.people import accounts, blocks, follows, lists
from instagram_clone.domain.people.events import Followed
from instagram_clone.domain.posts import feed
from tests.conftest import join, share


async def counts(username: str) -> tuple[int, int]:
    profile = await accounts.profile(username)
    return profile.followers, profile.following


async def test_following_and_unfollowing_count_once(
    ana: Viewer, ben: Viewer, published: list[events.Event]
) -> None:
    for _ in range(2):
        await follows.follow(ana, ben.id)
    assert (await counts("ana"), await counts("ben")) == ((0, 1), (1, 0))
    assert await follows.is_following(ana, ben.id) and not await follows.is_following(ben, ana.id)
    assert sum(isinstance(event, Followed) for event in published) == 1
    for _ in range(2):
        await follows.unfollow(ana, ben.id)
    assert (await counts("ana"), await counts("ben")) == ((0, 0), (0, 0))


async def test_nobody_follows_themselves_or_nobody(ana: Viewer) -> None:
    with pytest.raises(Invalid):
        await follows.follow(ana, ana.id)
    with pytest.raises(NotFound):
        await follows.follow(ana, "0" * 24)
    assert await counts("ana") == (0, 0)


async def test_many_followers_at_once_are_counted_exactly(ana: Viewer) -> None:
    people = [await join(f"person{number}") for number in range(10)]
    await asyncio.gather(*(follows.follow(person, ana.id) for person in people for _ in range(3)))
    assert await counts("ana") == (10, 0)
    await accounts.recount(ana.oid)
    assert await counts("ana") == (10, 0)


async def test_lists_show_newest_first_and_whom_the_viewer_follows(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    await follows.follow(ben, ana.id)
    await follows.follow(cleo, ana.id)
    await follows.follow(ana, cleo.id)
    rows, _ = await lists.followers_page(ana, ana.id)
    assert [(row.username, row.followed) for row in rows] == [("cleo", True), ("ben", False)]
    rows, _ = await lists.following_page(ben, ana.id)
    assert [(row.username, row.followed, row.me) for row in rows] == [("cleo", False, False)]
    assert await follows.among(ana.id, [ben.id, ana.id, cleo.id]) == {ben.id, cleo.id}


async def test_suggestions_are_people_not_followed_yet(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    await follows.follow(ben, cleo.id)
    assert [row.username for row in await suggestions.people(ana)] == ["cleo", "ben"]
    await follows.follow(ana, cleo.id)
    assert [row.username for row in await suggestions.people(ana)] == ["ben"]


async def test_suggestions_come_with_who_follows_them_and_with_photos_that_may_be_seen(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    dan, eve = await join("dan"), await join("eve")
    await accounts.edit_profile(dan, "Dan", "dan", "Lamps, mostly", "")
    for caption in ("one", "two", "three", "four"):
        await share(dan, caption)
    await share(eve, "Secret")
    await accounts.set_private(eve, True)
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
