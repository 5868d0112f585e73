"""What has happened: frozen facts in the past tense, and the one way to hear of them.

Counts are absolute and come with the subject's revision `rev`, which grows with every change of it:
whoever hears two facts about a thing believes the higher one, so order and repetition do no harm.
"""

from __future__ import annotations

import inspect
import logging
import weakref
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import Any, get_args

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
    likers: tuple[str, ...] | None = field(default=None, compare=False)
    """Those who are named beside the number, where they may have changed."""


@dataclass(frozen=True)
class CommentAdded:
    """Somebody commented; a reply stands under `parent_id` and answers the person `answered_id`."""

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
    parent_id: str = ""
    answered_id: str = ""


@dataclass(frozen=True)
class CommentDeleted:
    """A comment is gone, and the replies under it with it."""

    post_id: str
    comment_id: str
    likes: int
    comments: int
    rev: int
    parent_id: str = ""


@dataclass(frozen=True)
class CommentCounted:
    """The numbers of a comment of `author_id`'s changed: it was liked or answered, or no longer is."""

    post_id: str
    comment_id: str
    likes: int
    replies: int
    rev: int
    author_id: str


@dataclass(frozen=True)
class CommentLiked:
    """Somebody likes, or no longer likes, a comment of revision `rev` in the thread under `thread_id`."""

    post_id: str
    thread_id: str
    comment_id: str
    author_id: str
    by: str
    liked: bool
    text: str
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
class EmailChanged:
    """Somebody's email, whether it is confirmed, or what is to become of it changed."""

    user_id: str


@dataclass(frozen=True)
class PrivacyChanged:
    """Somebody's posts are for their followers alone from now on, or for everybody."""

    user_id: str
    private: bool


@dataclass(frozen=True)
class Followed:
    """Somebody follows, or no longer follows, somebody; `asked` when they had to ask before."""

    by: str
    whom: str
    following: bool
    asked: bool = False


@dataclass(frozen=True)
class FollowRequested:
    """Somebody asks to follow a private account, or no longer does."""

    by: str
    whom: str
    waiting: bool


@dataclass(frozen=True)
class AlertsChanged:
    """What a person has been told changed; how, the database knows."""

    user_id: str


@dataclass(frozen=True)
class Blocked:
    """Somebody shut somebody out, or let them in again."""

    by: str
    whom: str
    blocked: bool


@dataclass(frozen=True)
class MessageSent:
    """A message is in a conversation. `to` are all who may read it, `counted` those with it unread.

    `message` is what a screen shows of it, the same for all; `line` what stands in an inbox.
    """

    conversation_id: str
    to: tuple[str, ...]
    counted: tuple[str, ...]
    seq: int
    by: str
    username: str
    line: str
    at: str
    message: dict[str, Any]


@dataclass(frozen=True)
class MessageChanged:
    """A message got or lost a reaction."""

    conversation_id: str
    to: tuple[str, ...]
    message: dict[str, Any]


@dataclass(frozen=True)
class MessageUnsent:
    conversation_id: str
    to: tuple[str, ...]
    message_id: str


@dataclass(frozen=True)
class ConversationRead:
    """Somebody has seen a conversation up to a message. `shown_to` are those who may know that."""

    conversation_id: str
    user_id: str
    seq: int
    at: str
    shown_to: tuple[str, ...]


@dataclass(frozen=True)
class ConversationChanged:
    """Who is in a conversation, its name or a person's own view of it changed; how, the database knows."""

    conversation_id: str
    to: tuple[str, ...]


@dataclass(frozen=True)
class Typing:
    conversation_id: str
    user_id: str
    username: str
    to: tuple[str, ...]


@dataclass(frozen=True)
class PresenceChanged:
    """Somebody came or went. `at` is when they were last here, ISO 8601 UTC; "" hides both."""

    user_id: str
    online: bool
    at: str
    to: tuple[str, ...]


