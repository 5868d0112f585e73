"""The viewer's own new comments below captions in a feed, so that they don't just vanish into a count."""

from __future__ import annotations

from instagram_clone import live
from instagram_clone.domain.posts import comment_cards
from instagram_clone.domain.posts.events import CommentAdded, CommentDeleted
from instagram_clone.live import topics
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.unwrap_proxy import unwrap_proxy

MAX_OWN_COMMENTS = 3
"""Comments kept below one caption, the latest ones."""


@live.on(CommentAdded, TimelineState, lambda event: [topics.user(event.author_id)])
def comment_added(tab: TimelineState, event: CommentAdded) -> None:
    """Add the viewer's own comment. Replies are shown only where the comment they answer is."""
    if not event.parent_id and any(card.id == event.post_id for card in unwrap_proxy(tab.posts)):
        shown = unwrap_proxy(tab.own_comments).get(event.post_id, [])
        kept = [card for card in shown if card.id != event.comment_id]
        kept = [*kept, comment_cards.from_event(event, event.author_id)][-MAX_OWN_COMMENTS:]
        tab.own_comments = {**unwrap_proxy(tab.own_comments), event.post_id: kept}


@live.on(CommentDeleted, TimelineState, lambda event: [topics.post(event.post_id)])
def comment_deleted(tab: TimelineState, event: CommentDeleted) -> None:
    """Remove the viewer's own comment."""
    shown = unwrap_proxy(tab.own_comments).get(event.post_id, [])
    kept = [card for card in shown if card.id != event.comment_id]
    if kept != shown:
        tab.own_comments = {**unwrap_proxy(tab.own_comments), event.post_id: kept}
