"""The profile page: the person, the viewer's relationship to them, and the part that is shown."""

from __future__ import annotations

import reflex as rx

from instagram_clone import live
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.people import directory, visibility
from instagram_clone.domain.people.directory import Relationship
from instagram_clone.domain.people.events import (
    ProfileCounted,
    ProfileEdited,
)
from instagram_clone.domain.people.profiles import Profile
from instagram_clone.live import fact_keys, topics
from instagram_clone.runtime.state_adapter import url_of
from instagram_clone.web.access import open_to_all
from instagram_clone.web.states.moments import now_ms
from instagram_clone.web.states.posts.lists import PERSON, SAVED
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.session import maybe_viewer
from instagram_clone.web.states.status import LOADING, MISSING, READY
from instagram_clone.web.states.withdrawals import VisibilityChange, withdraws


class ProfileState(rx.State):
    """The open profile page, and its part: the person's posts, or what the viewer has saved.

    `read_at` is when it was read, in ms: a later fact about a follow is newer than `relationship`.
    """

    profile: Profile | None = None
    relationship: Relationship = Relationship()
    mine: bool = False
    status: str = LOADING
    read_at: float = 0.0
    part: str = PERSON

    _handle: str = ""

    @rx.event
    @open_to_all
    async def load(self):
        """Show the page of the person in the address, and their photos."""
        await self._load(PERSON)

    @rx.event
    async def load_saved(self):
        """Show what the viewer has saved on their own page; other people's pages have no such part."""
        await self._load(SAVED)

    async def _load(self, part: str) -> None:
        handle = str(url_of(self).path.strip("/").partition("/")[0])
        self.part = part
        if handle.casefold() != self._handle.casefold():
            self._clear(LOADING)
        self._handle = handle
        await self._read()

    async def _read(self) -> None:
        viewer = await maybe_viewer(self)
        started_at = now_ms()
        token = live.token_of(self)
        try:
            found = await visibility.profile(viewer, self._handle)
            await live.watch(token, "profile", [topics.profile(found.id)])
            # Read once more now that changes are watched, to include any in between.
            found = await visibility.profile(viewer, self._handle)
        except NotFound:
            live.unwatch(token, "profile")
            self._clear(MISSING)
            return
        self.mine = viewer is not None and viewer.id == found.id
        if self.part == SAVED and not self.mine:
            live.unwatch(token, "profile")
            self._clear(MISSING)
            return
        self.relationship = await directory.relationship(viewer, found.id)
        self.profile, self.status, self.read_at = found, READY, started_at
        timeline = await self.get_state(TimelineState)
        await timeline._open(self.part, found.id)

    def _clear(self, status: str) -> None:
        self.profile, self.relationship, self.mine, self.status = None, Relationship(), False, status


def _counted(event: ProfileCounted) -> live.FactsByTopic:
    counts = {
        "posts": event.posts,
        "followers": event.followers,
        "following": event.following,
        "rev": event.rev,
    }
    return [(topics.profile(event.user_id), {fact_keys.person_key(event.user_id): counts})]


@live.on(ProfileEdited, ProfileState, lambda event: [topics.profile(event.user_id)], pause=0.3)
async def profile_edited(tab: ProfileState, event: ProfileEdited) -> None:
    """Reload an edited profile, even if its username is no longer the one in the address."""
    if tab.profile is not None and tab.profile.id == event.user_id:
        tab._handle = event.username
        await tab._read()


@withdraws(ProfileState)
async def profile_sight_changed(tab: ProfileState, change: VisibilityChange) -> None:
    """Reload the profile and its posts, as far as the viewer may see them now."""
    if tab.profile is None or tab.profile.id != change.author_id:
        return
    timeline = await tab.get_state(TimelineState)
    await tab._read()
    if tab.profile is not None:
        await timeline._read(timeline._begin, len(timeline.posts))


live.fact(ProfileCounted, _counted)
