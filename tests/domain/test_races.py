"""Two people, or two processes, act at the same moment: the write decides, not an earlier read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from instagram_clone.domain.core import db
from instagram_clone.domain.core.errors import NotFound, Refused
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts, media, storage
from instagram_clone.domain.messaging import conversations, inbox, membership, messages, receipts
from instagram_clone.domain.people import counts, preferences, profiles
from instagram_clone.domain.people.relations import blocks, follows, graph
from instagram_clone.domain.posts import posts
from tests.conftest import file_of, join, picture, share

Action = Callable[[], Awaitable[Any]]


def interleave(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, action: Action, argument: str = ""
) -> None:
    """Perform an action once, right after a function has read what its caller's decision is based on."""
    original, done = getattr(module, name), []

    async def read_then_act(*args: Any, **kwargs: Any) -> Any:
        result = await original(*args, **kwargs)
        if not done and (not argument or argument in kwargs or len(args) > 2):
            done.append(True)
            await action()
        return result

    monkeypatch.setattr(module, name, read_then_act)


def interleave_with_follow(monkeypatch: pytest.MonkeyPatch, action: Action) -> None:
    # Inside the transaction: after it has read, and before it writes.
    interleave(monkeypatch, blocks, "blockers", action)


async def test_nobody_follows_someone_who_is_just_blocking_them(
    ana: Viewer, ben: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    interleave_with_follow(monkeypatch, lambda: blocks.block(ben, ana.id))
    with pytest.raises(NotFound):
        await follows.follow(ana, ben.id)
    assert await db.blocks.count_documents({}) == 1
    assert await db.follows.count_documents({}) == 0
    assert (await profiles.own_profile(ben)).followers == 0


async def test_following_an_account_that_is_going_private_sends_a_request(
    ana: Viewer, ben: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    interleave_with_follow(monkeypatch, lambda: preferences.set_private(ben, True))
    assert await follows.follow(ana, ben.id), "asked"
    assert await db.follows.count_documents({}) == 0
    assert await db.follow_requests.count_documents({}) == 1


async def test_no_request_is_left_at_an_account_that_is_going_public(
    ana: Viewer, ben: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await preferences.set_private(ben, True)
    interleave_with_follow(monkeypatch, lambda: preferences.set_private(ben, False))
    await follows.follow(ana, ben.id)
    assert await db.follow_requests.count_documents({}) == 0
    assert await db.follows.count_documents({}) == 1


async def test_a_post_published_while_going_private_is_private(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    interleave(monkeypatch, drafts, "cut", lambda: preferences.set_private(ana, True))
    await share(ana)
    row = await db.posts.find_one({})
    assert row is not None and row["private"]


async def chat_with_hello(ana: Viewer, ben: Viewer) -> str:
    await follows.follow(ana, ben.id)
    await follows.follow(ben, ana.id)
    chat = await conversations.start(ana, [ben.id])
    await messages.send(ben, chat, "hello", text="Hello")
    return chat


async def test_a_message_sent_while_its_conversation_is_deleted_is_not_deleted(
    ana: Viewer, ben: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await chat_with_hello(ana, ben)
    interleave(monkeypatch, conversations, "access", lambda: messages.send(ben, chat, "wait", text="Wait"))
    await membership.clear(ana, chat)
    monkeypatch.undo()
    [shown], _ = await inbox.page(ana)
    assert (shown.line, shown.seen) == ("Wait", 1)
    assert await inbox.unread(ana) == {chat: 2}
    assert [message.seq for message in (await messages.page(ana, chat))[0]] == [2]


async def test_a_message_sent_while_unmuting_is_unread(
    ana: Viewer, ben: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await chat_with_hello(ana, ben)
    await receipts.mark_read(ana, chat, 1)
    await membership.mute(ana, chat, True)
    interleave(monkeypatch, conversations, "access", lambda: messages.send(ben, chat, "wait", text="Wait"))
    await membership.mute(ana, chat, False)
    assert await inbox.unread(ana) == {chat: 2}


async def test_a_member_removed_while_their_photo_is_prepared_sends_nothing(
    ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch, published: list
) -> None:
    for one in (ben, cleo):
        await follows.follow(one, ana.id)
    chat = await conversations.start(ana, [ben.id, cleo.id], "Us")
    await messages.send(ana, chat, "hello", text="Hello")
    draft = await drafts.store(ben, file_of(picture()), media.MESSAGE)
    interleave(monkeypatch, drafts, "cut", lambda: membership.remove(ana, chat, ben.id))
    published.clear()
    with pytest.raises(NotFound):
        await messages.send(ben, chat, "photo", photo=draft.id)
    assert await db.messages.count_documents({}) == 1
    assert not [event for event in published if type(event).__name__ == "MessageSent"]
    assert await media.access_file(ben, draft.id, drafts.PREVIEW), "it can still be sent elsewhere"


@pytest.mark.parametrize("how", ["removed", "blocked"])
async def test_a_member_removed_or_blocked_while_reacting_does_not_react(
    how: str, ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch, published: list
) -> None:
    for one in (ben, cleo):
        await follows.follow(one, ana.id)
    chat = await conversations.start(ana, [ben.id, cleo.id] if how == "removed" else [ben.id])
    message = await messages.send(ana, chat, "hello", text="Hello")
    await messages.react(ben, chat, message, "🔥")
    actions = {
        "removed": lambda: membership.remove(ana, chat, ben.id),
        "blocked": lambda: blocks.block(ana, ben.id),
    }
    access_locked = conversations.access_locked

    async def access_after_it(*args: Any) -> Any:
        monkeypatch.undo()
        await actions[how]()
        return await access_locked(*args)

    # Nothing is read before this call, which writes what it reads, so nothing can get in between.
    monkeypatch.setattr(conversations, "access_locked", access_after_it)
    published.clear()
    with pytest.raises(NotFound if how == "removed" else Refused):
        await messages.react(ben, chat, message, "😂")
    row = await db.messages.find_one({"author": ana.oid})
    assert row is not None and row["reactions"] == {ben.id: "🔥"}
    assert not [event for event in published if type(event).__name__ == "MessageChanged"]


async def test_a_member_removed_while_accepting_stays_out(
    ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await conversations.start(ana, [ben.id, cleo.id], "Us")
    await messages.send(ana, chat, "hello", text="Hello")
    for action in (
        lambda: membership.accept(ben, chat),
        lambda: membership.mute(ben, chat, False),
    ):
        await db.conversations.update_one({}, {"$set": {"members.1.folder": conversations.REQUEST}})
        interleave(monkeypatch, conversations, "access", lambda: membership.remove(ana, chat, ben.id))
        with pytest.raises(NotFound):
            await action()
        monkeypatch.undo()
        with pytest.raises(NotFound):
            await messages.page(ben, chat)
        assert await inbox.unread(ben) == {}


@pytest.mark.parametrize("moment", ["before it is written", "while it is being written"])
async def test_nobody_starts_a_conversation_with_someone_who_is_just_blocking_them(
    moment: str, ana: Viewer, ben: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    if moment == "before it is written":
        interleave(monkeypatch, graph, "followers_among", lambda: blocks.block(ben, ana.id))
    else:
        interleave(monkeypatch, blocks, "check_reachable", lambda: blocks.block(ben, ana.id), "session")
    with pytest.raises(NotFound):
        await conversations.start(ana, [ben.id])
    assert await db.conversations.count_documents({}) == 0


@pytest.mark.parametrize("first", ["the sweep", "the post"])
async def test_when_a_sweep_and_a_post_race_one_wins_completely(
    first: str, ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await drafts.store(ana, file_of(picture()))
    later = datetime.now(UTC) + timedelta(hours=25)
    if first == "the sweep":
        interleave(monkeypatch, drafts, "cut", lambda: drafts.sweep(later))
        with pytest.raises(NotFound, match="Choose it again"):
            await posts.publish(ana, draft.id)
        assert await db.posts.count_documents({}) == await db.media.count_documents({}) == 0
        assert (await profiles.own_profile(ana)).posts == 0
        return
    discard = media.discard

    async def after_the_post(*args: Any, **kwargs: Any) -> int:
        if not await db.posts.count_documents({}):
            await posts.publish(ana, draft.id)
        return await discard(*args, **kwargs)

    monkeypatch.setattr(media, "discard", after_the_post)
    assert await drafts.sweep(later) == 0
    [row] = await db.posts.find({}).to_list()
    assert await media.access_file(None, row["media"][0]["id"], 256)


@pytest.mark.parametrize("discarded", ["while it is cut", "while it is stored"])
async def test_a_photo_discarded_while_it_is_written_leaves_no_file(
    discarded: str, ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders: set[str] = set()
    put = storage.put

    async def late(media_id: str, files: dict[int, bytes]) -> None:
        folders.add(media_id)
        await drafts.sweep(datetime.now(UTC) + timedelta(hours=25))
        await put(media_id, files)

    if discarded == "while it is stored":
        monkeypatch.setattr(storage, "put", late)
        with pytest.raises(NotFound):
            await drafts.store(ana, file_of(picture()))
    else:
        draft = await drafts.store(ana, file_of(picture()))
        monkeypatch.setattr(storage, "put", late)
        with pytest.raises(NotFound):
            await posts.publish(ana, draft.id)
    assert len(folders) == 1 and await db.media.count_documents({}) == 0
    assert [await media.remove_files(one) for one in folders] == [0]


async def test_many_simultaneous_followers_are_each_counted_once(ana: Viewer) -> None:
    fans = [await join(f"fan{number}") for number in range(12)]
    await asyncio.gather(*(follows.follow(fan, ana.id) for fan in [*fans, *fans]))
    assert (await profiles.own_profile(ana)).followers == 12
    assert await counts.recount(ana.oid) == {}
    for fan in fans:
        assert await counts.recount(fan.oid) == {}
