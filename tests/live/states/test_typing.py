"""Recipients of typing indicators are determined at the moment of delivery."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import instagram_clone.web.states.messaging.inbox_facts  # noqa: F401  (registers its listeners)
from instagram_clone import live
from instagram_clone.domain.core import events
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging.events import ConversationRead, Typing
from instagram_clone.domain.people.relations import blocks
from instagram_clone.live.bus import exchange
from instagram_clone.web.states import withdrawals
from tests.live.conftest import FakeSockets
from tests.live.test_bus import until


async def test_a_typing_indicator_is_not_sent_to_anyone_blocked_in_the_meantime(
    sockets: FakeSockets, ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    for token, viewer in (("t1", ana), ("t2", ben), ("t3", cleo)):
        live.identify(token, viewer.id, viewer.session_id)
        live.watch(token, "inbox", [f"inbox:{viewer.id}"])
    # Built before the block, and published again after it.
    late = Typing("chat", ana.id, "ana", (ben.id, cleo.id))
    await events.publish(late)
    await live.settled()
    assert {sid for sid, facts in sockets.sent if "typing_chat" in facts} == {"s2", "s3"}
    await blocks.block(ben, ana.id)
    await live.settled()
    sockets.sent.clear()
    await events.publish(late)
    await live.settled()
    assert {sid for sid, facts in sockets.sent if "typing_chat" in facts} == {"s3"}


async def test_events_from_other_processes_do_not_wait_for_the_visibility_check(
    sockets: FakeSockets, monkeypatch: pytest.MonkeyPatch, ana: Viewer, ben: Viewer
) -> None:
    asked, answered = withdrawals.visibility.all_blocked_either_way, asyncio.Event()

    async def slowly(*people: Any) -> Any:
        await answered.wait()
        return await asked(*people)

    monkeypatch.setattr(withdrawals.visibility, "all_blocked_either_way", slowly)
    live.identify("t3", ben.id, ben.session_id)
    live.watch("t3", "inbox", [f"inbox:{ben.id}"])
    received: exchange.Received = asyncio.Queue()
    received.put_nowait(Typing("chat", ana.id, "ana", (ben.id,)))
    received.put_nowait(ConversationRead("chat", ben.id, 4, "", ()))
    delivering = asyncio.create_task(exchange._deliver(received))
    await until(lambda: any("read_chat" in facts for _, facts in sockets.sent))
    assert not any("typing_chat" in facts for _, facts in sockets.sent)
    answered.set()
    await live.settled()
    assert any("typing_chat" in facts for _, facts in sockets.sent)
    delivering.cancel()
