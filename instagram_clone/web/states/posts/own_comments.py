"""One's own comments under the captions of a feed, where they do not vanish into a number."""

from __future__ import annotations

from instagram_clone import live
from instagram_clone.domain.posts import comment_cards
from instagram_clone.domain.posts.events import CommentAdded, CommentDeleted
from instagram_clone.live import topics
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.unwrap_proxy import unwrap_proxy

MAX_OWN_COMMENTS = 3
"""So many are kept under one caption, the last ones."""


@live.on(CommentAdded, TimelineState, lambda event: [topics.user(event.author_id)])
def comment_added(tab: TimelineState, event: CommentAdded) -> None:
    """Keep an own comment. Replies stay where what they answer can be read."""
    if not event.parent_id and any(card.id == event.post_id for card in unwrap_proxy(tab.posts)):
        known = unwrap_proxy(tab.own_comments).get(event.post_id, [])
        kept = [card for card in known if card.id != event.comment_id]
        kept = [*kept, comment_cards.arrived(event, event.author_id)][-MAX_OWN_COMMENTS:]
        tab.own_comments = {**unwrap_proxy(tab.own_comments), event.post_id: kept}


@live.on(CommentDeleted, TimelineState, lambda event: [topics.post(event.post_id)])
def comment_deleted(tab: TimelineState, event: CommentDeleted) -> None:
    """Take an own comment away."""
    known = unwrap_proxy(tab.own_comments).get(event.post_id, [])
    left = [card for card in known if card.id != event.comment_id]
    if left != known:
        tab.own_comments = {**unwrap_proxy(tab.own_comments), event.post_id: left}
