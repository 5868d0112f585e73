"""Cached conversations, and the checks when they are written."""

from __future__ import annotations

import pytest
from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.errors import NotFound, Refused
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import (
    conversation_cache,
    conversations,
    inbox,
    membership,
    messages,
    receipts,
)
from instagram_clone.domain.messaging.events import MessageSent
from instagram_clone.domain.people import visibility
from instagram_clone.domain.people.relations import blocks
from tests.conftest import join
from tests.domain.conftest import Commands
from tests.domain.messaging.talk import WRITTEN, chat_of, commands_to_send, friends, in_another_process, say


async def commands_to_read(commands: Commands, viewer: Viewer, chat: str, seq: int) -> list[str]:
    """Read a conversation up to a message, and return the commands that it took."""
    commands.sent.clear()
    await receipts.mark_read(viewer, chat, seq)
    return [f"{name} {command[name]}" for name, command in commands.sent]


async def test_the_write_checks_for_changes_by_other_processes(
    ana: Viewer, ben: Viewer, cleo: Viewer, friends_chat: str, commands: Commands, published: list
) -> None:
    await friends(ana, ben, cleo)
    chat, group = friends_chat, await conversations.start(ana, [ben.id, cleo.id], "Us")
    for one in (ana, ben):
        await say(one, group)
    await say(ana, chat)
    # A new message from elsewhere: ours gets the next number, and marks that one as read.
    await in_another_process(say(ben, chat, "From there"))
    published.clear()
    first_attempt = [*WRITTEN[:2], "abortTransaction 1", "find conversations"]
    assert await commands_to_send(commands, ana, chat) == [*first_attempt, *WRITTEN, "find users"]
    read, event = published
    assert (read.seq, event.seq) == (4, 5)
    assert [one.seq for one in (await messages.page(ana, chat))[0]] == [1, 2, 3, 4, 5]
    # Muting: the message does not count as unread for that member.
    await in_another_process(membership.mute(ben, chat, True))
    await say(ana, chat)
    assert published[-1].counted == () and await inbox.unread(ben) == {}
    # The author has read everything elsewhere: no receipt is published again.
    await membership.mute(ben, chat, False)
    await say(ben, chat)
    await in_another_process(receipts.mark_read(ana, chat, 7))
    published.clear()
    await say(ana, chat)
    assert [type(event) for event in published] == [MessageSent]
    # Anyone who has been removed or blocked sends nothing.
    await in_another_process(membership.remove(ana, group, ben.id))
    await in_another_process(blocks.block(ben, ana.id))
    published.clear()
    with pytest.raises(NotFound):
        await say(ben, group)
    for one in (ana, ben):
        with pytest.raises(Refused, match="cannot message this person"):
            await say(one, chat)
    assert published == []
    assert await db.messages.count_documents({}) == 8 + 2


async def test_a_refusal_is_never_decided_from_the_cache(ana: Viewer, ben: Viewer) -> None:
    chat = await chat_of(ana, ben)
    await say(ana, chat)
    with pytest.raises(Refused, match="once they accept"):
        await say(ana, chat)
    await in_another_process(membership.accept(ben, chat))
    await say(ana, chat, "Thank you")
    await in_another_process(blocks.block(ben, ana.id))
    with pytest.raises(Refused, match="cannot message this person"):
        await say(ana, chat)
    await in_another_process(blocks.unblock(ben, ana.id))
    await say(ana, chat)


async def test_events_from_another_process_save_a_second_attempt(
    ana: Viewer, ben: Viewer, friends_chat: str, commands: Commands, published: list
) -> None:
    await say(ana, friends_chat)
    await in_another_process(say(ben, friends_chat))
    await conversation_cache.message_sent(published[-1])
    assert await commands_to_send(commands, ana, friends_chat) == [
        "find conversations",
        *WRITTEN,
        "find users",
    ]
    await say(ben, friends_chat)
    published.clear()
    await in_another_process(receipts.mark_read(ana, friends_chat, 6))
    await conversation_cache.conversation_read(published[-1])
    assert await commands_to_send(commands, ana, friends_chat) == WRITTEN
    await in_another_process(membership.mute(ben, friends_chat, True))
    await conversation_cache.conversation_changed(published[-1])
    assert await commands_to_send(commands, ana, friends_chat) == ["find conversations", *WRITTEN]


async def test_marking_a_new_message_read_is_one_write(
    ana: Viewer, ben: Viewer, cleo: Viewer, friends_chat: str, commands: Commands, published: list
) -> None:
    await friends(ana, ben, cleo)
    await visibility.blocked_either_way(ana, [])
    await say(ben, friends_chat)
    # Who may see a receipt is read every time.
    assert await commands_to_read(commands, ana, friends_chat, 3) == ["update conversations", "find users"]
    assert (published[-1].seq, published[-1].shown_to) == (3, (ben.id,))
    assert await inbox.unread(ana) == {}
    assert await commands_to_read(commands, ana, friends_chat, 3) == [
        "find conversations",
        "update conversations",
    ]
    # A message from another process, which this one has not noticed but the browser has.
    await in_another_process(say(ben, friends_chat))
    assert await commands_to_read(commands, ana, friends_chat, 4) == [
        *("find conversations", "update conversations", "find users")
    ]
    group = await conversations.start(ana, [ben.id, cleo.id], "Us")
    await say(ana, group)
    await in_another_process(membership.remove(ana, group, ben.id))
    with pytest.raises(NotFound):
        await receipts.mark_read(ben, group, 1)
    await say(ben, friends_chat)
    await in_another_process(blocks.block(ben, ana.id))
    published.clear()
    attempts = ["update conversations", "find conversations", "update conversations"]
    assert (await commands_to_read(commands, ana, friends_chat, 5))[:3] == attempts
    assert [event.shown_to for event in published] == [()]


async def test_the_cache_is_bounded_and_evicts_the_oldest(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation_cache, "MAX_ROWS", 3)
    conversation_cache._rows.clear()
    chats = [await chat_of(ana, await join(f"guest{number}")) for number in range(5)]
    for chat in (*chats, chats[2]):
        await conversations.access(ana, chat)
    assert list(conversation_cache._rows) == [ObjectId(chats[at]) for at in (3, 4, 2)]
