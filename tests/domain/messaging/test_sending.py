"""The cost of sending a message, and the order in which messages are stored and announced."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from pymongo.errors import AutoReconnect

from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.errors import NotFound, Refused
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts, media
from instagram_clone.domain.messaging import (
    arrivals,
    conversation_cache,
    conversations,
    inbox,
    membership,
    message_cards,
    messages,
    permissions,
    sending,
)
from instagram_clone.domain.messaging.events import ConversationRead, MessageSent
from instagram_clone.domain.people.relations import blocks
from tests.conftest import file_of, join, picture
from tests.domain.conftest import Commands
from tests.domain.messaging.talk import WRITTEN, chat_of, commands_to_send, friends, in_another_process, say


async def test_a_message_is_one_transaction_of_two_writes(
    ana: Viewer, friends_chat: str, commands: Commands
) -> None:
    for _ in range(2):
        await say(ana, friends_chat)
        assert await commands_to_send(commands, ana, friends_chat) == WRITTEN
    # A conversation that is not cached is read once.
    conversation_cache.forget(ObjectId(friends_chat))
    assert await commands_to_send(commands, ana, friends_chat) == ["find conversations", *WRITTEN]


async def test_a_reply_is_one_write_and_marks_the_conversation_read(
    ana: Viewer, ben: Viewer, friends_chat: str, commands: Commands, published: list
) -> None:
    chat = friends_chat
    published.clear()
    # Who may see a receipt is read every time.
    assert await commands_to_send(commands, ana, chat) == [*WRITTEN, "find users"]
    read, event = published
    assert isinstance(read, ConversationRead) and isinstance(event, MessageSent)
    assert (read.user_id, read.seq, read.shown_to, event.seq) == (ana.id, 2, (ben.id,), 3)
    [shown] = (await inbox.show(ben, chat)).members
    # MongoDB stores milliseconds.
    rounded = datetime.fromisoformat(read.at) - datetime.fromisoformat(shown.seen_at)
    assert shown.seen == 3 and timedelta(0) <= rounded < timedelta(milliseconds=1)
    # Your own messages are not something new to read.
    assert await commands_to_send(commands, ana, chat) == WRITTEN
    assert len(published) == 3


async def test_a_refused_message_marks_nothing_as_read(
    ana: Viewer, ben: Viewer, monkeypatch: pytest.MonkeyPatch, published: list
) -> None:
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    await say(ben, chat)
    draft = await drafts.store(ana, file_of(picture()), media.MESSAGE)
    cut = drafts.cut

    async def cut_while_blocked(*given, **more) -> media.Photo:
        done = await cut(*given, **more)
        await blocks.block(ben, ana.id)
        return done

    monkeypatch.setattr(drafts, "cut", cut_while_blocked)
    published.clear()
    with pytest.raises(Refused):
        await messages.send(ana, chat, "photo", photo=draft.id)
    row = await db.conversations.find_one({"_id": ObjectId(chat)})
    assert row is not None and permissions.member_of(row, ana.oid)["seen"] == 0
    assert await inbox.unread(ana) == {chat: 1}
    assert not [event for event in published if isinstance(event, ConversationRead)]


async def test_messages_are_unread_only_in_inboxes_and_unless_muted(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    await friends(ana, ben, cleo)
    dora = await join("dora")
    group = await conversations.start(ana, [ben.id, cleo.id, dora.id], "Us")

    async def unread_after(writer: Viewer) -> set[str]:
        await say(writer, group)
        row = await db.conversations.find_one({"_id": ObjectId(group)})
        assert row is not None and not any(one["hidden"] for one in row["members"])
        people = {
            one.oid: name for name, one in {"ana": ana, "ben": ben, "cleo": cleo, "dora": dora}.items()
        }
        return {people[user] for user in row["unread"]}

    # To Dora it is a request.
    assert await unread_after(ana) == {"ben", "cleo"}
    assert await unread_after(ben) == {"ana", "cleo"}
    await membership.mute(cleo, group, True)
    assert await unread_after(ana) == {"ben"}
    await membership.mute(cleo, group, False)
    await membership.accept(dora, group)
    assert await unread_after(ana) == {"ben", "cleo", "dora"}
    assert await unread_after(dora) == {"ana", "ben", "cleo"}


async def test_messages_within_a_second_keep_their_order_without_an_index_update(
    ana: Viewer, ben: Viewer, cleo: Viewer, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    await friends(ana, ben, cleo)
    first, second = [await chat_of(ana, one) for one in (ben, cleo)]

    async def at() -> datetime:
        row = await db.conversations.find_one({"_id": ObjectId(first)})
        assert row is not None
        return row["at"]

    monkeypatch.setattr(arrivals, "PRECISION", timedelta(0))
    for chat in (first, second):
        await say(ana, chat)
    moved = await at()
    monkeypatch.setattr(arrivals, "PRECISION", timedelta(hours=1))
    await say(ana, first, "A moment later")
    assert await at() == moved
    for one in (ana, ben):
        assert (await inbox.page(one))[0][0].line == "A moment later"
    assert [row.id for row in (await inbox.page(ana))[0]] == [first, second]
    # Another process has moved it since: this process's cached row must not undo that.
    await in_another_process(
        db.conversations.update_one({"_id": ObjectId(first)}, {"$set": {"at": moved + timedelta(days=1)}})
    )
    monkeypatch.setattr(arrivals, "PRECISION", timedelta(0))
    await say(ana, first)
    assert await at() == moved + timedelta(days=1)
    await db.conversations.update_one({"_id": ObjectId(first)}, {"$set": {"at": moved}})
    await say(ana, first)
    assert await at() > moved


async def test_lanes_are_written_concurrently_and_each_conversation_in_order(
    ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await friends(ana, ben, cleo)
    chats = [await chat_of(one, two) for one, two in ((ana, ben), (ana, cleo))]
    lanes = {ObjectId(chat): number for number, chat in enumerate(chats)}
    monkeypatch.setattr(sending, "_lane", lanes.__getitem__)
    max_running = running = 0
    store = sending._store

    async def counting_store(*given: Any, **more: Any) -> list[sending.Sent]:
        nonlocal max_running, running
        running += 1
        max_running = max(max_running, running)
        try:
            return await store(*given, **more)
        finally:
            running -= 1

    monkeypatch.setattr(sending, "_store", counting_store)
    texts = [f"{number}" for number in range(20)]
    await asyncio.gather(*(say(ana, chat, text) for text in texts for chat in chats))
    assert max_running == 2
    for chat in chats:
        page, _ = await messages.page(ana, chat)
        assert [one.text[0].text for one in page] == texts
        assert [one.seq for one in page] == list(range(1, 21))


async def test_a_stale_conversation_holds_up_no_other_message(
    ana: Viewer, ben: Viewer, cleo: Viewer, published: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LANES", 1)
    await friends(ana, ben, cleo)
    chats = {one: await chat_of(one, two) for one, two in ((ana, ben), (ben, cleo), (cleo, ana))}
    for one, chat in chats.items():
        await say(one, chat)
    await in_another_process(say(cleo, chats[ben]))
    published.clear()
    # The first is sent by itself, the others in one batch.
    await asyncio.gather(say(ana, chats[ana]), *(say(one, chat) for one, chat in chats.items()))
    announced = [(event.by, event.seq) for event in published if isinstance(event, MessageSent)]
    assert sorted(announced) == sorted([(ana.id, 2), (ana.id, 3), (ben.id, 3), (cleo.id, 2)])


async def test_a_reaction_is_one_transaction_of_two_writes(
    ana: Viewer, ben: Viewer, friends_chat: str, commands: Commands
) -> None:
    message = await say(ben, friends_chat)

    async def commands_to_react(emoji: str, message_id: str) -> list[str]:
        commands.sent.clear()
        await messages.react(ana, friends_chat, message_id, emoji)
        return [f"{name} {command[name]}" for name, command in commands.sent]

    written = ["findAndModify conversations", "findAndModify messages", "commitTransaction 1"]
    assert await commands_to_react("🔥", message) == await commands_to_react("", message) == written
    await messages.unsend(ben, friends_chat, message)
    with pytest.raises(NotFound):
        await commands_to_react("🔥", message)


async def test_events_are_prepared_while_messages_are_stored_and_published_afterwards(
    ana: Viewer, ben: Viewer, friends_chat: str, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    original_cards, publish = message_cards.cards, events.publish

    async def cards(rows: list[dict[str, Any]]) -> list[message_cards.Message]:
        committed = "commitTransaction" in [name for name, _ in commands.sent]
        steps.append("prepared late" if committed else "prepared")
        return await original_cards(rows)

    async def published(event: events.Event) -> None:
        if isinstance(event, MessageSent):
            assert await db.messages.find_one({"_id": ObjectId(event.message["id"])})
            steps.append(f"{event.seq} published")
        await publish(event)

    monkeypatch.setattr(message_cards, "cards", cards)
    monkeypatch.setattr(events, "publish", published)
    commands.sent.clear()
    await say(ana, friends_chat)
    assert steps == ["prepared", "3 published"]


async def test_a_message_is_announced_even_if_preparing_its_event_failed(
    ana: Viewer, friends_chat: str, published: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    original_cards, tries = message_cards.cards, 0

    async def cards(rows: list[dict[str, Any]]) -> list[message_cards.Message]:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise AutoReconnect("for a moment")
        return await original_cards(rows)

    monkeypatch.setattr(message_cards, "cards", cards)
    published.clear()
    await say(ana, friends_chat)
    [_, event] = published
    assert tries == 2 and isinstance(event, MessageSent) and event.seq == 3


async def test_each_sender_waits_only_for_their_own_photo(
    ana: Viewer, ben: Viewer, friends_chat: str
) -> None:
    first, second = [await drafts.store(viewer, file_of(picture())) for viewer in (ana, ben)]

    async def outgoing(viewer: Viewer, key: str, draft_id: str) -> sending.Outgoing:
        message, photo = await messages._compose(viewer, "", draft_id, "", False)
        message |= {
            "_id": ObjectId(),
            "conversation": db.oid(friends_chat),
            "author": viewer.oid,
            "key": key,
        }
        return sending.Outgoing(
            viewer, message | {"rev": 0, "reactions": {}, "at": datetime.now(UTC)}, photo
        )

    batch = [("a", ana, first), ("a", ana, first), ("b", ben, second)]
    sent = await sending._store([await outgoing(viewer, key, draft.id) for key, viewer, draft in batch])
    discarded = [[one.event.media_ids for one in message.deliveries] for message in sent]
    assert discarded == [[(first.id,)], [], [(second.id,)]]
