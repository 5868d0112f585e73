"""What happens in conversations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from instagram_clone.domain.core.events import Event


@dataclass(frozen=True)
class MessageSent(Event):
    """A message is in a conversation. `to` are all who may read it, `counted` those with it unread.

    `message` is what a screen shows of it, the same for all; `line` what stands in an inbox.
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
    """Somebody has seen a conversation up to a message. `shown_to` are those who may know that."""

    conversation_id: str
    user_id: str
    seq: int
    at: str
    shown_to: tuple[str, ...]


@dataclass(frozen=True)
class ConversationChanged(Event):
    """Who is in a conversation, its name or a person's own view of it changed; how, the database knows."""

    conversation_id: str
    to: tuple[str, ...]


@dataclass(frozen=True)
class Typing(Event):
    conversation_id: str
    user_id: str
    username: str
    to: tuple[str, ...]
