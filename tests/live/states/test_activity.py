"""Open notifications: gone with their subject wherever they are, read again as far down as before."""

from __future__ import annotations

import pytest
import reflex as rx
from reflex.istate.data import RouterData

from instagram_clone import live
from instagram_clone.domain.core import outbox
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.notifications import activity
from instagram_clone.domain.people import preferences
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comments
from instagram_clone.web.states.activity import AlertsState, alerts_changed
from instagram_clone.web.states.session import SessionState
from instagram_clone.web.states.withdrawals import VisibilityChange
from tests.conftest import join, share
from tests.live.conftest import FakeSockets

TOKEN = "t3"


@pytest.fixture
async def panel(sockets: FakeSockets, ana: Viewer) -> AlertsState:
    """The notifications in one of Ana's tabs."""
    live.identify(TOKEN, ana.id, ana.session_id)
    root = rx.State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]
    root.router = RouterData.from_router_data({"token": TOKEN, "sid": "s3"})
    session, shown = await root.get_state(SessionState), await root.get_state(AlertsState)
    session._viewer = ana
    return shown


async def test_notifications_loaded_later_are_removed_with_their_post_too(
    panel: AlertsState, ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_id = await share(cleo)
    comment_id = await comments.add(ana, post_id, "Is it yours?")
    await comments.add(ben, post_id, "No.", answering=comment_id)
    await follows.follow(ben, ana.id)
    await outbox.settle()
    monkeypatch.setattr(activity, "PAGE", 1)
    await panel.open_panel()
    assert [line.kind for line in panel.lines] == ["follow"]
    await panel.more()
    assert [line.kind for line in panel.lines] == ["follow", "reply"]
    edited: list[tuple[str, type[rx.State], VisibilityChange]] = []
    monkeypatch.setattr(live, "edit", lambda token, state, _, change: edited.append((token, state, change)))
    await preferences.set_private(cleo, True)
    assert (TOKEN, AlertsState, VisibilityChange(cleo.id, now_hidden=True, by_block=False)) in edited


async def test_a_scrolled_panel_keeps_its_length_when_another_notification_arrives(
    panel: AlertsState, ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    dan = await join("dan")
    for follower in (ben, cleo):
        await follows.follow(follower, ana.id)
    await outbox.settle()
    monkeypatch.setattr(activity, "PAGE", 1)
    await panel.open_panel()
    await panel.more()
    await follows.follow(dan, ana.id)
    await outbox.settle()
    await alerts_changed(panel, None)
    assert [line.people[0].username for line in panel.lines] == ["dan", "cleo"] and not panel.done
    await panel.mark_all_read()
    assert len(panel.lines) == 2
    panel.past_start = True
    await panel.load_first()
    assert len(panel.lines) == 1
