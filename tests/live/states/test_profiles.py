"""The profile slice: a person's page as far as the viewer may see it."""

from __future__ import annotations

import pytest
import reflex as rx
from reflex.istate.data import RouterData

from instagram_clone import live
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import preferences, profiles
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import feed
from instagram_clone.web.states.people.account import SettingsState
from instagram_clone.web.states.people.profiles import ProfileState, profile_sight_changed
from instagram_clone.web.states.posts.lists import PERSON
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.session import SessionState
from instagram_clone.web.states.withdrawals import VisibilityChange
from tests.conftest import share
from tests.live.conftest import FakeSockets


@pytest.fixture
async def profile(sockets: FakeSockets, ana: Viewer, ben: Viewer) -> ProfileState:
    """Ana's page in a tab of Ben's, who follows her."""
    for token in sockets.sid_to_token.values():
        live.identify(token, ben.id, ben.session_id)
    await follows.follow(ben, ana.id)
    root = rx.State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]
    root.router = RouterData.from_router_data({"token": "t3"})
    (await root.get_state(SessionState))._viewer = ben
    shown = await root.get_state(ProfileState)
    shown._handle, shown.part = "ana", PERSON
    return shown


async def test_a_follower_stays_where_they_are_when_the_account_goes_private(
    profile: ProfileState, ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed.by_person, "__defaults__", ("", 2))
    for _ in range(5):
        await share(ana)
    await profile._read()
    timeline = await profile.get_state(TimelineState)
    await TimelineState.more.fn(timeline)  # pyright: ignore[reportAttributeAccessIssue]
    assert len(timeline.posts) == 4
    shown = [card.id for card in timeline.posts]
    await preferences.set_private(ana, True)
    await profile_sight_changed(profile, VisibilityChange(ana.id, now_hidden=False, by_block=False))
    assert [card.id for card in timeline.posts] == shown


async def test_someone_who_lost_access_sees_no_posts_and_gets_them_back_with_it(
    profile: ProfileState, ana: Viewer, ben: Viewer
) -> None:
    await share(ana)
    await profile._read()
    timeline = await profile.get_state(TimelineState)
    assert len(timeline.posts) == 1
    await preferences.set_private(ana, True)
    await follows.remove_follower(ana, ben.id)
    await profile_sight_changed(profile, VisibilityChange(ana.id, now_hidden=True, by_block=False))
    assert timeline.posts == [] and not profile.relationship.visible
    await preferences.set_private(ana, False)
    await profile_sight_changed(profile, VisibilityChange(ana.id, now_hidden=False, by_block=False))
    assert len(timeline.posts) == 1 and profile.relationship.visible


async def test_saving_a_bio_keeps_a_name_that_was_changed_in_another_tab(
    profile: ProfileState, ben: Viewer
) -> None:
    settings = await profile.get_state(SettingsState)
    await SettingsState.load_profile.fn(settings)  # pyright: ignore[reportAttributeAccessIssue]
    form = {"name": settings.name, "username": "ben", "bio": "Only prints.", "website": ""}
    await profiles.edit_profile(ben, "Benjamin", "benjamin", "", "https://ben.example")
    await SettingsState.save_profile.fn(settings, form)  # pyright: ignore[reportAttributeAccessIssue]
    me = await profiles.own_profile(ben)
    assert (me.name, me.username, me.bio) == ("Benjamin", "benjamin", "Only prints.")
    assert (settings.username, settings.website) == ("benjamin", "https://ben.example")
