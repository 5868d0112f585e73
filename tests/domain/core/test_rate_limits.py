"""The table of limits: what is counted where, and how waiting times are worded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from instagram_clone.domain.core import db, rate_limits
from instagram_clone.domain.core.errors import TooMany
from instagram_clone.domain.core.rate_limits import LIMITS, Limit
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import search
from instagram_clone.domain.messaging import conversations, messages
from instagram_clone.domain.people import profiles
from instagram_clone.domain.people.relations import follows, graph
from instagram_clone.domain.posts import comments
from tests.conftest import join, share
from tests.server import ROOT


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 second"), (1, "1 second"), (1.1, "2 seconds"), (59, "59 seconds"), (60, "1 minute"),
        (61, "2 minutes"), (900, "15 minutes"), (3600, "1 hour"), (3601, "2 hours"),
    ],
)  # fmt: skip
def test_a_waiting_time_is_worded_as_people_say_it(seconds: float, words: str) -> None:
    assert rate_limits.in_words(seconds) == words


@pytest.mark.parametrize("stored", [True, False])
async def test_only_attempts_over_the_limit_are_refused_with_the_time_to_wait(
    database: None, monkeypatch: pytest.MonkeyPatch, stored: bool
) -> None:
    monkeypatch.setitem(LIMITS, "try", Limit("tries", "account", 3, 180, stored, "Slowly."))
    for _ in range(3):
        await rate_limits.take("try", f"ana {stored}")
    for _ in range(2):
        with pytest.raises(TooMany) as refusal:
            await rate_limits.take("try", f"ana {stored}")
        assert str(refusal.value) == "Slowly. Try again in 3 minutes."
        assert 170 < refusal.value.seconds <= 180
    await rate_limits.take("try", f"ben {stored}")


async def test_several_attempts_all_count_or_none_does(
    database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "many", Limit("tries", "account", 3, 60, stored=True))
    monkeypatch.setitem(LIMITS, "one", Limit("tries", "account", 1, 60, stored=True))
    await rate_limits.take_all([("many", "ana"), ("one", "ana")])
    for _ in range(5):
        with pytest.raises(TooMany):
            await rate_limits.take_all([("many", "ana"), ("one", "ana")])
    await rate_limits.take("many", "ana")
    await rate_limits.take("many", "ana")
    with pytest.raises(TooMany):
        await rate_limits.take("many", "ana")


@pytest.fixture
def lower_limit(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that lowers a limit to two."""

    def limit(name: str) -> None:
        monkeypatch.setitem(LIMITS, name, replace(LIMITS[name], max=2))

    return limit


async def test_comments_are_limited_and_a_retry_does_not_count(
    ana: Viewer, ben: Viewer, lower_limit: Callable[[str], None]
) -> None:
    lower_limit("comment")
    post_id = await share(ana)
    first = await comments.add(ben, post_id, "One", key="1")
    await comments.add(ben, post_id, "Two", key="2")
    with pytest.raises(TooMany, match=r"That is a lot of comments. Try again in 10 minutes\."):
        await comments.add(ben, post_id, "Three", key="3")
    assert await comments.add(ben, post_id, "One", key="1") == first
    assert await comments.add(ana, post_id, "Mine")
    assert await db.comments.count_documents({}) == 3


async def test_follows_are_limited(
    ana: Viewer, ben: Viewer, cleo: Viewer, lower_limit: Callable[[str], None]
) -> None:
    lower_limit("follow")
    await follows.follow(ana, ben.id)
    await follows.follow(ana, cleo.id)
    await follows.unfollow(ana, cleo.id)
    with pytest.raises(TooMany, match=r"Try again in (1 hour|60 minutes)\."):
        await follows.follow(ana, cleo.id)
    await follows.follow(ben, ana.id)
    assert not await graph.is_following(ana, cleo.id)


async def test_first_messages_to_strangers_are_limited_until_they_answer(
    ana: Viewer, ben: Viewer, lower_limit: Callable[[str], None]
) -> None:
    lower_limit("message-request")
    chats = []
    for number in range(3):
        stranger = await join(f"stranger{number}")
        chats.append((stranger, await conversations.start(ana, [stranger.id])))
    for number, (_, chat) in enumerate(chats[:2]):
        await messages.send(ana, chat, f"{number}", text="Hello")
    with pytest.raises(TooMany, match="a lot of people"):
        await messages.send(ana, chats[2][1], "2", text="Hello")
    assert await messages.send(ana, chats[0][1], "0", text="Hello"), "this one has been sent already"
    await messages.send(chats[0][0], chats[0][1], "a", text="Hello to you")
    await messages.send(ana, chats[0][1], "b", text="How are you?")
    await follows.follow(ben, ana.id)
    await messages.send(ana, await conversations.start(ana, [ben.id]), "c", text="Hello")


async def test_messages_conversations_searches_and_profile_edits_are_limited(
    ana: Viewer, ben: Viewer, cleo: Viewer, lower_limit: Callable[[str], None]
) -> None:
    await follows.follow(ben, ana.id)
    chat = await conversations.start(ana, [ben.id])
    for name in ("message", "conversation", "search", "profile"):
        lower_limit(name)
    for number in range(2):
        await messages.send(ana, chat, f"{number}", text="Hello")
        await search.people(ana, "be")
        await profiles.edit_profile(ana, "Ana", "ana", "", "")
    await conversations.start(ana, [cleo.id])
    for more in (
        messages.send(ana, chat, "2", text="Hello"),
        conversations.start(ana, [ben.id, cleo.id]),
        search.people(ana, "be"),
        profiles.edit_profile(ana, "Ana", "ana", "", ""),
    ):
        with pytest.raises(TooMany, match="Try again in"):
            await more
    assert await messages.send(ana, chat, "1", text="Hello"), "this one has been sent already"
    assert await conversations.start(ana, [ben.id]) == chat, "it exists already"
    assert await db.messages.count_documents({}) == 2


def test_the_documented_table_matches_the_limits() -> None:
    rows = [
        f"| {limit.description} | {limit.per} | {limit.max} | {rate_limits.in_words(limit.seconds)} |"
        for limit in LIMITS.values()
    ]
    documented = (ROOT / "docs" / "limits.md").read_text()
    assert "\n".join(["| --- | --- | ---: | --- |", *rows, ""]) in documented
