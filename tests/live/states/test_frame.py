"""The data in the frame around every page is read by a single event, to completion."""

from __future__ import annotations

import asyncio

import pytest
import reflex as rx
from reflex.istate.data import RouterData

from instagram_clone import live
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import inbox
from instagram_clone.web.states.activity import AlertsState
from instagram_clone.web.states.messaging.inbox import InboxState
from instagram_clone.web.states.session import SessionState
from tests.domain.messaging.talk import chat_of, friends, say
from tests.live.conftest import FakeSockets


@pytest.fixture
async def session(sockets: FakeSockets, ben: Viewer) -> SessionState:
    """A tab of Ben's, who has a message from Ana."""
    for token in sockets.sid_to_token.values():
        live.identify(token, ben.id, ben.session_id)
    root = rx.State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]
    root.router = RouterData.from_router_data({"token": "t3"})
    shown = await root.get_state(SessionState)
    shown._viewer = ben
    return shown


async def test_the_frame_shows_the_user_and_the_unread_counts(
    session: SessionState, ana: Viewer, ben: Viewer
) -> None:
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    await say(ana, chat)
    await SessionState.load_frame.fn(session)  # pyright: ignore[reportAttributeAccessIssue]
    assert session.ready and session.user_id == ben.id
    assert (await session.get_state(InboxState)).unread == {chat: 1}
    assert (await session.get_state(AlertsState)).unread == 1


async def test_a_failure_in_the_frame_is_raised_only_when_everything_has_ended(
    session: SessionState, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, allowed = asyncio.Event(), asyncio.Event()

    async def failing(_: Viewer) -> dict[str, int]:
        raise ConnectionError("gone")

    async def slowly(_: AlertsState) -> None:
        started.set()
        await allowed.wait()

    monkeypatch.setattr(inbox, "unread", failing)
    monkeypatch.setattr(AlertsState, "_load_badge", slowly)
    load = SessionState.load_frame.fn  # pyright: ignore[reportAttributeAccessIssue]
    loading = asyncio.create_task(load(session))
    await started.wait()
    while not session.ready:  # noqa: ASYNC110
        await asyncio.sleep(0)
    # The tab stays locked for as long as any of its data is being read.
    assert not loading.done()
    allowed.set()
    with pytest.raises(ConnectionError):
        await loading
