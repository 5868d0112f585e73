"""Events about posts and comments."""

from __future__ import annotations

from dataclasses import dataclass, field

from instagram_clone.domain.core.events import Event


@dataclass(frozen=True)
class PostPublished(Event):
    post_id: str
    author_id: str
    username: str
    avatar: str
    caption: str = ""

    @property
    def subject(self) -> str:
        return self.post_id


@dataclass(frozen=True)
class PostDeleted(Event):
    post_id: str
    author_id: str

    @property
    def subject(self) -> str:
        return self.post_id


@dataclass(frozen=True)
class PostLiked(Event):
    post_id: str
    author_id: str
    by: str
    liked: bool
    likes: int
    comments: int
    rev: int
    likers: tuple[str, ...] | None = field(default=None, compare=False)
    """The first likers, whom a screen names beside the count; None if they cannot have changed, or if an
    earlier event of the same batch carries them."""

    @property
    def subject(self) -> str:
        return f"{self.post_id}:{self.by}"


@dataclass(frozen=True)
class PostSaved(Event):
    """Someone saved or unsaved a post; nobody else receives this."""

    post_id: str
    by: str
    saved: bool
    rev: int

    @property
    def subject(self) -> str:
        return f"{self.post_id}:{self.by}"


@dataclass(frozen=True)
class CommentAdded(Event):
    """Someone commented. A reply stands under the comment `parent_id` and answers the person
    `answered_id`."""

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

    @property
    def subject(self) -> str:
        return self.comment_id


@dataclass(frozen=True)
class CommentDeleted(Event):
    """A comment was deleted, along with the replies under it."""

    post_id: str
    comment_id: str
    likes: int
    comments: int
    rev: int
    parent_id: str = ""

    @property
    def subject(self) -> str:
        return self.comment_id


@dataclass(frozen=True)
class CommentCounted(Event):
    """The counts of a comment by `author_id` changed: a like or a reply was added or removed."""

    post_id: str
    comment_id: str
    likes: int
    replies: int
    rev: int
    author_id: str


@dataclass(frozen=True)
class CommentLiked(Event):
    """Someone liked or unliked a comment, now at revision `rev`, in the thread under `thread_id`."""

    post_id: str
    thread_id: str
    comment_id: str
    author_id: str
    by: str
    liked: bool
    text: str
    rev: int

    @property
    def subject(self) -> str:
        return f"{self.comment_id}:{self.by}"
