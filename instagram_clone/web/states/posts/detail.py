"""The open post, as a dialog or a page, and the comments below it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import reflex as rx

from instagram_clone import live
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.posts import comment_cards, comments, post_cards, posts
from instagram_clone.domain.posts.comment_cards import CommentCard, Thread
from instagram_clone.domain.posts.events import PostDeleted
from instagram_clone.domain.posts.post_cards import PostCard
from instagram_clone.live import fact_keys, topics
from instagram_clone.runtime.state_adapter import url_of
from instagram_clone.web import notices
from instagram_clone.web.access import CallerSelf, open_to_all, rolled_back_by, without_state
from instagram_clone.web.states.paging import read_visible
from instagram_clone.web.states.posts import comment_facts
from instagram_clone.web.states.posts.taps import clear_tap
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.session import maybe_viewer
from instagram_clone.web.states.status import LOADING, MISSING, READY
from instagram_clone.web.states.unwrap_proxy import unwrap_proxy
from instagram_clone.web.states.withdrawals import VisibilityChange, withdraws

MAX_COMMENTS = 500
"""Comments, and replies to any one of them, on one screen; loading more drops those at the other end."""

MAX_LIVE = 60
"""Comments kept on screen when they arrive live, since every arrival sends all of them again."""


class DetailState(rx.State):
    """One post with its comments, oldest first; `status` is loading, ready or missing.

    `earlier` and `later` tell whether there are more comments before and after those on screen.
    """

    post: PostCard | None = None
    comments: list[Thread] = []
    earlier: bool = False
    later: bool = False
    status: str = LOADING
    previous: str = ""
    following: str = ""

    _post_id: str = ""
    _author_id: str = ""
    _cursor: str = ""
    _asked_for: int = 0
    _read_up_to: dict[str, str] = {}

    @rx.event
    @open_to_all
    async def load_page(self):
        """Show the post in the address."""
        await self._open(str(url_of(self).path.rstrip("/").rpartition("/")[2]))

    @rx.event
    @open_to_all
    async def load_dialog(self):
        """Show the post that the address's query opens on top of the page, if there is one."""
        wanted = url_of(self).query_parameters.get("p", "")
        if wanted:
            await self._open(str(wanted))
        elif self._post_id:
            self._close()

    @rx.event
    @open_to_all
    async def more(self):
        """Show the page of comments before those on screen, dropping the latest if there are too many."""
        if not self._cursor:
            return
        read = partial(comment_cards.page, await maybe_viewer(self), self._post_id)
        page, self._cursor = await read_visible(read, self._cursor)
        shown = unwrap_proxy(self.comments)
        listed = {thread.comment.id for thread in shown}
        found = [*(one for one in reversed(page) if one.comment.id not in listed), *shown]
        self.later = self.later or len(found) > MAX_COMMENTS
        self.comments = found[:MAX_COMMENTS]
        self.earlier, self._asked_for = bool(self._cursor), len(self.comments)

    @rx.event
    @open_to_all
    async def load_latest(self):
        """Show the latest comments again after they have been dropped."""
        if self.later:
            await self._open(self._post_id)

    @rx.event
    @open_to_all
    async def more_replies(self, comment_id: str):
        """Show the next replies under a comment."""
        thread = self._thread(comment_id)
        if thread is None or not thread.more:
            return
        read = partial(comment_cards.replies, await maybe_viewer(self), comment_id)
        # The viewer's own reply may follow some not yet shown: the last one on screen is no cursor.
        found, cursor = await read_visible(read, self._read_up_to.get(comment_id, ""))
        self._read_up_to[comment_id] = cursor
        self._merge_replies(replace(thread, more=bool(cursor)), found)

    @rx.event
    @open_to_all
    async def fewer_replies(self, comment_id: str):
        """Show only the first reply under a comment."""
        thread = self._thread(comment_id)
        if thread is not None and len(thread.replies) > 1:
            first = thread.replies[:1]
            if thread.dropped:
                first = (await comment_cards.replies(await maybe_viewer(self), comment_id))[0][:1]
            self._read_up_to.pop(comment_id, None)
            self._replace(replace(thread, replies=first, more=True, dropped=0))

    @rx.event
    @without_state
    async def comment(caller: CallerSelf, post_id: str, text: str, key: str, answering: str):
        """Comment on a post, or reply to a comment there. Idempotent for the same `key`."""
        with notices.report_refusals(caller.token, key):
            await comments.add(caller.viewer, post_id, text, key, answering)
            live.send_facts(caller.token, {fact_keys.sent_key(key): {"ok": True}})

    @rx.event
    @without_state
    @rolled_back_by(lambda comment_id: clear_tap(comment_id))
    async def like_comment(caller: CallerSelf, comment_id: str):
        """Like a comment; every screen that shows it is updated."""
        await comment_facts.set_liked(caller, comment_id, True)

    @rx.event
    @without_state
    @rolled_back_by(lambda comment_id: clear_tap(comment_id))
    async def unlike_comment(caller: CallerSelf, comment_id: str):
        """Unlike a comment; every screen that shows it is updated."""
        await comment_facts.set_liked(caller, comment_id, False)

    @rx.event
    @without_state
    async def delete_comment(caller: CallerSelf, comment_id: str):
        """Delete a comment by the viewer, or one on their post."""
        await comments.delete(caller.viewer, comment_id)

    def _thread(self, comment_id: str) -> Thread | None:
        return next((one for one in unwrap_proxy(self.comments) if one.comment.id == comment_id), None)

    def _replace(self, thread: Thread) -> None:
        self.comments = [
            thread if one.comment.id == thread.comment.id else one for one in unwrap_proxy(self.comments)
        ]

    def _merge_replies(self, thread: Thread, cards: list[CommentCard]) -> None:
        """Merge replies into those of a comment, dropping the first if there are too many."""
        merged = {card.id: card for card in (*cards, *thread.replies)}
        replies = [merged[key] for key in sorted(merged)]
        over = max(0, len(replies) - MAX_COMMENTS)
        self._replace(replace(thread, replies=replies[over:], dropped=thread.dropped + over))

    def _insert(self, thread: Thread) -> None:
        """Insert a comment in order: last, except among simultaneous ones. If there are too many, the
        earliest are dropped and can be loaded again.
        """
        limit = min(MAX_COMMENTS, max(MAX_LIVE, self._asked_for))
        shown = sorted([*unwrap_proxy(self.comments), thread], key=lambda one: one.comment.id)
        if len(shown) > limit:
            self._cursor, self.earlier = shown[-limit].comment.id, True
        self.comments = shown[-limit:]

    async def _open(self, post_id: str) -> None:
        viewer = await maybe_viewer(self)
        if post_id != self._post_id:
            self._close()
            self._post_id = post_id
        try:
            await posts.access_post(viewer, post_id)
            # After the access check, and before reading, so that no change in between is lost.
            shown = [topics.post(post_id), topics.comments(post_id)]
            await live.watch(live.token_of(self), "detail", shown)
            card = await post_cards.show(viewer, post_id)
            page, self._cursor = await read_visible(partial(comment_cards.page, viewer, post_id))
        except NotFound:
            self._close()
            self.status = MISSING
            return
        except Exception:
            live.unwatch(live.token_of(self), "detail")
            raise
        self.post, self.comments = card, page[::-1]
        self._author_id = card.author_id
        self._read_up_to, self._asked_for = {}, 0
        self.earlier, self.later, self.status = bool(self._cursor), False, READY
        await self._find_neighbours()

    async def _find_neighbours(self, deleted: str = "") -> None:
        timeline = await self.get_state(TimelineState)
        ids = [card.id for card in unwrap_proxy(timeline.posts) if card.id != deleted]
        at = ids.index(self._post_id) if self._post_id in ids else -1
        self.previous = ids[at - 1] if at > 0 else ""
        self.following = ids[at + 1] if 0 <= at < len(ids) - 1 else ""

    def _close(self) -> None:
        live.unwatch(live.token_of(self), "detail")
        self.post, self.comments, self.status = None, [], LOADING
        self.earlier = self.later = False
        self.previous = self.following = self._post_id = self._author_id = self._cursor = ""
        self._read_up_to, self._asked_for = {}, 0


@withdraws(DetailState)
async def sight_changed(tab: DetailState, change: VisibilityChange) -> None:
    """Show the post as missing if it may no longer be seen; after a block, reload the comments."""
    if change.now_hidden and tab._author_id == change.author_id:
        tab.post, tab.comments, tab.status = None, [], MISSING
    elif change.by_block and tab.post is not None:
        await tab._open(tab._post_id)
        live.send_facts(live.token_of(tab), {fact_keys.likers_key(tab._post_id): None})


@live.on(PostDeleted, DetailState, lambda event: [topics.post(event.post_id)])
async def post_deleted(tab: DetailState, event: PostDeleted) -> None:
    """Show the post as missing; in the list that it is opened from, skip a deleted neighbour."""
    if tab._post_id == event.post_id:
        tab.post, tab.comments, tab.status = None, [], MISSING
    elif event.post_id in (tab.previous, tab.following):
        await tab._find_neighbours(event.post_id)
