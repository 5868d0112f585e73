"""Every surface that shows people, posts, comments, messages or their counts, in one table.

`READS` is what the web reads from the domain, `PAGES` and `ROUTES` what is sent over HTTP, `HANDLERS` what
a tab may call, `APPLIERS` and `FACTS` what is pushed. `test_surfaces.py` and `test_surfaces_live.py` try
each one as people who may not see its content, and fail if the app has a surface that is missing here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import recents, search, suggestions
from instagram_clone.domain.media import media
from instagram_clone.domain.messaging import conversations, inbox, message_cards, messages
from instagram_clone.domain.notifications import activity
from instagram_clone.domain.people import directory, visibility
from instagram_clone.domain.people.relations import blocks
from instagram_clone.domain.posts import comment_cards, feed, likes, post_cards, posts, saves

CAPTION, COMMENT_TEXT, MESSAGE_TEXT = "what cleo shares", "what cleo says", "what cleo writes"
COMMENT_TO_BEN = "what cleo tells ben"


@dataclass
class Town:
    """Cleo, her follower fay, and the ids of what cleo has shared, commented and written, and of ben's
    group with ana and cleo.

    `question` is ana's comment on cleo's post. `bens_post` is a post everybody may see, and
    `comment_to_ben` is cleo's comment on it.
    """

    cleo: Viewer
    fay: Viewer
    post: str
    shared: str
    photo: str
    comment: str
    question: str
    group: str
    message: str
    ben: Viewer
    bens_post: str
    comment_to_ben: str


@dataclass(frozen=True)
class Read:
    """How something is read, and which of the town's secrets it shows to people who may see them.

    `also` reads somebody else's content, where people meet and only a block hides them from each other.
    `open_to_all` reads are also for people who are not signed in. `in_group` reads show members of a
    conversation to each other, even if there is a block between them. `shown_to_blocker` reads still show
    people to those who have blocked them.
    """

    by: Callable[[Any, Town], Awaitable[Any]]
    shows: tuple[str, ...] = ()
    open_to_all: bool = False
    in_group: bool = False
    shown_to_blocker: bool = False
    also: Callable[[Any, Town], Awaitable[Any]] | None = None


async def _news(viewer: Viewer, _: Town) -> list[str]:
    return ["notified"] if (await activity.unread_summary(viewer)).count else []


async def _recent_searches(viewer: Viewer, town: Town) -> Any:
    # As if the viewer had opened her page while they could.
    items = [{"id": ObjectId(), "key": f"person {town.cleo.id}", "person": town.cleo.oid}]
    await db.recents.update_one({"_id": viewer.oid}, {"$set": {"items": items}}, upsert=True)
    return await recents.recent(viewer)


async def _saved(viewer: Viewer, town: Town) -> Any:
    # As if the viewer had saved it while they could see it.
    mine = {"user": viewer.oid, "post": ObjectId(town.post)}
    await db.saves.update_one(mine, {"$set": {"saved": True, "rev": 1, "at": ObjectId()}}, upsert=True)
    return await saves.page(viewer)


# Each name in `shows` is a field of the town, standing for its id, one of the texts above, or "notified".
READS: dict[str, Read] = {
    "activity.unread_summary": Read(_news, ("notified",)),
    "activity.page": Read(lambda who, _: activity.page(who), (COMMENT_TEXT, "post")),
    "blocks.page": Read(lambda who, _: blocks.page(who), shown_to_blocker=True),
    "comment_cards.page": Read(
        lambda who, t: comment_cards.page(who, t.post),
        (COMMENT_TEXT, "comment", COMMENT_TO_BEN),
        True,
        also=lambda who, t: comment_cards.page(who, t.bens_post),
    ),
    "comment_cards.replies": Read(
        lambda who, t: comment_cards.replies(who, t.question), (COMMENT_TEXT, "cleo"), True
    ),
    "comment_cards.show": Read(
        lambda who, t: comment_cards.show(who, t.comment),
        (COMMENT_TEXT, COMMENT_TO_BEN),
        also=lambda who, t: comment_cards.show(who, t.comment_to_ben),
    ),
    "conversations.access": Read(
        lambda who, t: conversations.access(who, t.group), ("group",), in_group=True
    ),
    "feed.by_person": Read(lambda who, t: feed.by_person(who, t.cleo.id), (CAPTION, "post", "photo"), True),
    "feed.explore": Read(lambda who, _: feed.explore(who), (), True),
    "feed.home": Read(lambda who, _: feed.home(who), (CAPTION, "post", "photo", "cleo")),
    "inbox.page": Read(lambda who, _: inbox.page(who), ("group", MESSAGE_TEXT), in_group=True),
    "inbox.people": Read(lambda who, _: inbox.people(who), ("cleo",)),
    "inbox.requests": Read(lambda who, _: inbox.requests(who)),
    "inbox.show": Read(lambda who, t: inbox.show(who, t.group), ("group", MESSAGE_TEXT), in_group=True),
    "inbox.unread": Read(lambda who, _: inbox.unread(who), ("group",), in_group=True),
    "likes.comment_people": Read(
        lambda who, t: likes.comment_people(who, t.comment),
        ("fay", "cleo"),
        also=lambda who, t: likes.comment_people(who, t.question),
    ),
    "likes.people": Read(
        lambda who, t: likes.people(who, t.post),
        ("fay", "cleo"),
        also=lambda who, t: likes.people(who, t.bens_post),
    ),
    "recents.recent": Read(_recent_searches, ("cleo",)),
    "saves.page": Read(_saved, (CAPTION, "post", "photo", "cleo")),
    "directory.followers_page": Read(
        lambda who, t: directory.followers_page(who, t.cleo.id),
        ("fay", "cleo"),
        also=lambda who, t: directory.followers_page(who, t.ben.id),
    ),
    "directory.following_page": Read(
        lambda who, t: directory.following_page(who, t.cleo.id),
        ("fay", "cleo"),
        also=lambda who, t: directory.following_page(who, t.ben.id),
    ),
    "directory.requests": Read(lambda who, _: directory.requests(who)),
    "directory.requests_page": Read(lambda who, _: directory.requests_page(who)),
    "directory.relationship": Read(lambda who, t: directory.relationship(who, t.cleo.id), (), True),
    "search.everything": Read(
        lambda who, _: search.everything(who, "cleo"), ("cleo", CAPTION, "post", "photo")
    ),
    "search.people": Read(lambda who, _: search.people(who, "cleo"), ("cleo",)),
    "search.posts": Read(lambda who, _: search.posts(who, CAPTION), (CAPTION, "post", "photo")),
    "suggestions.people": Read(lambda who, _: suggestions.people(who)),
    "media.access_file": Read(lambda who, t: _file(who, t), ("photo",), True),
    "messages.page": Read(
        lambda who, t: messages.page(who, t.group), (MESSAGE_TEXT, "message"), in_group=True
    ),
    "messages.shared_post_id": Read(
        lambda who, t: messages.shared_post_id(who, t.group, t.message), in_group=True
    ),
    "message_cards.shared": Read(lambda who, t: message_cards.shared(who, [t.shared]), (CAPTION,)),
    "posts.access_post": Read(lambda who, t: posts.access_post(who, t.post), (CAPTION, "photo"), True),
    "post_cards.show": Read(
        lambda who, t: post_cards.show(who, t.post),
        (CAPTION, "photo", "cleo"),
        True,
        also=lambda who, t: post_cards.show(who, t.bens_post),
    ),
    "post_cards.visible": Read(
        lambda who, t: post_cards.visible(who, [ObjectId(t.post), ObjectId(t.bens_post)]),
        (CAPTION, "cleo"),
        True,
    ),
    "visibility.profile": Read(
        lambda who, _: visibility.profile(who, "cleo"), ("cleo",), True, shown_to_blocker=True
    ),
}


async def _file(viewer: Viewer | None, town: Town) -> str:
    return town.photo if (await media.access_file(viewer, town.photo, 256)).content else ""


# The web's other calls to the domain: they change something, concern only the viewer, ask who may see, or
# serve the machinery. `accounts.people` gives names to ids that one of the reads above has let through.
NOT_SHOWN = {
    *("preferences.alert_rules", "profiles.edit_profile", "accounts.forget", "accounts.log_in"),
    *("profiles.own_profile", "accounts.people", "preferences.of", "preferences.set_alert_rule"),
    *("preferences.set_preference", "preferences.set_private", "accounts.sign_up", "activity.mark_seen"),
    *(
        "activity.seen_marker",
        "characters.is_encodable",
        "blocks.block",
        "blocks.unblock",
        "comments.add",
        "comment_cards.from_event",
    ),
    *("comments.delete", "membership.accept", "membership.clear", "membership.decline", "membership.leave"),
    *("membership.mute", "membership.remove", "membership.rename", "receipts.mark_read"),
    *("conversations.start", "credentials.change_password", "devices.remember"),
    *("email_changes.begin", "email_changes.cancel", "emails.ask_to_confirm", "emails.confirm"),
    *("emails.own", "emails.link_purpose", "emails.refuse", "graph.followers_among"),
    *("approvals.confirm", "follow_requests.decline", "follows.follow", "follows.remove_follower"),
    *("follows.unfollow", "likes.like", "likes.like_comment", "likes.unlike", "likes.unlike_comment"),
    *("drafts.discard_draft", "avatars.set_avatar", "drafts.store", "messages.react", "messages.send"),
    *("messages.typing", "messages.unsend", "validation.check_email", "validation.check_name"),
    *(
        "validation.check_username",
        "imaging.check_crop",
        "post_cards.by_author",
        "post_cards.revisions",
        "posts.delete",
        "posts.publish",
    ),
    *(
        "presence.set_online_source",
        "presence.connected",
        "presence.hide",
        "presence.disconnected",
        "rate_limits.take",
    ),
    *("conversation_cache.conversation_changed", "conversation_cache.conversation_read"),
    "conversation_cache.message_sent",
    "recency.post_published",
    *("recents.clear", "recents.remember", "recents.remove", "saves.save", "saves.unsave"),
    "search.prepare",
    "suggestions.dismiss",
    *("recovery.ask", "recovery.is_valid", "recovery.reset", "sessions.evict", "sessions.end"),
    *("sessions.end_other", "sessions.end_others", "sessions.forget_name", "session_cards.mine"),
    *(
        "sessions.renew",
        "sessions.start",
        "sessions.viewer",
        "visibility.all_blocked_either_way",
        "visibility.forget",
    ),
    *(
        "visibility.is_blocked_either_way",
        "visibility.viewers_among",
        "usernames.suggest_similar",
    ),
    *("usernames.is_taken", "credentials.strength", "passwords.strength"),
    *("rate_limits.in_words", "recovery.strength"),
}

# Pages by route, with the paths at which anything they may show of the town would appear.
PAGES: dict[str, tuple[str, ...]] = {
    "index": ("/", "/?p={post}"),
    "explore": ("/explore",),
    "search": ("/search",),
    "messages": ("/messages",),
    "messages/requests": ("/messages/requests",),
    "messages/[cid]": ("/messages/{group}",),
    "notifications": ("/notifications",),
    "notifications/requests": ("/notifications/requests",),
    "p/[pid]": ("/p/{post}", "/p/{bens_post}"),
    "[handle]": ("/cleo",),
    "[handle]/followers": ("/cleo/followers",),
    "[handle]/following": ("/cleo/following",),
    "[handle]/saved": ("/cleo/saved",),
    **{f"settings/{name}": () for name in ("account", "profile", "privacy", "security", "blocked")},
    **{f"settings/{name}": () for name in ("appearance", "notifications")},
    **dict.fromkeys(("login", "signup", "forgot", "reset", "confirm", "settings", "404"), ()),
}

ROUTES: dict[str, tuple[str, ...]] = {
    "/media/{media_id}/{width}": ("/media/{photo}/256", "/media/{photo}/0", "/media/{photo}/1"),
    "/api/me": ("/api/me",),
    **dict.fromkeys(("/api/login", "/api/signup", "/api/logout", "/api/forgot", "/api/reset"), ()),
    **dict.fromkeys(("/api/confirm", "/api/confirm/refuse", "/api/password", "/api/email"), ()),
    **dict.fromkeys(("/api/signup/strength", "/api/reset/strength", "/api/password/strength"), ()),
    **dict.fromkeys(("/api/media", "/api/media/{media_id}", "/_health"), ()),
}

# What a tab may call, by state. Each is called with every id of the town, except `EXCLUDED_HANDLERS`, which
# would change who may see what, or write in somebody's name.
HANDLERS: dict[str, set[str]] = {
    "alerts_state": {"close_panel", "load_first", "mark_all_read", "more", "open_panel", "set_visible"},
    "blocked_state": {"load_blocked", "load_first", "more"},
    "composer_state": {"share"},
    "detail_state": {
        *("comment", "delete_comment", "fewer_replies", "like_comment", "load_dialog", "load_page"),
        *("load_latest", "more", "more_replies", "unlike_comment"),
    },
    "email_state": {"cancel_change", "load", "send_confirmation"},
    "inbox_state": {
        *("load", "load_first", "load_people", "more", "refresh", "search", "share_post", "start"),
    },
    "people_state": {
        *(
            "close",
            "confirm",
            "decline",
            "dismiss",
            "follow",
            "leave",
            "load_from_address",
            "load_requests",
        ),
        "load_first",
        *("load_suggestions", "more", "open_comment_likes", "open_likes", "remove_follower", "unfollow"),
    },
    "profile_state": {"load", "load_saved"},
    "recovery_state": {"load"},
    "search_state": {
        *("close", "more", "open", "remember_person", "remember_text", "remove", "remove_all", "search"),
    },
    "session_state": {"load", "load_frame"},
    "settings_state": {
        *("block", "end_others", "end_session", "load_alert_rules", "load_preferences"),
        *("load_profile", "load_sessions", "save_profile", "set_alert_rule", "set_preference"),
        *("set_private", "unblock", "use_photo"),
    },
    "sign_up_state": {"leave", "reset_form", "write", "write_username"},
    "thread_state": {
        *("accept", "block", "clear", "decline", "leave", "load", "more", "mute", "react", "read"),
        *(
            "load_latest",
            "load_newer",
            "remove",
            "rename",
            "send",
            "send_like",
            "send_photo",
            "show_post",
            "typing",
            "unsend",
        ),
    },
    "timeline_state": {
        *("delete", "like", "load_explore", "load_home", "more", "newest", "older", "refresh", "save"),
        *("unlike", "unsave"),
    },
}
EXCLUDED_HANDLERS = {
    *("block", "unblock", "follow", "unfollow", "confirm", "start", "share_post", "send", "send_like"),
    *("send_photo", "end_others", "end_session", "leave", "clear", "remove", "load_blocked"),
}

# What edits a tab's state, or listens for all tabs, by the event that triggers it.
APPLIERS: dict[str, set[str]] = {
    "AlertsChanged": {"AlertsState.alerts_changed"},
    "Blocked": {"BlockedState.blocks_changed"},
    "CommentAdded": {"DetailState.comment_added", "TimelineState.comment_added", "comment_facts._counted"},
    "CommentCounted": {"comment_facts._comment_counted"},
    "CommentDeleted": {
        *("DetailState.comment_deleted", "TimelineState.comment_deleted", "comment_facts._counted"),
    },
    "CommentLiked": {"comment_facts._comment_liked"},
    "ConversationChanged": {
        *("InboxState.inbox_changed", "ThreadState.thread_changed"),
        "conversation_cache.conversation_changed",
    },
    "ConversationRead": {"inbox_facts._read", "conversation_cache.conversation_read"},
    "EmailChanged": {"EmailState.email_changed"},
    "Followed": {
        *("TimelineState.followed", "follow_facts._followed", "home_updates._unfollowed"),
    },
    "FollowRequested": {"PeopleState.requests_changed", "follow_facts._requested"},
    "MessageChanged": {"thread._changed"},
    "MessageSent": {"inbox_facts._sent", "conversation_cache.message_sent"},
    "MessageUnsent": {"InboxState.inbox_changed", "thread._unsent"},
    "PostDeleted": {
        *("DetailState.post_deleted", "SearchState.post_deleted", "ThreadState.post_deleted"),
        *("TimelineState.post_deleted", "taps.<lambda>"),
    },
    "PostLiked": {"likers._liked", "taps._liked"},
    "PostSaved": {"TimelineState.post_saved", "taps._saved"},
    "PostPublished": {"TimelineState.post_published", "recency.post_published"},
    "PresenceChanged": {"inbox_facts._presence"},
    "PrivacyChanged": {"PeopleState.suggestions_changed"},
    "ProfileCounted": {"profiles._counted"},
    "ProfileEdited": {
        *("ProfileState.profile_edited", "SessionState.own_profile_edited", "account._profile_edited"),
    },
    "RecentsChanged": {"SearchState.recents_changed"},
    "SessionEnded": {"SettingsState.session_ended", "account._session_ended"},
    "SightLost": {"withdrawals._sight_changed"},
    "SightRegained": {"withdrawals._sight_changed"},
    "Typing": {"inbox_facts._typing"},
}

# States that show people or what they share, and yet have nothing to withdraw: it is all the viewer's own,
# or people the viewer has blocked.
WITHDRAWS_NOTHING = {"BlockedState", "SettingsState"}

# What facts show, by the function that spells their keys; "" where it is only what the viewer did.
FACTS: dict[str, str] = {
    "chat_key": "the latest message of a conversation",
    "comment_key": "counts of a comment",
    "gone_key": "that a post is gone",
    "online_key": "that somebody is online, or was",
    "likers_key": "people who like a post",
    "message_key": "a message",
    "person_key": "counts of a person",
    "post_key": "counts of a post",
    "seen_key": "how far somebody has read",
    "typing_key": "that somebody is typing",
    **dict.fromkeys(("requested_key", "follow_key", "liked_key", "optimistic_key", "read_key"), ""),
    "dismissed_key": "",
    **dict.fromkeys(("saved_key", "saving_key", "sent_key", "toast_key"), ""),
    **dict.fromkeys(("signed_out_key", "pending_message_key", "connection_key", "viewer_key"), ""),
}
