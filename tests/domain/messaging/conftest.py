"""Conversations that messaging tests start from."""

from __future__ import annotations

import pytest

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts, visibility
from tests.domain.conftest import Commands
from tests.domain.messaging.talk import chat_of, friends, say


@pytest.fixture
async def friends_chat(
    ana: Viewer, ben: Viewer, monkeypatch: pytest.MonkeyPatch, commands: Commands
) -> str:
    """Start a conversation of two people whose names and blocks are already cached."""
    monkeypatch.setattr(accounts._summaries, "seconds", 3600.0)
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    await say(ana, chat)
    await say(ben, chat)
    for one in (ana, ben):
        await visibility.blocked_either_way(one, [])
    return chat
