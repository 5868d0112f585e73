"""Conversations that tests of messages begin with."""

from __future__ import annotations

import pytest

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts, visibility
from tests.domain.conftest import Commands
from tests.domain.messaging.talk import chat_of, friends, say


@pytest.fixture
async def acquainted(ana: Viewer, ben: Viewer, monkeypatch: pytest.MonkeyPatch, commands: Commands) -> str:
    """A conversation of two, of whom it is known already who they are and whom a block parts from them."""
    monkeypatch.setattr(accounts._known, "seconds", 3600.0)
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    await say(ana, chat)
    await say(ben, chat)
    for one in (ana, ben):
        await visibility.blocked_either_way(one, [])
    return chat
