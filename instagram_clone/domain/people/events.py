"""Events about people: their accounts, follows and blocks."""

from __future__ import annotations

from dataclasses import dataclass

from instagram_clone.domain.core.events import Event


@dataclass(frozen=True)
class ProfileCounted(Event):
    """A person's counts changed: they posted, deleted a post, followed or were followed."""

    user_id: str
    posts: int
    followers: int
    following: int
    rev: int


@dataclass(frozen=True)
class SignedUp(Event):
    """An account was created."""

    user_id: str

    @property
    def subject(self) -> str:
        return self.user_id


@dataclass(frozen=True)
class ProfileEdited(Event):
    user_id: str
    username: str

    @property
    def subject(self) -> str:
        return self.user_id


@dataclass(frozen=True)
class EmailChanged(Event):
    """A person's email, whether it is confirmed, or its pending change has changed."""

    user_id: str


@dataclass(frozen=True)
class PrivacyChanged(Event):
    """A person's posts became visible only to their followers, or to everybody."""

    user_id: str
    private: bool

    @property
    def subject(self) -> str:
        return self.user_id


@dataclass(frozen=True)
class Followed(Event):
    """A person follows or no longer follows another; `asked` when they had to request it first."""

    by: str
    whom: str
    following: bool
    asked: bool = False

    @property
    def subject(self) -> str:
        return ":".join(sorted((self.by, self.whom)))


@dataclass(frozen=True)
class FollowRequested(Event):
    """A person has asked to follow a private account, or the request is over."""

    by: str
    whom: str
    waiting: bool

    @property
    def subject(self) -> str:
        return ":".join(sorted((self.by, self.whom)))


@dataclass(frozen=True)
class Blocked(Event):
    """A person blocked or unblocked another."""

    by: str
    whom: str
    blocked: bool

    @property
    def subject(self) -> str:
        return ":".join(sorted((self.by, self.whom)))


@dataclass(frozen=True)
class SightLost(Event):
    """These viewers, or with None everyone who is not a follower, may no longer see what the author shares.

    `by_block` when the cause is a block: then the two are hidden from each other everywhere else too.
    """

    author_id: str
    viewers: tuple[str, ...] | None
    by_block: bool = False


@dataclass(frozen=True)
class SightRegained(Event):
    """These viewers, or with None everyone, may see what the author shares, again or for the first time."""

    author_id: str
    viewers: tuple[str, ...] | None
    by_block: bool = False


@dataclass(frozen=True)
class PresenceChanged(Event):
    """A person connected or disconnected. `at` is when they were last online, ISO 8601 UTC; "" when they
    are online, or hidden.
    """

    user_id: str
    online: bool
    at: str
    to: tuple[str, ...]


@dataclass(frozen=True)
class SessionEnded(Event):
    session_id: str
    user_id: str

    @property
    def subject(self) -> str:
        return self.session_id


@dataclass(frozen=True)
class MailDue(Event):
    """A letter has to be sent. `account` is an id, or the text somebody typed to name one; `asked` is when
    it was requested, ISO 8601 UTC.
    """

    mail_id: str
    letter: str
    account: str
    detail: str
    asked: str

    @property
    def subject(self) -> str:
        return self.mail_id
