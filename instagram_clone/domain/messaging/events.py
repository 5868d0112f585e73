"""Events about conversations and their messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from instagram_clone.domain.core.events import Event


@dataclass(frozen=True)
class MessageSent(Event):
    """A message was sent. `to` lists everyone who may read it, `counted` those for whom it is unread.

    `message` is what a screen shows of it, the same for everyone; `line` is its preview in an inbox.
    """

    conversation_id: str
    to: tuple[str, ...]
    counted: tuple[str, ...]
    seq: int
    by: str
    username: str
    line: str
    at: str
    message: dict[str, Any]


@dataclass(frozen=True)
class MessageChanged(Event):
    """A message got or lost a reaction."""

    conversation_id: str
    to: tuple[str, ...]
    message: dict[str, Any]


@dataclass(frozen=True)
class MessageUnsent(Event):
    conversation_id: str
    to: tuple[str, ...]
    message_id: str


@dataclass(frozen=True)
class ConversationRead(Event):
    """Someone has read a conversation up to a message. `shown_to` lists those who may know that."""

    conversation_id: str
    user_id: str
    seq: int
    at: str
    shown_to: tuple[str, ...]


@dataclass(frozen=True)
class ConversationChanged(Event):
    """A conversation's members, its name or one person's view of it changed. Carries no new values."""

    conversation_id: str
    to: tuple[str, ...]


@dataclass(frozen=True)
class Typing(Event):
    conversation_id: str
    user_id: str
    username: str
    to: tuple[str, ...]
