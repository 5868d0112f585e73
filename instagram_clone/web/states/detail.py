"""The post that is open, as a dialog or a page, and the conversation under it."""

from __future__ import annotations

import reflex as rx

from instagram_clone import live
from instagram_clone.domain import comments, posts
from instagram_clone.domain.comments import CommentCard
from instagram_clone.domain.errors import DomainError, NotFound
from instagram_clone.domain.events import CommentAdded, CommentDeleted, PostDeleted
from instagram_clone.domain.posts import PostCard
from instagram_clone.web.access import open_to_all
from instagram_clone.web.states.session import SessionState, maybe_viewer, viewer_of
from instagram_clone.web.states.timeline import LOADING, READY, TimelineState

MISSING = "missing"
MOST_COMMENTS = 500


class DetailState(rx.State):
    """One post with its comments, oldest first; `status` is loading, ready or missing."""

    post: PostCard | None = None
    comments: list[CommentCard] = []
    earlier: bool = False
    status: str = LOADING
    previous: str = ""
    following: str = ""

    _post_id: str = ""
    _author_id: str = ""
    _cursor: str = ""

    @rx.event
    @open_to_all
    async def load_page(self):
        """Show the post that the address names."""
        await self._open(str(self.router.url.path.rstrip("/").rpartition("/")[2]))

    @rx.event
    @open_to_all
    async def load_dialog(self):
        """Show the post that the address asks for on top of the page, if it asks for one."""
        wanted = self.router.url.query_parameters.get("p", "")
        if wanted:
            await self._open(str(wanted))
        elif self._post_id:
            self._close()

    @rx.event
    @open_to_all
    async def more(self):
        """Show the page of comments before those on screen."""
        if not self._cursor or len(self.comments) >= MOST_COMMENTS:
            return
        page, self._cursor = await comments.page(await maybe_viewer(self), self._post_id, self._cursor)
        known = {card.id for card in self.comments}
        self.comments = [*(card for card in reversed(page) if card.id not in known), *self.comments]
        self.earlier = bool(self._cursor)

    @rx.event
    async def comment(self, post_id: str, text: str, key: str):
        """Comment on a post; `key` is the browser's name for this try, so that a retry adds nothing."""
        viewer = await viewer_of(self)
        token = live.token_of(self)
        try:
            await comments.add(viewer, post_id, text, key)
        except DomainError as error:
            live.tell(token, {f"sent_{key}": {"ok": False, "why": str(error)}})
        else:
            live.tell(token, {f"sent_{key}": {"ok": True}})

    @rx.event
    async def delete_comment(self, comment_id: str):
        """Delete an own comment, or one on an own post."""
        await comments.delete(await viewer_of(self), comment_id)

    async def _open(self, post_id: str) -> None:
        viewer = await maybe_viewer(self)
        if post_id != self._post_id:
            self._close()
            self._post_id = post_id
        live.watch(live.token_of(self), "detail", [f"post:{post_id}", f"comments:{post_id}"])
        try:
            card = await posts.show(viewer, post_id)
            page, self._cursor = await comments.page(viewer, post_id)
        except NotFound:
            self._close()
            self.status = MISSING
            return
        self.post, self.comments = card, page[::-1]
        self._author_id = card.author_id
        self.earlier, self.status = bool(self._cursor), READY
        await self._find_neighbours()

    async def _find_neighbours(self) -> None:
        timeline = await self.get_state(TimelineState)
        ids = [card.id for card in timeline.posts]
        at = ids.index(self._post_id) if self._post_id in ids else -1
        self.previous = ids[at - 1] if at > 0 else ""
        self.following = ids[at + 1] if 0 <= at < len(ids) - 1 else ""

    def _close(self) -> None:
        live.unwatch(live.token_of(self), "detail")
        self.post, self.comments, self.earlier, self.status = None, [], False, LOADING
        self.previous = self.following = self._post_id = self._author_id = self._cursor = ""


def _counted(event: CommentAdded | CommentDeleted) -> list[tuple[str, live.Facts]]:
    counts = {"likes": event.likes, "comments": event.comments, "rev": event.rev}
    return [(f"post:{event.post_id}", {f"post_{event.post_id}": counts})]


live.fact(CommentAdded, _counted)
live.fact(CommentDeleted, _counted)


@live.on(PostDeleted, DetailState, lambda event: [f"post:{event.post_id}"])
def post_deleted(tab: DetailState, event: PostDeleted) -> None:
    """Show that the post is gone, in place of it."""
    if tab._post_id == event.post_id:
        tab.post, tab.comments, tab.status = None, [], MISSING


@live.on(CommentAdded, DetailState, lambda event: [f"comments:{event.post_id}"])
async def comment_added(tab: DetailState, event: CommentAdded) -> None:
    """Put a new comment under the others."""
    if tab._post_id != event.post_id or any(card.id == event.comment_id for card in tab.comments):
        return
    session = await tab.get_state(SessionState)
    viewer_id = session._viewer.id if session._viewer else ""
    tab.comments = [*tab.comments, comments.arrived(event, viewer_id)]


@live.on(CommentDeleted, DetailState, lambda event: [f"comments:{event.post_id}"])
def comment_deleted(tab: DetailState, event: CommentDeleted) -> None:
    """Take a deleted comment away."""
    if tab._post_id == event.post_id:
        tab.comments = [card for card in tab.comments if card.id != event.comment_id]
