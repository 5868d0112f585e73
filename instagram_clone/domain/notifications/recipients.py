"""Who may be notified of what, and whether it still applies: checked before anything is written."""

from __future__ import annotations

from dataclasses import dataclass

from bson import ObjectId

from instagram_clone.domain.core.db import Session
from instagram_clone.domain.people import preferences, visibility
from instagram_clone.domain.people.relations import blocks, follow_requests, graph
from instagram_clone.domain.posts import comments, likes, posts

LIKE, COMMENT_LIKE, COMMENT, REPLY = "like", "comment_like", "comment", "reply"
MENTION, FOLLOW, REQUEST, ACCEPTED = "mention", "follow", "request", "accepted"
_ON_OWN_POSTS = (LIKE, COMMENT)
"""Kinds of which only the author of the post is notified."""


@dataclass(frozen=True)
class Notification:
    """What someone is notified of, without the actor; with no subject, each actor is the subject."""

    to: ObjectId
    kind: str
    subject: ObjectId | None
    post: ObjectId | None = None
    text: str = ""
    thread: ObjectId | None = None


async def still_applicable(
    notification: Notification, actors: list[ObjectId], session: Session
) -> set[ObjectId]:
    """Return the actors who have not undone what the recipient is to be notified of."""
    match notification.kind:
        case "follow":
            return await graph.follower_ids_among(notification.to, actors, session)
        case "request":
            return await follow_requests.requesters_among(notification.to, actors, session)
        case "accepted":
            return await graph.followees_among(notification.to, actors, session)
    subject = notification.subject
    assert subject is not None
    match notification.kind:
        case "like":
            return await likes.likers_among(subject, actors, session)
        case "comment_like":
            return await likes.comment_likers_among(subject, actors, session)
    is_there = posts.exists if subject == notification.post else comments.exists
    return set(actors) if await is_there(subject, session) else set()


async def wanted(notification: Notification, actors: list[ObjectId]) -> set[ObjectId]:
    """Return the actors whom the recipient wants to be notified of, and may be."""
    # Requests need an answer, and requesters need to receive it: neither has a preference.
    rule = (await preferences.alert_rules(notification.to)).get(notification.kind, "everyone")
    if rule == "off" or not await _may_see(notification):
        return set()
    candidates = set(actors) - await blocks.either_way_among(notification.to, actors)
    if rule == "following":
        return candidates & await graph.followees_among(notification.to, list(candidates))
    return candidates


async def _may_see(notification: Notification) -> bool:
    """Return whether the recipient may see what this is about: the post, and the thread on it."""
    if notification.post and notification.kind not in _ON_OWN_POSTS:
        post = await posts.item(notification.post)
        if post is None or not await visibility.viewers_among(post, [str(notification.to)]):
            return False
    if notification.thread and notification.thread != notification.subject:
        parent_authors = list((await comments.authors([notification.thread])).values())
        return bool(parent_authors) and not await blocks.either_way_among(notification.to, parent_authors)
    return True
