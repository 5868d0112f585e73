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


async def still_true_of(news: Notification, actors: list[ObjectId], session: Session) -> set[ObjectId]:
    """Return those of the actors who have not undone what the recipient is to be notified of."""
    match news.kind:
        case "follow":
            return await graph.following_among(news.to, actors, session)
        case "request":
            return await follow_requests.asking_among(news.to, actors, session)
        case "accepted":
            return await graph.followees_among(news.to, actors, session)
    subject = news.subject
    assert subject is not None
    match news.kind:
        case "like":
            return await likes.likers_among(subject, actors, session)
        case "comment_like":
            return await likes.comment_likers_among(subject, actors, session)
    is_there = posts.exists if subject == news.post else comments.exists
    return set(actors) if await is_there(subject, session) else set()


async def wanted(news: Notification, actors: list[ObjectId]) -> set[ObjectId]:
    """Return those of the actors whom the recipient wants to be notified of, and may be."""
    # Requests need an answer, and requesters need to receive it: neither has a preference.
    rule = (await preferences.alert_rules(news.to)).get(news.kind, "everyone")
    if rule == "off" or not await _may_see(news):
        return set()
    known = set(actors) - await blocks.either_way_among(news.to, actors)
    if rule == "following":
        return known & await graph.followees_among(news.to, list(known))
    return known


async def _may_see(news: Notification) -> bool:
    """Return whether the recipient may see what this is about: the post, and the thread on it."""
    if news.post and news.kind not in _ON_OWN_POSTS:
        post = await posts.item(news.post)
        if post is None or not await visibility.viewers_among(post, [str(news.to)]):
            return False
    if news.thread and news.thread != news.subject:
        above = list((await comments.authors([news.thread])).values())
        return bool(above) and not await blocks.either_way_among(news.to, above)
    return True
