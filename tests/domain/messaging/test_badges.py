"""Badges: counted together for concurrent callers, with the same result as for each caller alone."""

from __future__ import annotations

import asyncio

import pytest

from instagram_clone.domain.core import outbox
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import conversations, inbox, messages
from instagram_clone.domain.notifications import activity
from instagram_clone.domain.posts import likes
from tests.conftest import join, share
from tests.domain.conftest import Commands
from tests.domain.messaging.talk import friends


async def say(viewer: Viewer, other: Viewer) -> str:
    chat = await conversations.start(viewer, [other.id])
    await messages.send(viewer, chat, f"key-{other.id}", text="Hello")
    return chat


async def test_concurrent_unread_counts_share_one_query(
    commands: Commands, ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    await friends(ana, ben, cleo)
    to_ben, to_cleo, of_both = await say(ana, ben), await say(ana, cleo), await say(ben, cleo)
    commands.sent.clear()
    found = await asyncio.gather(*map(inbox.unread, (ana, ben, cleo, ben)))
    assert found == [{}, {to_ben: 1}, {to_cleo: 1, of_both: 1}, {to_ben: 1}]
    assert [name for name, _ in commands.sent] == ["find"]


async def test_one_user_with_many_unread_does_not_hide_other_peoples(
    monkeypatch: pytest.MonkeyPatch, ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    dora = await join("dora")
    await friends(ana, ben, cleo, dora)
    monkeypatch.setattr(inbox, "MAX_COUNTED", 2)
    for one in (ben, cleo, dora):
        await say(one, ana)
    last = await say(dora, ben)
    to_ana, to_ben = await asyncio.gather(inbox.unread(ana), inbox.unread(ben))
    assert len(to_ana) == 2 and to_ben == {last: 1}
    assert len(await inbox.unread(ana)) == 2


async def test_alerts_are_not_queried_for_people_who_have_seen_everything(
    commands: Commands, ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post_id = await share(ana)
    await likes.like(ben, post_id)
    await outbox.settle()
    commands.sent.clear()
    assert await asyncio.gather(*map(activity.unread, (ana, ben, cleo))) == [1, 0, 0]
    read = [command["find"] for name, command in commands.sent if name == "find"]
    assert (read.count("users"), read.count("alert_counters"), read.count("alerts")) == (1, 1, 1)
    await activity.mark_seen(ana)
    commands.sent.clear()
    assert await activity.unread(ana) == 0
    assert "alerts" not in [command.get("find") for _, command in commands.sent]
    await likes.like(cleo, post_id)
    await outbox.settle()
    assert await activity.unread(ana) == 1
