"""Live updates of the open post's comments as they are added and deleted."""

from __future__ import annotations

from dataclasses import replace

from instagram_clone import live
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.people import visibility
from instagram_clone.domain.posts import comment_cards
from instagram_clone.domain.posts.comment_cards import CommentCard, Thread
from instagram_clone.domain.posts.events import CommentAdded, CommentDeleted
from instagram_clone.live import topics
from instagram_clone.web.states.posts.detail import DetailState
from instagram_clone.web.states.session import SessionState, maybe_viewer
from instagram_clone.web.states.unwrap_proxy import unwrap_proxy


@live.on(CommentAdded, DetailState, lambda event: [topics.comments(event.post_id)])
async def comment_added(tab: DetailState, event: CommentAdded) -> None:
    """Add a new comment after the others, or a reply to its comment unless earlier ones are collapsed."""
    if tab._post_id != event.post_id:
        return
    session = await tab.get_state(SessionState)
    if await visibility.is_blocked_either_way(session._viewer, event.author_id):
        return
    viewer_id = session._viewer.id if session._viewer else ""
    card = comment_cards.from_event(event, viewer_id)
    thread = tab._thread(event.parent_id or event.comment_id)
    if not event.parent_id and tab.later:
        # It belongs after comments that were dropped here; only its author's tabs jump to it.
        if event.author_id == viewer_id:
            await tab._open(tab._post_id)
    elif not event.parent_id:
        if thread is None:
            tab._insert(Thread(card, [], False))
    elif thread is not None and (not thread.more or event.author_id == viewer_id):
        tab._merge_replies(thread, [card])


@live.on(CommentDeleted, DetailState, lambda event: [topics.comments(event.post_id)])
async def comment_deleted(tab: DetailState, event: CommentDeleted) -> None:
    """Remove a deleted comment; the next one of collapsed replies takes its place."""
    if tab._post_id != event.post_id:
        return
    thread = tab._thread(event.parent_id) if event.parent_id else None
    if thread is not None:
        kept, more = [reply for reply in thread.replies if reply.id != event.comment_id], thread.more
        if more and not kept:
            kept, more = await _first_reply(tab, event.parent_id)
        tab._replace(replace(thread, replies=kept, more=more))
    else:
        tab.comments = [
            other for other in unwrap_proxy(tab.comments) if other.comment.id != event.comment_id
        ]


async def _first_reply(tab: DetailState, comment_id: str) -> tuple[list[CommentCard], bool]:
    try:
        found, cursor = await comment_cards.replies(await maybe_viewer(tab), comment_id)
    except NotFound:
        return [], False
    return found[:1], bool(cursor) or len(found) > 1
