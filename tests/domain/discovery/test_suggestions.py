"""Suggestions: nobody the viewer already follows or has dismissed, with a reason, at a fixed cost."""

from __future__ import annotations

import asyncio

import pytest
from bson import ObjectId

from instagram_clone.domain.core import outbox
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import suggestions
from instagram_clone.domain.people import accounts, preferences, visibility
from instagram_clone.domain.people.relations import blocks, follows
from tests.conftest import join, share
from tests.domain.conftest import Commands


async def suggested(viewer: Viewer) -> set[str]:
    return {one.username for one in await suggestions.people(viewer, 50)}


async def test_a_dismissed_person_is_not_suggested_to_the_viewer_again(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    assert await suggested(ana) == {"ben", "cleo"}
    for _ in range(2):
        await suggestions.dismiss(ana, ben.id)
    assert await suggested(ana) == {"cleo"}
    assert await suggested(cleo) == {"ana", "ben"}
    for nobody in (str(ObjectId()), "nobody"):
        with pytest.raises(NotFound):
            await suggestions.dismiss(ana, nobody)


async def test_people_followed_requested_or_blocked_are_not_suggested(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    dan, eve = await join("dan"), await join("eve")
    assert await suggested(ana) == {"ben", "cleo", "dan", "eve"}
    await follows.follow(ana, ben.id)
    await preferences.set_private(cleo, True)
    assert await suggested(ana) == {"cleo", "dan", "eve"}
    await follows.follow(ana, cleo.id)
    assert await suggested(ana) == {"dan", "eve"}
    await blocks.block(ana, dan.id)
    await blocks.block(eve, ana.id)
    assert await suggested(ana) == set()
    await blocks.unblock(ana, dan.id)
    await blocks.unblock(eve, ana.id)
    await follows.unfollow(ana, cleo.id)
    await follows.unfollow(ana, ben.id)
    assert await suggested(ana) == {"ben", "cleo", "dan", "eve"}


async def test_suggestions_cost_the_same_however_many_there_are(
    commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    for cache in (accounts._summaries, visibility._blocked_either_way):
        monkeypatch.setattr(cache, "seconds", 0)
    ana, ben = await join("ana"), await join("ben")
    await follows.follow(ana, ben.id)
    costs = list[int]()
    for more in (2, 20):
        for number in range(more):
            one = await join(f"p{more}x{number}")
            await share(one, "tulip")
            await follows.follow(ben, one.id)
            await preferences.set_private(one, number % 2 == 1)
        await outbox.settle()
        commands.sent.clear()
        found = await suggestions.people(ana, 30)
        costs.append(len(commands.sent))
        assert len(found) == (2, 22)[len(costs) - 1]
    assert costs[0] == costs[1] <= 14, [name for name, _ in commands.sent]


async def test_concurrent_suggestions_share_one_read_of_popular_people(
    commands: Commands, ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    commands.sent.clear()
    found = await asyncio.gather(*(suggestions.people(one) for one in (ana, ben, cleo)))
    names = [{one.username for one in some} for some in found]
    assert names == [{"ben", "cleo"}, {"ana", "cleo"}, {"ana", "ben"}]
    asked = [command for _, command in commands.sent if command.get("find") == "users"]
    assert len([command for command in asked if command.get("sort")]) == 1
