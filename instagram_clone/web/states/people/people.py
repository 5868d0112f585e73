"""Lists of people, such as followers and likers, and following them."""

from __future__ import annotations

from functools import partial

import reflex as rx

from instagram_clone import live
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.people import directory, visibility
from instagram_clone.domain.people.directory import PersonRow
from instagram_clone.domain.people.events import FollowRequested, PrivacyChanged
from instagram_clone.domain.people.relations import approvals, follow_requests, follows
from instagram_clone.domain.posts import likes
from instagram_clone.live import topics
from instagram_clone.runtime.state_adapter import connection_of, url_of
from instagram_clone.web.access import CallerSelf, open_to_all, rolled_back_by, without_state
from instagram_clone.web.states.moments import now_ms
from instagram_clone.web.states.paging import read_at_least
from instagram_clone.web.states.people import follow_facts
from instagram_clone.web.states.people.suggestions import SuggestionsMixin
from instagram_clone.web.states.posts.taps import clear_tap
from instagram_clone.web.states.session import viewer_of
from instagram_clone.web.states.status import LOADING, READY
from instagram_clone.web.states.unwrap_proxy import unwrap_proxy
from instagram_clone.web.states.withdrawals import VisibilityChange, withdraws

MAX_PEOPLE = 800
"""People kept in one list; scrolling further drops the first, which can be loaded again."""

LIKES, FOLLOWERS, FOLLOWING, REQUESTS = "Likes", "Followers", "Following", "Follow requests"
_SOURCES = {
    "likes": likes.people,
    "comment likes": likes.comment_people,
    "followers": directory.followers_page,
    "following": directory.following_page,
    "requests": lambda viewer, _, before: directory.requests_page(viewer, before),
}