@dataclass(frozen=True)
class PhotosDiscarded:
    """Photos are no longer kept: their files are to be removed."""

    media_ids: tuple[str, ...]


@dataclass(frozen=True)
class MailDue:
    """A letter is to be written. `account` is an id, or what somebody typed to name one; `asked` is when,
    ISO 8601 UTC.
    """

    mail_id: str
    letter: str
    account: str
    detail: str
    asked: str


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
    | CommentCounted
    | CommentLiked
    | ProfileCounted
    | ProfileEdited
    | EmailChanged
    | PrivacyChanged
    | Followed
    | FollowRequested
    | AlertsChanged
    | Blocked
    | MessageSent
    | MessageChanged
    | MessageUnsent
    | ConversationRead
    | ConversationChanged
    | Typing
    | PresenceChanged
    | PhotosDiscarded
    | SessionEnded
    | MailDue
)
Subscriber = Callable[[Any], Awaitable[None]]

_KINDS: dict[str, type] = {kind.__name__: kind for kind in get_args(Event)}
_forgetting: list[weakref.ref[Callable[[], None]]] = []
_subscribers: dict[type, list[Subscriber]] = defaultdict(list)
_later: dict[type, list[Subscriber]] = defaultdict(list)


def subscribe(kind: type, subscriber: Subscriber, *, later: bool = False) -> None:
    """Call a coroutine function with every event of a kind, in the order of subscription.

    Those that come `later` are called from the outbox: for certain, at least once, and when open screens
    have been told.
    """
    subscribers = _later if later else _subscribers
    if subscriber not in subscribers[kind]:
        subscribers[kind].append(subscriber)


def on_gap(forget: Callable[[], None]) -> None:
    """Have a function forget what is believed until an event says otherwise: some may have been missed."""
    reference = weakref.WeakMethod(forget) if inspect.ismethod(forget) else weakref.ref(forget)
    _forgetting.append(reference)


def forget_what_was_believed() -> None:
    """Read everything again that is remembered until an event says otherwise."""
    for reference in list(_forgetting):
        forget = reference()
        if forget is None:
            _forgetting.remove(reference)
        else:
            forget()


async def publish(event: Event) -> None:
    """Call every subscriber but the later ones. One that fails is logged and undoes nothing."""
    for subscriber in _subscribers[type(event)]:
        try:
            await subscriber(event)
        except Exception:
            log.exception("A subscriber of %s failed", type(event).__name__)


def later(event: Event) -> list[Subscriber]:
    """Return the subscribers that the outbox calls with an event."""
    return _later[type(event)]


def subject(event: Any) -> str:
    """Return what an event is about: events about the same thing are worked off one after the other."""
    match event:
        case PostLiked() | CommentLiked():
            return f"{getattr(event, 'comment_id', event.post_id)}:{event.by}"
        case CommentAdded() | CommentDeleted():
            return event.comment_id
        case PostPublished() | PostDeleted():
            return event.post_id
        case Followed() | FollowRequested() | Blocked():
            return ":".join(sorted((event.by, event.whom)))
        case PrivacyChanged():
            return event.user_id
        case SessionEnded():
            return event.session_id
        case MailDue():
            return event.mail_id
        case PhotosDiscarded():
            return event.media_ids[0]
    raise TypeError(f"{type(event).__name__} has no subject")


def encoded(event: Event) -> dict[str, Any]:
    """Return an event as JSON and BSON can carry it."""
    return {"kind": type(event).__name__, **asdict(event)}


def decoded(fields: dict[str, Any]) -> Event | None:
    """Return the event that was encoded so; None for a kind that another version of this program knows."""
    kind = _KINDS.get(fields["kind"])
    if kind is None:
        return None
    # Neither JSON nor BSON has tuples; what the events hold several of are tuples.
    values = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in fields.items()
        if name != "kind"
    }
    try:
        return kind(**values)
    except TypeError:
        return None
