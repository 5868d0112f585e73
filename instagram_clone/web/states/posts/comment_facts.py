"""The facts open screens receive about comments: their counts, and which ones the viewer likes."""

from __future__ import annotations

from bson import ObjectId

from instagram_clone import live
from instagram_clone.domain.posts import comment_cards, likes
from instagram_clone.domain.posts.events import (
    CommentAdded,
    CommentCounted,
    CommentDeleted,
    CommentLiked,
)
from instagram_clone.live import fact_keys, topics
from instagram_clone.web.access import Caller
from instagram_clone.web.states import withdrawals
from instagram_clone.web.states.posts.taps import clear_tap, send_current


async def set_liked(caller: Caller, comment_id: str, liked: bool) -> None:
    """Like or unlike a comment; if that changes nothing, correct the optimistic update."""
    changed = await (likes.like_comment if liked else likes.unlike_comment)(caller.viewer, comment_id)
    if not changed:
        card = await comment_cards.show(caller.viewer, comment_id)
        mine = {"liked": card.liked, "rev": card.rev}
        send_current(
            caller,
            clear_tap(comment_id),
            (topics.user(caller.viewer.id), {fact_keys.liked_key(comment_id): mine}),
        )


def _counted(event: CommentAdded | CommentDeleted) -> live.FactsByTopic:
    counts = {"likes": event.likes, "comments": event.comments, "rev": event.rev}
    return [(topics.post(event.post_id), {fact_keys.post_key(event.post_id): counts})]


async def _comment_counted(event: CommentCounted) -> None:
    """Send a comment's counts to tabs that show the post, unless a block separates reader and author."""
    topic, key = topics.comments(event.post_id), fact_keys.comment_key(event.comment_id)
    facts = {key: {"likes": event.likes, "replies": event.replies, "rev": event.rev}}
    author, watching = ObjectId(event.author_id), live.watchers(topic)
    readers = {ObjectId(user_id) for user_id in watching.values() if user_id}
    blocked = (await withdrawals.blocked_readers([author], readers))[author]
    if live.is_newest(topic, key, facts[key]):
        for token, user_id in live.watchers(topic).items():
            # Tabs that started watching in the meantime read the counts themselves.
            if watching.get(token) == user_id and (not user_id or ObjectId(user_id) not in blocked):
                live.send_facts(token, facts)


def _comment_liked(event: CommentLiked) -> live.FactsByTopic:
    return [
        (
            topics.user(event.by),
            {fact_keys.liked_key(event.comment_id): {"liked": event.liked, "rev": event.rev}},
        )
    ]


live.fact(CommentAdded, _counted)
live.fact(CommentDeleted, _counted)
live.subscribe(
    CommentCounted, _comment_counted, lambda event: [topics.comments(event.post_id)], in_background=True
)
live.fact(CommentLiked, _comment_liked)
