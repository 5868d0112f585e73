"""What an open conversation receives, whatever the order and number of its events."""

from __future__ import annotations

from typing import Any

import pytest

import instagram_clone.web.states.messaging.inbox_facts  # noqa: F401  (registers its listeners)
from instagram_clone import live
from instagram_clone.domain.core import events
from instagram_clone.domain.messaging.events import (
    ConversationChanged,
    ConversationRead,
    MessageChanged,
    MessageUnsent,
)
from instagram_clone.live import editing, fact_keys, topics
from instagram_clone.web.states.messaging import thread
from tests.live.conftest import FakeSockets
from tests.simulated_time import SIMULATED

CHAT = "6" * 24


@pytest.fixture
def anyio_backend() -> Any:
    return SIMULATED


@pytest.fixture
def open_thread(sockets: FakeSockets) -> FakeSockets:
    """A tab of Ana's that shows the conversation."""
    live.watch("t1", "thread", [topics.thread(CHAT, "ana")])
    return sockets


async def test_an_unsent_message_does_not_return_with_a_late_reaction(
    open_thread: FakeSockets,
) -> None:
    # Committed before the message was unsent, but published after that: its card is read in between.
    late = MessageChanged(CHAT, ("ana",), {"id": "m1", "seq": 1, "rev": 7, "reactions": {}})
    for event in (MessageUnsent(CHAT, ("ana",), "m1"), late):
        await events.publish(event)
        await live.settled()
    key = fact_keys.message_key(CHAT, "m1")
    assert [facts[key].get("gone") for _, facts in open_thread.sent if key in facts] == [True]


async def test_a_late_read_position_undoes_no_later_one(open_thread: FakeSockets) -> None:
    live.watch("t1", "user", [topics.user("ben"), topics.thread(CHAT, "ana")])
    # From two processes, in the wrong order.
    for seq in (12, 11):
        await events.publish(ConversationRead(CHAT, "ben", seq, "", ("ana",)))
        await live.settled()
    for key in (fact_keys.read_key(CHAT), fact_keys.seen_key(CHAT, "ben")):
        assert [facts[key]["seq"] for sid, facts in open_thread.sent if sid == "s1" and key in facts] == [
            12
        ]


async def test_frequent_changes_are_read_at_intervals(
    open_thread: FakeSockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited: list[tuple[str, Any]] = []
    monkeypatch.setattr(editing, "_paused", set())
    monkeypatch.setattr(
        editing, "_add", lambda token, change, is_priority: edited.append((token, change[1]))
    )
    for _ in range(5):
        await events.publish(ConversationChanged(CHAT, ("ana",)))
    assert edited.count(("t1", thread.thread_changed)) == 1
