"""The activity slice: the viewer's notifications, as a badge on every page and as lines in the panel."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import reflex as rx

from instagram_clone import live, routes
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.notifications import activity
from instagram_clone.domain.notifications.activity import Alert
from instagram_clone.domain.notifications.events import AlertsChanged
from instagram_clone.domain.people import directory
from instagram_clone.domain.people.directory import PersonRow
from instagram_clone.live import topics
from instagram_clone.runtime.state_adapter import connection_of, url_of
from instagram_clone.web.states.moments import now_ms
from instagram_clone.web.states.paging import read_at_least
from instagram_clone.web.states.session import badge, maybe_viewer, viewer_of
from instagram_clone.web.states.status import LOADING, READY
from instagram_clone.web.states.unwrap_proxy import unwrap_proxy
from instagram_clone.web.states.withdrawals import VisibilityChange, withdraws

PAUSE_SECONDS = 0.3
"""While a post is getting many likes, the count is updated this often rather than with every like."""

MAX_LINES = 300
"""Lines kept on one screen; scrolling further drops the newest, which can be loaded again."""


@badge
class AlertsState(rx.State):
    """The unread count and, while the panel or the page is open, its lines and the follow requests."""

    unread: int = 0
    lines: list[Alert] = []
    status: str = LOADING
    done: bool = True
    past_start: bool = False
    read_at: float = 0.0
    requests: int = 0
    asking: list[PersonRow] = []
    connection: str = ""
    """The connection over which the count was read; lines opened over another one are opened again."""
    opened: str = ""
    """The connection over which the lines were opened: after a reload of the page they are closed."""

    _on_page: bool = False
    _is_visible: bool = False
    _seen: int | None = None
    _cursor: str = ""

    async def _load_badge(self) -> None:
        """Count the unread lines."""
        viewer = await maybe_viewer(self)
        self.connection = connection_of(self).session_id
        if self._on_page and not self._at_page():
            self._close()
        self.unread = await self._count(viewer) if viewer else 0
        if viewer and self._is_open():
            # A page is also loaded again after a change to it has failed, perhaps one to these lines.
            await self._read_again()

    @rx.event
    async def open_panel(self):
        """Show the lines; the dots of new ones stay until the panel closes."""
        viewer = await viewer_of(self)
        self._is_visible = self._is_visible and self._is_open()
        self.opened, self._on_page = connection_of(self).session_id, self._at_page()
        self._seen = await activity.seen_marker(viewer)
        await self._read_again()
        if self._is_visible:
            await activity.mark_seen(viewer)

    @rx.event
    async def set_visible(self, visible: bool):
        """Mark the open lines as seen if the tab is visible, and further ones as long as it is."""
        # Before the lines are opened, marking them as seen would lose their dots.
        if self._is_open():
            self._is_visible = visible
            if visible:
                await activity.mark_seen(await viewer_of(self))

    @rx.event
    def close_panel(self):
        """Forget which lines were new, unless the page beneath the panel shows them too."""
        if not self._at_page():
            self._close()

    @rx.event
    async def mark_all_read(self):
        """Mark all lines as seen and remove their dots right away."""
        viewer = await viewer_of(self)
        await activity.mark_seen(viewer)
        self._seen = await activity.seen_marker(viewer)
        await self._read_again()

    @rx.event
    async def more(self):
        """Show the next page of lines."""
        if self._cursor:
            viewer, shown = await viewer_of(self), unwrap_proxy(self.lines)
            read = partial(activity.page, viewer, seen=self._seen)
            page, cursor = await read_at_least(1, MAX_LINES, read, self._cursor)
            if self._watch_lines([*shown, *page][-MAX_LINES:]):
                page, cursor = await read_at_least(1, MAX_LINES, read, self._cursor)
            lines = [*shown, *page]
            self.past_start = self.past_start or len(lines) > MAX_LINES
            self.lines, self._cursor, self.done = lines[-MAX_LINES:], cursor, not cursor

    @rx.event
    async def load_first(self):
        """Show the newest lines again after they have been dropped."""
        if self.past_start:
            await self._read()

    def _at_page(self) -> bool:
        return url_of(self).path.startswith(routes.NOTIFICATIONS)

    def _is_open(self) -> bool:
        return bool(self.opened) and self.opened == connection_of(self).session_id

    def _close(self) -> None:
        live.unwatch(live.token_of(self), "lines")
        self.opened, self._on_page, self._is_visible = "", False, False
        self._seen, self.lines, self.past_start, self.status = None, [], False, LOADING

    async def _read_again(self) -> None:
        """Read the lines as far down as they were loaded before."""
        await self._read(len(self.lines))

    async def _read(self, least: int = 0) -> None:
        viewer = await viewer_of(self)
        self.read_at = now_ms()
        self.requests = await directory.requests(viewer)
        self.asking = (await directory.requests_page(viewer))[0][:2] if self.requests else []
        read = partial(activity.page, viewer, seen=self._seen)
        lines, self._cursor = await read_at_least(least, MAX_LINES, read)
        if self._watch_lines(lines):
            lines, self._cursor = await read_at_least(least, MAX_LINES, read)
        self.lines, self.done, self.past_start, self.status = lines, not self._cursor, False, READY

    async def _count(self, viewer: Viewer) -> int:
        summary = await activity.unread_summary(viewer)
        if self._watch("badge", summary.authors):
            summary = await activity.unread_summary(viewer)
        return summary.count

    def _watch_lines(self, lines: list[Alert]) -> bool:
        return self._watch("lines", (line.author_id for line in lines if line.author_id))

    def _watch(self, scope: str, authors: Iterable[str]) -> bool:
        """Watch the visibility of some people's posts; return True if it may have changed already."""
        token = live.token_of(self)
        wanted = {topics.activity(author) for author in authors}
        new = not all(live.watches(token, topic) for topic in wanted)
        live.watch(token, scope, wanted)
        return new


@live.on(AlertsChanged, AlertsState, lambda event: [topics.user(event.user_id)], pause=PAUSE_SECONDS)
async def alerts_changed(tab: AlertsState, _: AlertsChanged | None) -> None:
    """Re-read the count in every tab, and the lines where they are open."""
    viewer = await maybe_viewer(tab)
    if viewer is None:
        return
    if tab._is_open():
        if tab._is_visible:
            await activity.mark_seen(viewer)
        await tab._read_again()
    unread = await tab._count(viewer)
    if unread != tab.unread:
        tab.unread = unread


@withdraws(AlertsState)
async def sight_changed(tab: AlertsState, change: VisibilityChange) -> None:
    """Show and count only the notifications that the viewer may see now."""
    if change.by_block or live.watches(live.token_of(tab), topics.activity(change.author_id)):
        await alerts_changed(tab, None)
