"""What has happened: frozen facts in the past tense, and the one way to hear of them.

Counts are absolute and come with the subject's revision `rev`, which grows with every change of it:
whoever hears two facts about a thing believes the higher one, so order and repetition do no harm.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PostPublished:
    post_id: str
    author_id: str
    username: str
    avatar: str
    caption: str = ""


@dataclass(frozen=True)
class PostDeleted:
    post_id: str
    author_id: str


@dataclass(frozen=True)
class PostLiked:
    post_id: str
    author_id: str
    by: str
    liked: bool
    likes: int
    comments: int
    rev: int


@dataclass(frozen=True)
class CommentAdded:
    post_id: str
    post_author_id: str
    comment_id: str
    author_id: str
    username: str
    avatar: str
    text: str
    created: str
    key: str
    likes: int
    comments: int
    rev: int


@dataclass(frozen=True)
class CommentDeleted:
    post_id: str
    comment_id: str
    likes: int
    comments: int
    rev: int


@dataclass(frozen=True)
class ProfileCounted:
    """A person's numbers changed: they posted, deleted, followed or were followed."""

    user_id: str
    posts: int
    followers: int
    following: int
    rev: int


@dataclass(frozen=True)
class ProfileEdited:
    user_id: str
    username: str


@dataclass(frozen=True)
class Followed:
    """Somebody follows, or no longer follows, somebody."""

    by: str
    whom: str
    following: bool


@dataclass(frozen=True)
class AlertsChanged:
    """What a person has been told changed; how, the database knows."""

    user_id: str


@dataclass(frozen=True)
class SessionEnded:
    session_id: str
    user_id: str


Event = (
    PostPublished
    | PostDeleted
    | PostLiked
    | CommentAdded
    | CommentDeleted
    | ProfileCounted
    | ProfileEdited
    | Followed
    | AlertsChanged
    | SessionEnded
)
Subscriber = Callable[[Any], Awaitable[None]]

_subscribers: dict[type, list[Subscriber]] = defaultdict(list)


def subscribe(kind: type, subscriber: Subscriber) -> None:
    """Call a coroutine function with every event of a kind, in the order of subscription."""
    if subscriber not in _subscribers[kind]:
        _subscribers[kind].append(subscriber)


async def publish(event: Event) -> None:
    """Tell every subscriber. One that fails is logged and never undoes what has happened."""
    for subscriber in _subscribers[type(event)]:
        try:
            await subscriber(event)
        except Exception:
            log.exception("A subscriber of %s failed", type(event).__name__)