class PeopleState(SuggestionsMixin, rx.State):
    """A list of people in a dialog, the suggestions beside the feed, and following itself.

    `own` is True for the viewer's own followers and followees; `path` is the page a list was opened on.
    """

    title: str = ""
    path: str = ""
    own: bool = False
    people: list[PersonRow] = []
    status: str = LOADING
    read_at: float = 0.0
    done: bool = True
    past_start: bool = False

    _source: str = ""
    _subject: str = ""
    _cursor: str = ""
    _socket: str = ""

    @rx.event
    @without_state
    @rolled_back_by(lambda user_id: clear_tap(user_id))
    async def follow(caller: CallerSelf, user_id: str):
        """Follow somebody; all of the viewer's tabs are updated."""
        await follow_facts.set_following(caller, user_id, True)

    @rx.event
    @without_state
    @rolled_back_by(lambda user_id: clear_tap(user_id))
    async def unfollow(caller: CallerSelf, user_id: str):
        """Unfollow somebody; all of the viewer's tabs are updated."""
        await follow_facts.set_following(caller, user_id, False)

    @rx.event
    async def open_likes(self, post_id: str):
        """List the people who like a post."""
        await self._open(LIKES, "likes", post_id)

    @rx.event
    async def open_comment_likes(self, comment_id: str):
        """List the people who like a comment."""
        await self._open(LIKES, "comment likes", comment_id)

    @rx.event
    async def load_from_address(self):
        """List a person's followers or followees, depending on the address."""
        handle, _, kind = str(url_of(self).path.strip("/")).partition("/")
        viewer = await viewer_of(self)
        if self.path != self._page_path():
            self._close()
        try:
            person = await visibility.profile(viewer, handle)
            self.own = person.id == viewer.id
            title = FOLLOWING if kind.strip("/") == "following" else FOLLOWERS
            await self._open(title, title.lower(), person.id)
        except NotFound:
            # The page beneath the list says so itself.
            self._close()

    @rx.event
    async def load_requests(self):
        """List the people who have asked to follow the viewer."""
        await self._open(REQUESTS, "requests", "")

    @rx.event
    async def confirm(self, user_id: str):
        """Accept somebody's request to follow the viewer."""
        try:
            await approvals.confirm(await viewer_of(self), user_id)
        except NotFound:
            self._drop(user_id)
            raise
        self._drop(user_id)

    @rx.event
    async def decline(self, user_id: str):
        """Decline a follow request."""
        await follow_requests.decline(await viewer_of(self), user_id)
        self._drop(user_id)

    @rx.event
    async def remove_follower(self, user_id: str):
        """Remove somebody from the viewer's followers."""
        await follows.remove_follower(await viewer_of(self), user_id)
        self._drop(user_id)

    @rx.event
    async def more(self):
        """Show the next page of the list."""
        if self._cursor:
            await self._read(self._cursor)

    @rx.event
    async def load_first(self):
        """Start the list over after its first people have been dropped."""
        if self.past_start:
            await self._read("")

    @rx.event
    @open_to_all
    def close(self):
        """Close the list."""
        self._close()

    @rx.event
    @open_to_all
    async def leave(self):
        """Close a list opened on another page; after a lost connection, reload one of this page."""
        if self.title != LIKES or self.path != self._page_path() or self._socket == self._connection():
            self._close()
        else:
            await self._open(self.title, self._source, self._subject)

    async def _open(self, title: str, source: str, subject: str) -> None:
        """Show a list; if this very list is on screen, as far down as it was loaded before.

        If reading it fails, it is closed unless it was already on screen. Raises NotFound.
        """
        same = (self.title, self._source, self._subject) == (title, source, subject)
        if not same:
            self._close()
        self.title, self._source, self._subject = title, source, subject
        self.path, self._socket = self._page_path(), ""
        try:
            await self._read_again()
        except Exception as error:
            if isinstance(error, NotFound) or not same:
                self._close()
            raise
        # Not earlier: a read that fails or is cut short by navigation is repeated with the next page load.
        self._socket = self._connection()

    def _close(self) -> None:
        self.title, self.path, self.people, self.status = "", "", [], LOADING
        self._cursor, self.done, self.past_start = "", True, False

    def _page_path(self) -> str:
        return str(url_of(self).path)

    def _connection(self) -> str:
        return connection_of(self).session_id

    async def _read_again(self) -> None:
        """Read the list as far down as it was loaded before."""
        await self._read("", len(self.people))

    async def _read(self, before: str, least: int = 0) -> None:
        """Read a page of the list, and further ones until there are `least` people."""
        viewer = await viewer_of(self)
        started_at = now_ms()
        read = partial(_SOURCES[self._source], viewer, self._subject)
        found, cursor = await read_at_least(least, MAX_PEOPLE, read, before)
        shown = [*unwrap_proxy(self.people), *found] if before else found
        self.past_start = bool(before) and (self.past_start or len(shown) > MAX_PEOPLE)
        self.people = shown[-MAX_PEOPLE:]
        self.read_at, self._cursor = started_at, cursor
        self.done, self.status = not cursor, READY

    def _drop(self, user_id: str) -> None:
        self.people = [row for row in unwrap_proxy(self.people) if row.id != user_id]


@withdraws(PeopleState)
async def list_sight_changed(tab: PeopleState, change: VisibilityChange) -> None:
    """Reload the open list and, after a block, the suggestions, with the people who may be shown now."""
    if tab.title:
        try:
            await tab._read_again()
        except NotFound:
            tab._close()
    if tab.suggestions and change.by_block:
        await tab._reload_suggestions()


@live.on(PrivacyChanged, PeopleState, lambda event: [topics.suggested(event.user_id)], pause=0.3)
async def suggestions_changed(tab: PeopleState, _: PrivacyChanged) -> None:
    """Reload the suggestions, as the visibility of a suggested person's photos has changed."""
    if tab.suggestions:
        await tab._reload_suggestions()


@live.on(FollowRequested, PeopleState, lambda event: [topics.user(event.whom)], pause=0.3)
async def requests_changed(tab: PeopleState, _: FollowRequested) -> None:
    """Reload the list of follow requests where it is open."""
    if tab.title == REQUESTS:
        await tab._read_again()
