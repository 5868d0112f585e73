"""Conversations: one for each set of people, and the inbox that lists them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.errors import Invalid, NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import conversations, inbox, membership
from instagram_clone.domain.people import accounts, visibility
from tests.conftest import join
from tests.domain.conftest import Commands
from tests.domain.messaging.talk import chat_of, friends, say


async def test_there_is_one_conversation_for_each_set_of_people(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    both = await asyncio.gather(*(chat_of(*pair) for pair in [(ana, ben), (ben, ana)] * 5))
    assert len(set(both)) == 1
    assert await chat_of(ana, ben, ben) == both[0]
    group = await chat_of(ana, ben, cleo)
    assert await chat_of(cleo, ana, ben) == group != both[0]
    assert await db.conversations.count_documents({}) == 2


async def test_groups_have_up_to_ten_people_and_a_name(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    crowd = [await join(f"guest{number}") for number in range(9)]
    await chat_of(ana, *crowd)
    with pytest.raises(Invalid):
        await chat_of(ana, *crowd, ben)
    group = await chat_of(ana, ben, cleo)
    assert (await inbox.show(ana, group)).title == "ben, cleo"
    await membership.rename(ana, group, "  Old   friends ")
    assert (await inbox.show(ana, group)).title == "Old friends"
    with pytest.raises(Invalid):
        await membership.rename(ana, group, "x" * 51)
    with pytest.raises(Invalid):
        await chat_of(ana)
    with pytest.raises(NotFound):
        await conversations.start(ana, ["0" * 24])


async def test_every_page_takes_the_same_commands(
    ana: Viewer, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    # People are read each time; blocks are cached for a minute.
    monkeypatch.setattr(accounts._summaries, "seconds", 0)
    await visibility.blocked_either_way(ana, [])
    costs: list[list[str]] = []

    async def page(before: str = "") -> tuple[list[inbox.Conversation], str]:
        commands.sent.clear()
        found = await inbox.page(ana, before=before)
        costs.append([f"{name} {command[name]}" for name, command in commands.sent])
        return found

    for number in range(23):
        other = await join(f"guest{number}")
        await friends(ana, other)
        await say(other, await chat_of(other, ana), f"From {number}")
        if number == 0:
            await page()
    first, cursor = await page()
    second, end = await page(cursor)
    assert [len(first), len(second)] == [20, 3]
    assert costs[0] == costs[1] == costs[2] and 0 < len(costs[0]) <= 8, costs
    assert [row.line for row in first + second] == [f"From {number}" for number in reversed(range(23))]
    assert end == "" and len(await inbox.unread(ana)) == 10


async def test_conversations_with_the_same_time_are_each_on_exactly_one_page(
    ana: Viewer, ben: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "PAGE", 2)
    row = await db.conversations.find_one({"_id": ObjectId(await chat_of(ana, ben))}) or {}
    await db.conversations.delete_many({})
    now = row["at"]
    # One before, seven at the same moment, one after.
    times = [now - timedelta(seconds=1), *[now] * 7, now + timedelta(seconds=1)]
    await db.conversations.insert_many(
        {**row, "_id": ObjectId(), "key": f"{number}", "at": at} for number, at in enumerate(times)
    )
    pages, cursor = await inbox.page(ana)
    while cursor:
        page, cursor = await inbox.page(ana, before=cursor)
        pages += page
    assert len({one.id for one in pages}) == len(pages) == 9
    assert [one.at for one in pages] == [at.isoformat() for at in reversed(times)]
