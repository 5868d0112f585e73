"""What sending a message costs, and that what it goes by is asked again in the write."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.errors import Refused
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import media
from instagram_clone.domain.messaging import conversations, inbox, messages
from instagram_clone.domain.messaging.events import ConversationRead, MessageSent
from instagram_clone.domain.people import accounts, blocks, visibility
from tests.conftest import file_of, picture
from tests.domain.conftest import Commands
from tests.domain.messaging.test_messages import chat_of, friends, say


async def sent_by(commands: Commands, viewer: Viewer, chat: str) -> list[str]:
    """Send a message, and return the commands that took."""
    commands.sent.clear()
    await say(viewer, chat)
    return [f"{name} {command[name]}" for name, command in commands.sent if not name.startswith("sasl")]


@pytest.fixture
async def acquainted(ana: Viewer, ben: Viewer, monkeypatch: pytest.MonkeyPatch, commands: Commands) -> str:
    """A conversation of two, of whom it is known already who they are and whom a block parts from them."""
    monkeypatch.setattr(accounts._known, "seconds", 3600.0)
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    await say(ana, chat)
    await say(ben, chat)
    for one in (ana, ben):
        await visibility.blocked_either_way(one)
    return chat


WRITTEN = ["find conversations", "update conversations", "insert messages", "commitTransaction 1"]


async def test_who_answers_waits_for_one_write_and_is_noted_to_have_read(
    ana: Viewer, ben: Viewer, acquainted: str, commands: Commands, published: list
) -> None:
    chat = acquainted
    published.clear()
    # Of receipts it is asked each time who may know.
    assert await sent_by(commands, ana, chat) == ["find conversations", *WRITTEN, "find users"]
    read, event = published
    assert isinstance(read, ConversationRead) and isinstance(event, MessageSent)
    assert (read.user_id, read.seq, read.shown_to, event.seq) == (ana.id, 2, (ben.id,), 3)
    [shown] = (await inbox.show(ben, chat)).members
    # MongoDB keeps milliseconds.
    rounded = datetime.fromisoformat(read.at) - datetime.fromisoformat(shown.seen_at)
    assert shown.seen == 3 and timedelta(0) <= rounded < timedelta(milliseconds=1)
    # What one has written oneself is no news.
    assert await sent_by(commands, ana, chat) == ["find conversations", *WRITTEN]
    assert len(published) == 3


async def test_who_is_refused_while_they_write_has_read_nothing(
    ana: Viewer, ben: Viewer, monkeypatch: pytest.MonkeyPatch, published: list
) -> None:
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    await say(ben, chat)
    draft = await media.store(ana, file_of(picture()), media.MESSAGE)
    cut = media.cut

    async def crossed(*given, **more) -> media.Photo:
        done = await cut(*given, **more)
        await blocks.block(ben, ana.id)
        return done

    monkeypatch.setattr(media, "cut", crossed)
    published.clear()
    with pytest.raises(Refused):
        await messages.send(ana, chat, "photo", photo=draft.id)
    row = await db.conversations.find_one({"_id": ObjectId(chat)})
    assert row is not None and conversations.member_of(row, ana.oid)["seen"] == 0
    assert await inbox.unread(ana) == {chat: 1}
    assert not [event for event in published if isinstance(event, ConversationRead)]
