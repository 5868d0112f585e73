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
from instagram_clone.web.states import paging
from instagram_clone.web.states.activity import AlertsState, alerts_changed
from instagram_clone.web.states.session import SessionState
from instagram_clone.web.states.status import LOADING, READY
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


async def hidden_alert(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    """Notify Ana of Ben's reply on a post by Cleo, which is hidden once Cleo goes private."""
    post_id = await share(cleo)
    await comments.add(ben, post_id, "No.", answering=await comments.add(ana, post_id, "Is it yours?"))
    await outbox.settle()


async def test_pages_of_hidden_notifications_are_skipped(
    panel: AlertsState, ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("dan", "emma"):
        await follows.follow(await join(name), ana.id)
        await outbox.settle()
        await hidden_alert(ana, ben, cleo)
        await hidden_alert(ana, ben, cleo)
    await preferences.set_private(cleo, True)
    monkeypatch.setattr(activity, "PAGE", 1)
    await panel.open_panel()
    assert [line.people[0].username for line in panel.lines] == ["emma"] and not panel.done
    await panel.more()
    assert [line.people[0].username for line in panel.lines] == ["emma", "dan"] and panel.done


async def test_only_so_many_hidden_notifications_are_skipped_at_once(
    panel: AlertsState, ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follows.follow(ben, ana.id)
    await outbox.settle()
    for _ in range(3):
        await hidden_alert(ana, ben, cleo)
    await preferences.set_private(cleo, True)
    monkeypatch.setattr(activity, "PAGE", 1)
    monkeypatch.setattr(paging, "MAX_PAGES", 2)
    await panel.open_panel()
    assert panel.lines == [] and not panel.done
    await panel.more()
    assert [line.kind for line in panel.lines] == ["follow"] and panel.done


async def test_closing_the_panel_over_the_page_of_notifications_leaves_the_page_as_it_is(
    panel: AlertsState, ana: Viewer, ben: Viewer
) -> None:
    def go_to(path: str) -> None:
        router = RouterData.from_router_data({"token": TOKEN, "sid": "s3", "asPath": path})
        panel._get_root_state().router = router

    await follows.follow(ben, ana.id)
    await outbox.settle()
    go_to("/notifications")
    await panel.open_panel()
    panel.close_panel()
    assert panel.status == READY and [line.kind for line in panel.lines] == ["follow"]
    go_to("/")
    await panel._load_badge()
    assert panel.status == LOADING and panel.lines == []
    await panel.open_panel()
    panel.close_panel()
    assert panel.status == LOADING and panel.lines == []


async def test_notifications_count_as_seen_only_where_they_are_on_screen(
    panel: AlertsState, ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    async def unread_after(follower: Viewer) -> int:
        await follows.follow(follower, ana.id)
        await outbox.settle()
        await alerts_changed(panel, None)
        assert await activity.unread(ana) == panel.unread
        return panel.unread

    await panel.set_visible(True)
    assert await unread_after(ben) == 1
    await panel.open_panel()
    assert await activity.unread(ana) == 1
    await panel.set_visible(True)
    assert await activity.unread(ana) == 0
    assert await unread_after(cleo) == 0
    await panel.set_visible(False)
    dan, emma = await join("dan"), await join("emma")
    assert await unread_after(dan) == 1
    assert [line.people[0].username for line in panel.lines if line.fresh] == ["dan", "cleo", "ben"]
    await panel.set_visible(True)
    assert await activity.unread(ana) == 0
    router = RouterData.from_router_data({"token": TOKEN, "sid": "reconnected"})
    panel._get_root_state().router = router
    assert await unread_after(emma) == 1
    await panel.open_panel()
    assert await activity.unread(ana) == 1
    assert [line.people[0].username for line in panel.lines if line.fresh] == ["emma"]
