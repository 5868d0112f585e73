"""Who acts on what has happened: every event that the domain itself reacts to, in order.

`NOW` subscribers run when an event is published, in every process, and a process that dies may miss it.
`LATER` subscribers run from the outbox: at least once, in any process, after the change, with no deadline.
"""

from __future__ import annotations

from instagram_clone.domain.core.events import Subscriber, subscribe
from instagram_clone.domain.discovery import circles, people_index, posts_index
from instagram_clone.domain.media import media
from instagram_clone.domain.media.events import PhotosDiscarded
from instagram_clone.domain.notifications import notifications
from instagram_clone.domain.people import accounts, presence, visibility
from instagram_clone.domain.people.credentials import mails, sessions
from instagram_clone.domain.people.events import (
    Blocked,
    Followed,
    FollowRequested,
    MailDue,
    PrivacyChanged,
    ProfileEdited,
    SessionEnded,
    SignedUp,
)
from instagram_clone.domain.people.relations import approvals
from instagram_clone.domain.posts import comments, likes, posts, recency, saves
from instagram_clone.domain.posts.events import (
    CommentAdded,
    CommentDeleted,
    CommentLiked,
    PostDeleted,
    PostLiked,
    PostPublished,
)

NOW: dict[type, tuple[Subscriber, ...]] = {
    ProfileEdited: (accounts.account_changed, sessions.profile_edited),
    PrivacyChanged: (accounts.account_changed, visibility.privacy_changed),
    Followed: (visibility.followed, presence.followed, circles.followed),
    Blocked: (visibility.blocked, presence.blocked),
    SessionEnded: (sessions.session_ended,),
    PostPublished: (recency.post_published,),
}

LATER: dict[type, tuple[Subscriber, ...]] = {
    PrivacyChanged: (approvals.privacy_changed, posts.privacy_changed),
    SignedUp: (people_index.signed_up,),
    ProfileEdited: (people_index.profile_edited,),
    Followed: (notifications.followed, people_index.followed),
    FollowRequested: (notifications.follow_requested,),
    Blocked: (notifications.blocked,),
    # If the process that ended a session dies, another one notifies the session's tabs.
    SessionEnded: (sessions.session_ended,),
    MailDue: (mails.mail_due,),
    PhotosDiscarded: (media.photos_discarded,),
    PostPublished: (notifications.post_published, posts_index.post_published),
    PostDeleted: (
        comments.post_deleted,
        likes.post_deleted,
        saves.post_deleted,
        notifications.post_deleted,
        posts_index.post_deleted,
    ),
    PostLiked: (notifications.post_liked,),
    CommentAdded: (notifications.comment_added,),
    CommentDeleted: (comments.comment_deleted, likes.comment_deleted, notifications.comment_deleted),
    CommentLiked: (notifications.comment_liked,),
}

for _kind, _subscribers in NOW.items():
    for _subscriber in _subscribers:
        subscribe(_kind, _subscriber)
for _kind, _subscribers in LATER.items():
    for _subscriber in _subscribers:
        subscribe(_kind, _subscriber, later=True)
