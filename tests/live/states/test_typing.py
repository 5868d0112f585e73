"""Who is told that somebody writes, asked in the moment of telling."""

from __future__ import annotations

import instagram_clone.web.states.messaging.inbox  # noqa: F401  (tells)
from instagram_clone import live
from instagram_clone.domain.core import events
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging.events import Typing
from instagram_clone.domain.people.relations import blocks
from tests.live.conftest import Wire


async def test_that_somebody_writes_is_not_told_to_whom_a_block_has_parted_from_them_meanwhile(
    wire: Wire, ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    for token, viewer in (("t1", ana), ("t2", ben), ("t3", cleo)):
        live.identify(token, viewer.id, viewer.session_id)
        live.watch(token, "inbox", [f"inbox:{viewer.id}"])
    # Worked out before the block, published after it.
    late = Typing("chat", ana.id, "ana", (ben.id, cleo.id))
    await events.publish(late)
    await live.settled()
    assert {sid for sid, known in wire.sent if "typing_chat" in known} == {"s2", "s3"}
    await blocks.block(ben, ana.id)
    await live.settled()
    wire.sent.clear()
    await events.publish(late)
    await live.settled()
    assert {sid for sid, known in wire.sent if "typing_chat" in known} == {"s3"}
