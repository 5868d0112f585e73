"""The feed slice: the posts on screen, whatever page shows them, so that a like has one place to land."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace
from itertools import islice

import reflex as rx
from bson import ObjectId

from instagram_clone import live
from instagram_clone.domain.posts import post_cards, posts, saves
from instagram_clone.domain.posts.comment_cards import CommentCard
from instagram_clone.domain.posts.post_cards import PostCard
from instagram_clone.live import fact_keys, topics
from instagram_clone.runtime.state_adapter import connection_of
from instagram_clone.web.access import Caller, at_once, open_to_all, taken_back_by, without_state
from instagram_clone.web.states.posts import lists, taps
from instagram_clone.web.states.posts.lists import EXPLORE, HOME, MAX_FRESH, SAVED, Fresh
from instagram_clone.web.states.session import maybe_viewer, viewer_of
from instagram_clone.web.states.status import FAILED, LOADING, READY
from instagram_clone.web.states.unwrap_proxy import unwrap_proxy
from instagram_clone.web.states.withdrawals import Change, reading, withdraws

MAX_POSTS = 240
"""Posts kept on one screen, however far it scrolls; the older ones of a list then take their place."""


class TimelineState(rx.State):
    """The posts on screen, and those that wait to be shown.

    `own_comments` are what the viewer has written under those posts since they were read, by post.
    `part` is how many parts of the list come before the one on screen, 0 where it begins at the newest.
    """

    posts: list[PostCard] = []
    status: str = LOADING
    done: bool = False
    part: int = 0
    fresh: list[Fresh] = []
    own_comments: dict[str, list[CommentCard]] = {}

    _kind: str = ""
    _subject: str = ""
    _begin: str = ""
    """The cursor at which the part on screen begins."""
    _cursor: str = ""
    _socket: str = ""
    _reader: str = ""
    _hidden: frozenset[str] = frozenset()
    """Authors, by id, of what is saved and may not be seen now."""

    @rx.event
    @at_once
    async def load_home(self):
        """Show the viewer's home feed."""
        await viewer_of(self)
        await self._open(HOME, "")

    @rx.event
    @at_once
    async def load_explore(self):
        """Show everybody's newest posts."""
        await viewer_of(self)
        await self._open(EXPLORE, "")

    @rx.event
    async def refresh(self):
        """Show the newest posts of this screen, from the top."""
        await viewer_of(self)
        await self._read("")

    @rx.event
    @open_to_all
    async def more(self):
        """Show the next page."""
        if self.done or not self._cursor or len(self.posts) >= MAX_POSTS:
            return
        with reading(self) as began:
            page = await lists.page(self._kind, self._subject, await maybe_viewer(self), self._cursor)
            known = {card.id for card in unwrap_proxy(self.posts)}
            self.posts = [*unwrap_proxy(self.posts), *(card for card in page.posts if card.id not in known)]
            self._cursor, self.done = page.cursor, not page.cursor
            self._hidden |= page.hidden
            stale = self._watch(began)
        if await stale:
            await self._catch_up(page.posts)

    @rx.event
    @open_to_all
    async def older(self):
        """Show the posts after those of a full screen, in place of them."""
        if self._cursor and len(self.posts) >= MAX_POSTS:
            await self._read(self._cursor)

    @rx.event
    @open_to_all
    async def newest(self):
        """Show a list from its newest posts again, where it begins further down."""
        if self.part:
            await self._read("")

    @rx.event
    @without_state
    @taken_back_by(taps.not_tapped)
    async def like(asking: Caller, post_id: str):
        """Like a post; every screen that shows it hears of it."""
        await taps.heart(asking, post_id, True)

    @rx.event
    @without_state
    @taken_back_by(taps.not_tapped)
    async def unlike(asking: Caller, post_id: str):
        """Take a like back; every screen that shows the post hears of it."""
        await taps.heart(asking, post_id, False)

    @rx.event
    @without_state
    @taken_back_by(taps.not_saved)
    async def save(asking: Caller, post_id: str):
        """Save a post, for nobody but oneself."""
        if not await saves.save(asking.viewer, post_id):
            await taps.tell_saved(asking, post_id)

    @rx.event
    @without_state
    @taken_back_by(taps.not_saved)
    async def unsave(asking: Caller, post_id: str):
        """Forget a saved post."""
        if not await saves.unsave(asking.viewer, post_id):
            await taps.tell_saved(asking, post_id)

    @rx.event
    @without_state
    async def delete(asking: Caller, post_id: str):
        """Delete an own post; every screen drops it."""
        await posts.delete(asking.viewer, post_id)
        live.tell(asking.token, taps.gone(post_id))

    async def _open(self, kind: str, subject: str) -> None:
        """Show a list, from the top unless this very list is on screen and still heard of."""
        socket = connection_of(self).session_id
        same = (self._kind, self._subject) == (kind, subject) and self.status == READY
        if same and self._socket == socket:
            return
        if not same:
            self.posts, self.status, self.done, self.fresh = [], LOADING, False, []
            self._begin, self.part = "", 0
        self._kind, self._subject, self._socket = kind, subject, ""
        await self._read(self._begin, len(self.posts))
        # No sooner: what fails, or is broken off by the next page, is read with that.
        self._socket = socket

    def _doubt(self) -> None:
        """Have the list read again with the page, though it was heard of all the while."""
        self._socket = ""

    async def _read(self, begin: str, least: int = 0) -> None:
        """Read the list from a cursor on, down to so many posts. Watches first, reads second."""
        viewer = await maybe_viewer(self)
        self._reader = viewer.id if viewer else ""
        await self._watch()
        with reading(self) as began:
            try:
                least = min(least, MAX_POSTS)
                page = await lists.pages(self._kind, self._subject, viewer, begin, least)
                if begin and not page.posts:
                    # Nothing is left of this part.
                    begin, page = "", await lists.pages(self._kind, self._subject, viewer, "", least)
            except Exception:
                self.status = FAILED if not self.posts else self.status
                raise
            self.posts, self._cursor, self.done = page.posts, page.cursor, not page.cursor
            if begin != self._begin:
                self._begin, self.part = begin, self.part + 1 if begin else 0
            self.fresh, self.own_comments, self._hidden, self.status = [], {}, page.hidden, READY
            stale = self._watch(began)
        if await stale:
            await self._catch_up(page.posts)

    async def _name_likers_again(self) -> None:
        """Name those who may be named now beside the posts, in place of what was told."""
        cards = unwrap_proxy(self.posts)
        if not cards:
            return
        ids = [ObjectId(card.id) for card in cards]
        now = {card.id: card.likers for card in await post_cards.visible(await maybe_viewer(self), ids)}
        self.posts = [replace(card, likers=now.get(card.id, [])) for card in cards]
        live.tell(live.token_of(self), {fact_keys.likers_key(card.id): None for card in cards})

    def _add_fresh(self, waiting: list[Fresh]) -> None:
        """Let new posts wait above the feed, except those that are on screen or wait already."""
        known = {card.id for card in unwrap_proxy(self.posts)} | {
            one.post_id for one in unwrap_proxy(self.fresh)
        }
        new = [one for one in waiting if one.post_id not in known]
        if new:
            self.fresh = [*new, *unwrap_proxy(self.fresh)][:MAX_FRESH]

    def _drop_author(self, author_id: str) -> None:
        """Take somebody's posts out of the list, and from among those that wait."""
        kept = [card for card in unwrap_proxy(self.posts) if card.author_id != author_id]
        if self._kind == SAVED and len(kept) < len(self.posts):
            self._hidden |= {author_id}
        self.posts = kept
        self.fresh = [one for one in unwrap_proxy(self.fresh) if one.author_id != author_id]
        self._watch()

    def _watch(self, since: live.Moment | None = None) -> Awaitable[bool]:
        """Hear of what is on screen. To be awaited before reading, or after it: whether to read again."""
        shown = [topics.post(card.id) for card in unwrap_proxy(self.posts)]
        if self._kind == HOME:
            shown.append(topics.home(self._reader))
        if self._kind == SAVED:
            shown.append(topics.saves(self._reader))
            self._hidden = frozenset(islice(self._hidden, MAX_POSTS))
            shown += map(topics.hidden, self._hidden)
        return live.watch(live.token_of(self), "timeline", shown, since)

    async def _catch_up(self, cards: list[PostCard]) -> None:
        """Show posts as they are that have changed between being read and being heard of."""
        now = await post_cards.revisions([card.id for card in cards])
        old = [card.id for card in cards if now.get(card.id) != card.rev]
        if old:
            found = await post_cards.visible(await maybe_viewer(self), [ObjectId(one) for one in old])
            new = {card.id: card for card in found}
            kept = (card for card in unwrap_proxy(self.posts) if card.id in new or card.id not in old)
            # Whom one follows is known of the list, and not asked of each post.
            self.posts = [
                replace(new[card.id], followed=card.followed) if card.id in new else card for card in kept
            ]


@withdraws(TimelineState)
async def sight_changed(tab: TimelineState, change: Change) -> None:
    """Take posts that may no longer be seen out of the list; one that is empty then is read again.

    So is a list of saved posts when some may be seen again: what is saved never went from it.
    """
    if change.by_block:
        tab.fresh = [one for one in unwrap_proxy(tab.fresh) if one.author_id != change.author_id]
    if change.lost and tab.posts:
        tab._drop_author(change.author_id)
        if not tab.posts:
            await tab._read(tab._begin)
    if not change.lost and tab._kind == SAVED:
        await tab._read(tab._begin, len(tab.posts))
    if change.by_block:
        await tab._name_likers_again()
