"""Taps on hearts and bookmarks: the facts that follow from them, and those that roll one back."""

from __future__ import annotations

from instagram_clone import live
from instagram_clone.domain.core.errors import DomainError, NotFound
from instagram_clone.domain.posts import likes, post_cards
from instagram_clone.domain.posts.events import PostDeleted, PostLiked, PostSaved
from instagram_clone.live import fact_keys, topics
from instagram_clone.web.access import Caller


def clear_tap(post_id: str) -> live.Facts:
    """Return the fact that rolls back a tap, on a heart or on a follow button."""
    return {fact_keys.optimistic_key(post_id): None}


def clear_save(post_id: str) -> live.Facts:
    """Return the fact that rolls back a tap on a bookmark."""
    return {fact_keys.saving_key(post_id): None}


async def set_liked(caller: Caller, post_id: str, liked: bool) -> None:
    """Like or unlike a post; if that fails or changes nothing, correct the optimistic update."""
    try:
        changed = await (likes.like if liked else likes.unlike)(caller.viewer, post_id)
    except DomainError:
        await _send_actual_likes(caller, post_id)
        raise
    if not changed:
        await _send_actual_likes(caller, post_id)


async def _send_actual_likes(caller: Caller, post_id: str) -> None:
    """Roll back the tap on a heart, and send the browser the actual likes instead."""
    try:
        card = await post_cards.show(caller.viewer, post_id)
    except NotFound:
        live.send_facts(caller.token, gone(post_id))
        return
    counts = {"likes": card.likes, "comments": card.comments, "rev": card.rev}
    mine = {"liked": card.liked, "rev": card.rev}
    send_current(
        caller,
        clear_tap(post_id),
        (topics.post(post_id), {fact_keys.post_key(post_id): counts}),
        (topics.user(caller.viewer.id), {fact_keys.liked_key(post_id): mine}),
    )


async def send_saved(caller: Caller, post_id: str) -> None:
    """Roll back the tap on a bookmark, and send the browser its actual state instead."""
    saved = (await post_cards.show(caller.viewer, post_id)).saved
    mine = {"saved": saved.saved, "rev": saved.rev}
    send_current(
        caller, clear_save(post_id), (topics.user(caller.viewer.id), {fact_keys.saved_key(post_id): mine})
    )


def send_current(caller: Caller, rollback: live.Facts, *current: tuple[topics.Topic, live.Facts]) -> None:
    """Roll back a tap, and send what was read instead, unless something newer has been sent already."""
    newest = {
        key: value
        for topic, facts in current
        for key, value in facts.items()
        if live.is_newest(topic, key, value)
    }
    live.send_facts(caller.token, {**rollback, **newest})


def gone(post_id: str) -> live.Facts:
    """Return the fact that a post is gone."""
    return {fact_keys.gone_key(post_id): True}


def _liked(event: PostLiked) -> live.FactsByTopic:
    counts = {"likes": event.likes, "comments": event.comments, "rev": event.rev}
    mine = {"liked": event.liked, "rev": event.rev}
    return [
        (topics.post(event.post_id), {fact_keys.post_key(event.post_id): counts}),
        (topics.user(event.by), {fact_keys.liked_key(event.post_id): mine}),
    ]


def _saved(event: PostSaved) -> live.FactsByTopic:
    mine = {"saved": event.saved, "rev": event.rev}
    return [(topics.user(event.by), {fact_keys.saved_key(event.post_id): mine})]


live.fact(PostLiked, _liked)
live.fact(PostSaved, _saved)
live.fact(PostDeleted, lambda event: [(topics.post(event.post_id), gone(event.post_id))])
