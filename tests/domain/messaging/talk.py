"""Helpers for messaging tests: people who follow each other, and what they write."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable
from typing import Any

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import conversation_cache, conversations, messages
from instagram_clone.domain.messaging.message_cards import Message
from instagram_clone.domain.people.relations import follows
from tests.domain.conftest import Commands

_keys = itertools.count()


async def say(viewer: Viewer, chat: str, text: str = "Hello", key: str = "") -> str:
    return await messages.send(viewer, chat, key or f"key-{next(_keys)}", text=text)


async def friends(*people: Viewer) -> None:
    for one, other in itertools.permutations(people, 2):
        await follows.follow(one, other.id)


async def chat_of(viewer: Viewer, *others: Viewer) -> str:
    return await conversations.start(viewer, [other.id for other in others])


def words(page: list[Message]) -> list[str]:
    return ["".join(piece.text for piece in one.text) for one in page]


async def read(viewer: Viewer, chat: str) -> list[str]:
    return words((await messages.page(viewer, chat))[0])


WRITTEN = ["update conversations", "insert messages", "commitTransaction 1"]
"""The commands that sending a message takes if everything it depends on is cached."""


async def commands_to_send(commands: Commands, viewer: Viewer, chat: str) -> list[str]:
    """Send a message, and return the commands that it took."""
    commands.sent.clear()
    await say(viewer, chat)
    return [f"{name} {command[name]}" for name, command in commands.sent]


async def in_another_process(action: Awaitable[Any]) -> None:
    """Do something as if another process had done it, and this one had not received its events yet."""
    rows = dict(conversation_cache._rows)
    await action
    conversation_cache._rows.clear()
    conversation_cache._rows.update(rows)
