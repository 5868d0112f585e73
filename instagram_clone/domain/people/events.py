"""What happens to people: their accounts, and whom they follow and block."""

from __future__ import annotations

from dataclasses import dataclass

from instagram_clone.domain.core.events import Event


@dataclass(frozen=True)
class ProfileCounted(Event):
    """A person's numbers changed: they posted, deleted, followed or were followed."""

    user_id: str
    posts: int
    followers: int
    following: int
    rev: int


@dataclass(frozen=True)
class SignedUp(Event):
    """There is a new account."""

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
    """Somebody's email, whether it is confirmed, or what is to become of it changed."""

    user_id: str


@dataclass(frozen=True)
class PrivacyChanged(Event):
    """Somebody's posts are for their followers alone from now on, or for everybody."""

    user_id: str
    private: bool

    @property
    def subject(self) -> str:
        return self.user_id


@dataclass(frozen=True)
class Followed(Event):
    """Somebody follows, or no longer follows, somebody; `asked` when they had to ask before."""

    by: str
    whom: str
    following: bool
    asked: bool = False

    @property
    def subject(self) -> str:
        return ":".join(sorted((self.by, self.whom)))


@dataclass(frozen=True)
class FollowRequested(Event):
    """Somebody asks to follow a private account, or no longer does."""

    by: str
    whom: str
    waiting: bool

    @property
    def subject(self) -> str:
        return ":".join(sorted((self.by, self.whom)))


@dataclass(frozen=True)
class Blocked(Event):
    """Somebody blocked or unblocked somebody."""

    by: str
    whom: str
    blocked: bool

    @property
    def subject(self) -> str:
        return ":".join(sorted((self.by, self.whom)))


@dataclass(frozen=True)
class SightLost(Event):
    """Some people, or with None all who are not let in, may no longer see what somebody shares.

    `by_block` when that is because of a block: then the two meet nowhere else either.
    """

    author_id: str
    viewers: tuple[str, ...] | None
    by_block: bool = False


@dataclass(frozen=True)
class SightRegained(Event):
    """Some people, or with None all, may see again, or for the first time, what somebody shares."""

    author_id: str
    viewers: tuple[str, ...] | None
    by_block: bool = False


@dataclass(frozen=True)
class PresenceChanged(Event):
    """Somebody came or went. `at` is when they were last here, ISO 8601 UTC; "" hides both."""

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
    """A letter is to be written. `account` is an id, or what somebody typed to name one; `asked` is when,
    ISO 8601 UTC.
    """

    mail_id: str
    letter: str
    account: str
    detail: str
    asked: str

    @property
    def subject(self) -> str:
        return self.mail_id
