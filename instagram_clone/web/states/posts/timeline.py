"""The feed slice: the posts on screen, whatever page shows them, so that a like updates a single place."""

from __future__ import annotations

from collections.abc import Awaitable
from itertools import islice

import reflex as rx

from instagram_clone import live
from instagram_clone.domain.posts import posts, saves
from instagram_clone.domain.posts.comment_cards import CommentCard
from instagram_clone.domain.posts.events import PostDeleted
from instagram_clone.domain.posts.post_cards import PostCard
from instagram_clone.live import fact_keys, topics
from instagram_clone.runtime.state_adapter import connection_of
from instagram_clone.web import notices
from instagram_clone.web.access import CallerSelf, concurrent, open_to_all, rolled_back_by, without_state
from instagram_clone.web.states.posts import lists, taps
from instagram_clone.web.states.posts.lists import EXPLORE, HOME, SAVED, NewPost
from instagram_clone.web.states.session import maybe_viewer, viewer_of
from instagram_clone.web.states.status import FAILED, LOADING, READY
from instagram_clone.web.states.unwrap_proxy import unwrap_proxy
from instagram_clone.web.states.withdrawals import VisibilityChange, reading, withdraws

MAX_POSTS = 240
"""Posts kept on one screen, however far it scrolls; after that, older ones replace them."""


class TimelineState(rx.State):
    """The posts on screen, and the new ones announced above them.

    `own_comments` are the viewer's comments on those posts since they were read, by post id.
    `part` counts the parts of the list before the one on screen, 0 if it starts with the newest.
    `reads` counts the pages read, and `stalled` says that the last attempt to read more failed.
    """

    posts: list[PostCard] = []
    status: str = LOADING
    done: bool = False
    part: int = 0
    reads: int = 0
    stalled: bool = False
    fresh: list[NewPost] = []
    own_comments: dict[str, list[CommentCard]] = {}

    _kind: str = ""
    _subject: str = ""
    _begin: str = ""
    """The cursor at which the part on screen starts."""
    _cursor: str = ""
    _socket: str = ""
    _reader: str = ""
    _hidden: frozenset[str] = frozenset()
    """Ids of the authors of saved posts that the viewer may not see now."""

    @rx.event
    @concurrent
    async def load_home(self):
        """Show the viewer's home feed."""
        await viewer_of(self)
        await self._open(HOME, "")

    @rx.event
    @concurrent
    async def load_explore(self):
        """Show everybody's newest posts."""
        await viewer_of(self)
        await self._open(EXPLORE, "")

    @rx.event
    async def refresh(self):
        """Reload this screen's list from its newest posts."""
        await viewer_of(self)
        await self._read("")

    @rx.event
    @open_to_all
    async def more(self):
        """Show the next page."""
        if self.done or not self._cursor or len(self.posts) >= MAX_POSTS:
            return
        with reading(self) as began:
            try:
                page = await lists.page(self._kind, self._subject, await maybe_viewer(self), self._cursor)
            except Exception as error:
                # If it were raised, the browser would not receive the state.
                self.stalled = True
                notices.explain(error, live.token_of(self))
                return
            shown = {card.id for card in unwrap_proxy(self.posts)}
            self.posts = [*unwrap_proxy(self.posts), *(card for card in page.posts if card.id not in shown)]
            self._cursor, self.done = page.cursor, not page.cursor
            self.reads, self.stalled = self.reads + 1, False
            self._hidden |= page.hidden
            stale = self._watch(began)
        if await stale:
            await self._reload_stale(page.posts)

    @rx.event
    @open_to_all
    async def older(self):
        """Replace a full screen of posts with those after it."""
        if self._cursor and len(self.posts) >= MAX_POSTS:
            await self._read(self._cursor)

    @rx.event
    @open_to_all
    async def newest(self):
        """Show a list from its newest posts again if it starts further down."""
        if self.part:
            await self._read("")

    @rx.event
    @without_state
    @rolled_back_by(taps.clear_tap)
    async def like(caller: CallerSelf, post_id: str):
        """Like a post; every screen that shows it is updated."""
        await taps.set_liked(caller, post_id, True)

    @rx.event
    @without_state
    @rolled_back_by(taps.clear_tap)
    async def unlike(caller: CallerSelf, post_id: str):
        """Unlike a post; every screen that shows it is updated."""
        await taps.set_liked(caller, post_id, False)

    @rx.event
    @without_state
    @rolled_back_by(taps.clear_save)
    async def save(caller: CallerSelf, post_id: str):
        """Save a post, visibly only to the viewer."""
        if not await saves.save(caller.viewer, post_id):
            await taps.send_saved(caller, post_id)

    @rx.event
    @without_state
    @rolled_back_by(taps.clear_save)
    async def unsave(caller: CallerSelf, post_id: str):
        """Remove a post from the saved ones."""
        if not await saves.unsave(caller.viewer, post_id):
            await taps.send_saved(caller, post_id)

    @rx.event
    @without_state
    async def delete(caller: CallerSelf, post_id: str):
        """Delete one of the viewer's posts; every screen drops it."""
        await posts.delete(caller.viewer, post_id)
        live.send_facts(caller.token, taps.gone(post_id))

    async def _open(self, kind: str, subject: str) -> None:
        """Show a list, but keep it as it is if it is on screen and has been watched since."""
        socket = connection_of(self).session_id
        same = (self._kind, self._subject) == (kind, subject) and self.status == READY
        if same and self._socket == socket:
            return
        if not same:
            self.posts, self.status, self.done, self.fresh = [], LOADING, False, []
            self._begin, self.part = "", 0
        self._kind, self._subject, self._socket = kind, subject, ""
        await self._read(self._begin, len(self.posts))
        # Not earlier: a read that fails or is cut short by navigation is repeated with the next page load.
        self._socket = socket

    def _mark_stale(self) -> None:
        """Have the list reloaded with the page, even though it has been watched throughout."""
        self._socket = ""

    async def _read(self, begin: str, least: int = 0) -> None:
        """Read the list from a cursor on, at least `least` posts. Watches first, then reads."""
        viewer = await maybe_viewer(self)
        self._reader = viewer.id if viewer else ""
        await self._watch()
        with reading(self) as began:
            try:
                least = min(least, MAX_POSTS)
                page = await lists.pages(self._kind, self._subject, viewer, begin, least)
                if begin and not page.posts:
                    # This part is empty by now.
                    begin, page = "", await lists.pages(self._kind, self._subject, viewer, "", least)
            except Exception:
                self.status = FAILED if not self.posts else self.status
                raise
            self.posts, self._cursor, self.done = page.posts, page.cursor, not page.cursor
            self.reads, self.stalled = self.reads + 1, False
            if begin != self._begin:
                self._begin, self.part = begin, self.part + 1 if begin else 0
            self.fresh, self.own_comments, self._hidden, self.status = [], {}, page.hidden, READY
            stale = self._watch(began)
        if await stale:
            await self._reload_stale(page.posts)

    def _drop_author(self, author_id: str) -> None:
        """Remove somebody's posts from the list, and from those announced above it."""
        kept = [card for card in unwrap_proxy(self.posts) if card.author_id != author_id]
        if self._kind == SAVED and len(kept) < len(self.posts):
            self._hidden |= {author_id}
        self.posts = kept
        self.fresh = [post for post in unwrap_proxy(self.fresh) if post.author_id != author_id]
        self._watch()

    def _watch(self, since: live.Moment | None = None) -> Awaitable[bool]:
        """Watch what is on screen. Await the result before reading; later, it tells whether to re-read."""
        shown = [topics.post(card.id) for card in unwrap_proxy(self.posts)]
        if self._kind == HOME:
            shown.append(topics.home(self._reader))
        if self._kind == SAVED:
            shown.append(topics.saves(self._reader))
            self._hidden = frozenset(islice(self._hidden, MAX_POSTS))
            shown += map(topics.hidden, self._hidden)
        return live.watch(live.token_of(self), "timeline", shown, since)

    async def _reload_stale(self, cards: list[PostCard]) -> None:
        """Reload posts that have changed between being read and being watched."""
        changed = await lists.changed(await maybe_viewer(self), cards)
        if changed:
            now = (changed.get(card.id, card) for card in unwrap_proxy(self.posts))
            self.posts = [card for card in now if card is not None]


