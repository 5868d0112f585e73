"""The auth slice: who is signed in, as the guard has verified for this very event."""

from __future__ import annotations

import asyncio
from typing import Protocol, TypeVar

import reflex as rx

from instagram_clone.domain.core.errors import NotFound, NotSignedIn
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import profiles
from instagram_clone.web.access import concurrent, open_to_all


class Badge(Protocol):
    """A state behind a part of the frame around every page."""

    async def _load_badge(self) -> None:
        """Load what it shows, which is nothing for people who are not signed in."""


BadgeState = TypeVar("BadgeState", bound=type[rx.State])

_badges: list[type[rx.State]] = []


def badge(state: BadgeState) -> BadgeState:
    """Load a state, which is a `Badge`, with every page that has the frame."""
    _badges.append(state)
    return state


class SessionState(rx.State):
    """The signed-in user. The token itself is in a cookie that no state and no script can read."""

    user_id: str = ""
    username: str = ""
    name: str = ""
    avatar: str = ""
    my_posts: int = 0
    signed_in: bool = False
    ready: bool = False

    _viewer: Viewer | None = None
    _owner: str | None = None

    @rx.event
    @open_to_all
    async def load(self):
        """Show who is signed in. Every page without the frame loads this first."""
        await self._load()

    @rx.event
    @open_to_all
    @concurrent
    async def load_frame(self):
        """Show who is signed in, and what is new. Every page in the frame loads this first.

        It is a single event, since looking up, diffing and sending the state costs more than each part.
        """
        parts: list[Badge] = [await self.get_state(badge) for badge in _badges]  # pyright: ignore[reportAssignmentType]
        loading = (self._load(), *(part._load_badge() for part in parts))
        results = await asyncio.gather(*loading, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _load(self) -> None:
        if self._viewer is None:
            self.signed_in, self.user_id, self.username = False, "", ""
        else:
            await self._show(self._viewer)
        self.ready = True

    def _assume(self, viewer: Viewer | None) -> None:
        """Show that somebody is signed in before their profile has been read."""
        if viewer is not None:
            self.signed_in, self.user_id, self.username = True, viewer.id, viewer.username

    async def _show(self, viewer: Viewer) -> None:
        try:
            me = await profiles.own_profile(viewer)
        except NotFound:
            self.signed_in = False
            return
        self.signed_in = True
        self.user_id, self.username, self.name = me.id, me.username, me.name
        self.avatar = me.avatar
        self.my_posts = me.posts


async def maybe_viewer(state: rx.State) -> Viewer | None:
    """Return the viewer, or None for somebody who is not signed in."""
    session = await state.get_state(SessionState)
    return session._viewer


async def viewer_of(state: rx.State) -> Viewer:
    """Return the viewer. Raises NotSignedIn."""
    viewer = await maybe_viewer(state)
    if viewer is None:
        raise NotSignedIn
    return viewer
