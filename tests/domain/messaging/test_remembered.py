"""Cached conversations, and the checks when they are written."""

from __future__ import annotations

import pytest
from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.errors import NotFound, Refused
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import (
    conversations,
    inbox,
    membership,
    messages,
    receipts,
    remembered,
)
from instagram_clone.domain.messaging.events import MessageSent
from instagram_clone.domain.people import visibility
from instagram_clone.domain.people.relations import blocks
from tests.conftest import join
from tests.domain.conftest import Commands
from tests.domain.messaging.talk import WRITTEN, chat_of, elsewhere, friends, say, sent_by


async def read_by(commands: Commands, viewer: Viewer, chat: str, seq: int) -> list[str]:
    """Read a conversation up to a message, and return the commands that it took."""
    commands.sent.clear()
    await receipts.mark_read(viewer, chat, seq)
    return [f"{name} {command[name]}" for name, command in commands.sent]


async def test_what_another_process_has_changed_is_asked_in_the_write(
    ana: Viewer, ben: Viewer, cleo: Viewer, acquainted: str, commands: Commands, published: list
) -> None:
    await friends(ana, ben, cleo)
    chat, group = acquainted, await conversations.start(ana, [ben.id, cleo.id], "Us")
    for one in (ana, ben):
        await say(one, group)
    await say(ana, chat)
    # A new message from elsewhere: ours gets the next number, and marks that one as read.
    await elsewhere(say(ben, chat, "From there"))
    published.clear()
    again = [*WRITTEN[:2], "abortTransaction 1", "find conversations"]
    assert await sent_by(commands, ana, chat) == [*again, *WRITTEN, "find users"]
    read, event = published
    assert (read.seq, event.seq) == (4, 5)
    assert [one.seq for one in (await messages.page(ana, chat))[0]] == [1, 2, 3, 4, 5]
    # Muting: the message does not count as unread for that member.
    await elsewhere(membership.mute(ben, chat, True))
    await say(ana, chat)
    assert published[-1].counted == () and await inbox.unread(ben) == {}
    # The author has read everything elsewhere: no receipt is published again.
    await membership.mute(ben, chat, False)
    await say(ben, chat)
    await elsewhere(receipts.mark_read(ana, chat, 7))
    published.clear()
    await say(ana, chat)
    assert [type(event) for event in published] == [MessageSent]
    # Anyone who has been removed or blocked sends nothing.
    await elsewhere(membership.remove(ana, group, ben.id))
    await elsewhere(blocks.block(ben, ana.id))
    published.clear()
    with pytest.raises(NotFound):
        await say(ben, group)
    for one in (ana, ben):
        with pytest.raises(Refused, match="cannot message this person"):
            await say(one, chat)
    assert published == []
    assert await db.messages.count_documents({}) == 8 + 2


async def test_who_may_not_write_is_asked_whether_that_is_still_so(ana: Viewer, ben: Viewer) -> None:
    chat = await chat_of(ana, ben)
    await say(ana, chat)
    with pytest.raises(Refused, match="when they accept"):
        await say(ana, chat)
    await elsewhere(membership.accept(ben, chat))
    await say(ana, chat, "Thank you")
    await elsewhere(blocks.block(ben, ana.id))
    with pytest.raises(Refused, match="cannot message this person"):
        await say(ana, chat)
    await elsewhere(blocks.unblock(ben, ana.id))
    await say(ana, chat)


async def test_what_is_heard_of_another_process_costs_no_second_try(
    ana: Viewer, ben: Viewer, acquainted: str, commands: Commands, published: list
) -> None:
    await say(ana, acquainted)
    await elsewhere(say(ben, acquainted))
    await remembered.message_sent(published[-1])
    assert await sent_by(commands, ana, acquainted) == ["find conversations", *WRITTEN, "find users"]
    await say(ben, acquainted)
    published.clear()
    await elsewhere(receipts.mark_read(ana, acquainted, 6))
    await remembered.conversation_read(published[-1])
    assert await sent_by(commands, ana, acquainted) == WRITTEN
    await elsewhere(membership.mute(ben, acquainted, True))
    await remembered.conversation_changed(published[-1])
    assert await sent_by(commands, ana, acquainted) == ["find conversations", *WRITTEN]


async def test_reading_a_message_that_came_is_one_write(
    ana: Viewer, ben: Viewer, cleo: Viewer, acquainted: str, commands: Commands, published: list
) -> None:
    await friends(ana, ben, cleo)
    await visibility.blocked_either_way(ana, [])
    await say(ben, acquainted)
    # Who may see a receipt is read every time.
    assert await read_by(commands, ana, acquainted, 3) == ["update conversations", "find users"]
    assert (published[-1].seq, published[-1].shown_to) == (3, (ben.id,))
    assert await inbox.unread(ana) == {}
    assert await read_by(commands, ana, acquainted, 3) == ["find conversations", "update conversations"]
    # A message from another process, which this one has not noticed but the browser has.
    await elsewhere(say(ben, acquainted))
    assert await read_by(commands, ana, acquainted, 4) == [
        *("find conversations", "update conversations", "find users")
    ]
    group = await conversations.start(ana, [ben.id, cleo.id], "Us")
    await say(ana, group)
    await elsewhere(membership.remove(ana, group, ben.id))
    with pytest.raises(NotFound):
        await receipts.mark_read(ben, group, 1)
    await say(ben, acquainted)
    await elsewhere(blocks.block(ben, ana.id))
    published.clear()
    looks = ["update conversations", "find conversations", "update conversations"]
    assert (await read_by(commands, ana, acquainted, 5))[:3] == looks
    assert [event.shown_to for event in published] == [()]


async def test_so_many_conversations_are_remembered_and_no_more(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "MOST", 3)
    remembered._rows.clear()
    chats = [await chat_of(ana, await join(f"guest{number}")) for number in range(5)]
    for chat in (*chats, chats[2]):
        await conversations.access(ana, chat)
    assert list(remembered._rows) == [ObjectId(chats[at]) for at in (3, 4, 2)]