@withdraws(TimelineState)
async def sight_changed(tab: TimelineState, change: VisibilityChange) -> None:
    """Remove posts that may no longer be seen from the list, and reload it if it is empty then.

    A list of saved posts is also reloaded when some may be seen again, since they are still saved.
    """
    if change.by_block:
        tab.fresh = [post for post in unwrap_proxy(tab.fresh) if post.author_id != change.author_id]
    if change.now_hidden and tab.posts:
        tab._drop_author(change.author_id)
        if not tab.posts:
            await tab._read(tab._begin)
    if not change.now_hidden and tab._kind == SAVED:
        await tab._read(tab._begin, len(tab.posts))
    if change.by_block and (cards := unwrap_proxy(tab.posts)):
        tab.posts = await lists.with_current_likers(await maybe_viewer(tab), cards)
        # Those sent earlier may be hidden now.
        live.send_facts(live.token_of(tab), {fact_keys.likers_key(card.id): None for card in cards})


@live.on(PostDeleted, TimelineState, lambda event: [topics.post(event.post_id)])
async def post_deleted(tab: TimelineState, event: PostDeleted) -> None:
    """Remove a deleted post from the list, and reload it if it is empty then."""
    kept = [card for card in unwrap_proxy(tab.posts) if card.id != event.post_id]
    if len(kept) == len(tab.posts):
        return
    tab.posts = kept
    tab._watch()
    if not kept:
        await tab._read(tab._begin)
