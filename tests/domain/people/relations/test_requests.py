"""Requests to follow a private account: answered only by its owner, once, and never past a block."""

from __future__ import annotations

import asyncio

import pytest

from instagram_clone.domain.core import events
from instagram_clone.domain.core.errors import Invalid, NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.notifications import activity
from instagram_clone.domain.people import directory, preferences, profiles
from instagram_clone.domain.people.events import Followed, FollowRequested
from instagram_clone.domain.people.relations import approvals, blocks, follow_requests, follows, graph
from tests.conftest import join, without_alerts


async def test_following_a_private_account_needs_its_approval(
    ana: Viewer, cleo: Viewer, published: list[events.Event]
) -> None:
    await preferences.set_private(cleo, True)
    published.clear()
    for _ in range(2):
        await follows.follow(ana, cleo.id)
    assert without_alerts(published) == [FollowRequested(ana.id, cleo.id, True)]
    assert await directory.relationship(ana, cleo.id) == directory.Relationship(
        requested=True, visible=False
    )
    assert [row.username for row in (await directory.requests_page(cleo))[0]] == ["ana"]
    assert await directory.requests(cleo) == 1 and await activity.unread(cleo) == 1
    assert (await activity.page(cleo))[0] == []
    published.clear()
    await approvals.confirm(cleo, ana.id)
    assert {type(event) for event in published} >= {Followed, FollowRequested}
    assert await directory.relationship(ana, cleo.id) == directory.Relationship(followed=True)
    assert await directory.requests(cleo) == 0
    assert [line.kind for line in (await activity.page(cleo))[0]] == ["follow"]
    assert (await profiles.profile("cleo")).followers == 1
    with pytest.raises(NotFound):
        await approvals.confirm(cleo, ana.id)
    await follows.follow(ana, cleo.id)
    assert await directory.requests(cleo) == 0


@pytest.mark.parametrize(
    "end", ["withdrawn", "declined", "blocked by the owner", "blocked by the requester"]
)
async def test_a_request_ends_without_a_follow(ana: Viewer, cleo: Viewer, end: str) -> None:
    await preferences.set_private(cleo, True)
    await follows.follow(ana, cleo.id)
    await {
        "withdrawn": lambda: follows.unfollow(ana, cleo.id),
        "declined": lambda: follow_requests.decline(cleo, ana.id),
        "blocked by the owner": lambda: blocks.block(cleo, ana.id),
        "blocked by the requester": lambda: blocks.block(ana, cleo.id),
    }[end]()
    assert await directory.requests(cleo) == 0 and await activity.unread(cleo) == 0
    assert not await graph.is_following(ana, cleo.id)
    assert (await profiles.profile("cleo")).followers == 0


async def test_nobody_else_can_answer_a_request(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    await preferences.set_private(cleo, True)
    await follows.follow(ana, cleo.id)
    with pytest.raises(NotFound):
        await approvals.confirm(ben, ana.id)
    with pytest.raises(NotFound):
        await approvals.confirm(ana, ana.id)
    await follow_requests.decline(ben, ana.id)
    assert [row.username for row in (await directory.requests_page(cleo))[0]] == ["ana"]


async def test_a_request_confirmed_twice_at_once_counts_once(ana: Viewer, cleo: Viewer) -> None:
    await preferences.set_private(cleo, True)
    await follows.follow(ana, cleo.id)
    await asyncio.gather(*(approvals.confirm(cleo, ana.id) for _ in range(5)), return_exceptions=True)
    assert (await profiles.profile("cleo")).followers == 1


async def test_going_public_lets_everybody_who_asked_follow(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    await preferences.set_private(cleo, True)
    for requester in (ana, ben):
        await follows.follow(requester, cleo.id)
    await preferences.set_private(cleo, False)
    assert await directory.requests(cleo) == 0
    assert (await profiles.profile("cleo")).followers == 2


async def test_requests_come_in_pages(cleo: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "PAGE", 2)
    await preferences.set_private(cleo, True)
    for number in range(5):
        await follows.follow(await join(f"guest{number}"), cleo.id)
    found, cursor = [], ""
    while len(found) < 5:
        page, cursor = await directory.requests_page(cleo, cursor)
        found += [row.username for row in page]
    assert found == [f"guest{number}" for number in reversed(range(5))] and cursor == ""


async def test_a_block_prevents_follows_and_requests(ana: Viewer, cleo: Viewer) -> None:
    await preferences.set_private(cleo, True)
    await blocks.block(cleo, ana.id)
    with pytest.raises(NotFound):
        await follows.follow(ana, cleo.id)
    with pytest.raises(Invalid):
        await follows.follow(cleo, cleo.id)
    assert await directory.requests(cleo) == 0
