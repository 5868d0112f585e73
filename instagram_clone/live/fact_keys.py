"""The keys of facts in a browser: the only module that spells them.

The keys of facts that the server sends and of those a tab records for itself share a namespace, so they are
defined together. Nothing else depends on how they are spelled, except that the part after the last
underscore is the id that a browser is asked to retain.
"""

from __future__ import annotations

from typing import Any, NewType

FactKey = NewType("FactKey", str)
FactKeys = NewType("FactKeys", str)
"""A prefix shared by many keys, for reading all of them at once."""

# Facts that the server sends. Ids are strings, or, on a page, the Vars that stand for them.


def post_key(post_id: Any) -> FactKey:
    """A post's like and comment counts."""
    return FactKey(f"post_{post_id}")


def comment_key(comment_id: Any) -> FactKey:
    """A comment's like and reply counts."""
    return FactKey(f"comment_{comment_id}")


def liked_key(subject_id: Any) -> FactKey:
    """Whether the viewer likes a post or comment."""
    return FactKey(f"liked_{subject_id}")


def saved_key(post_id: Any) -> FactKey:
    """Whether the viewer has saved a post."""
    return FactKey(f"saved_{post_id}")


def likers_key(post_id: Any) -> FactKey:
    """The users named beside a post's likes."""
    return FactKey(f"likers_{post_id}")


def gone_key(post_id: Any) -> FactKey:
    """That a post was deleted."""
    return FactKey(f"gone_{post_id}")


def person_key(user_id: Any) -> FactKey:
    """A user's post, follower and following counts."""
    return FactKey(f"person_{user_id}")


def follow_key(user_id: Any) -> FactKey:
    """Whether the viewer follows a user."""
    return FactKey(f"follow_{user_id}")


def requested_key(user_id: Any) -> FactKey:
    """Whether the viewer has asked to follow a user."""
    return FactKey(f"asked_{user_id}")


def online_key(user_id: Any) -> FactKey:
    """Whether a user is online."""
    return FactKey(f"here_{user_id}")


def chat_key(conversation_id: Any) -> FactKey:
    """The last message of a conversation, as shown in the inbox."""
    return FactKey(f"chat_{conversation_id}")


def chat_keys() -> FactKeys:
    """The last messages of all conversations."""
    return FactKeys(chat_key(""))


def read_key(conversation_id: Any) -> FactKey:
    """How far the viewer has read a conversation."""
    return FactKey(f"read_{conversation_id}")


def read_keys() -> FactKeys:
    """How far the viewer has read each conversation."""
    return FactKeys(read_key(""))


def message_key(conversation_id: Any, message_id: Any) -> FactKey:
    """The current version of a message."""
    return FactKey(f"m_{conversation_id}_{message_id}")


def message_keys(conversation_id: Any) -> FactKeys:
    """All messages of a conversation."""
    return FactKeys(message_key(conversation_id, ""))


def seen_key(conversation_id: Any, user_id: Any) -> FactKey:
    """How far another member has read a conversation."""
    return FactKey(f"seen_{conversation_id}_{user_id}")


def seen_keys(conversation_id: Any) -> FactKeys:
    """How far each of the other members has read a conversation."""
    return FactKeys(seen_key(conversation_id, ""))


def typing_key(conversation_id: Any) -> FactKey:
    """Who is typing in a conversation."""
    return FactKey(f"typing_{conversation_id}")


def sent_key(key: Any) -> FactKey:
    """The outcome of something the tab sent under a key of its own."""
    return FactKey(f"sent_{key}")


def toast_key(text: Any) -> FactKey:
    """A toast: a short message in the corner."""
    return FactKey(f"toast_{text}")


def toast_keys() -> FactKeys:
    """All toasts."""
    return FactKeys(toast_key(""))


def signed_out_key() -> FactKey:
    """That the tab's session has ended."""
    return FactKey("signed_out")


def connection_key() -> FactKey:
    """The tab's current connection: it changes with every reconnect, however quick."""
    return FactKey("connection")


def viewer_key() -> FactKey:
    """The id of who is signed in on the tab's current connection, or ""."""
    return FactKey("viewer")


# Facts that a tab records for itself, until the server reports the true state.


def optimistic_key(subject_id: Any) -> FactKey:
    """The optimistic result of a tap, shown until the server answers. The server can retract it."""
    return FactKey(f"optimistic_{subject_id}")


def optimistic_keys() -> FactKeys:
    """The optimistic results of all taps."""
    return FactKeys(optimistic_key(""))


def saving_key(post_id: Any) -> FactKey:
    """That a post was just saved or unsaved. The server can retract it."""
    return FactKey(f"saving_{post_id}")


def saving_keys() -> FactKeys:
    """All posts just saved or unsaved."""
    return FactKeys(saving_key(""))


def pending_message_key(conversation_id: Any, key: Any) -> FactKey:
    """A message being sent. The server can retract it."""
    return FactKey(f"pending_message_{conversation_id}_{key}")


def pending_message_keys(conversation_id: Any = None) -> FactKeys:
    """All messages being sent to a conversation, or to any conversation."""
    return FactKeys(
        "pending_message_" if conversation_id is None else pending_message_key(conversation_id, "")
    )


def pending_comment_key(post_id: Any, key: Any) -> FactKey:
    """A comment being sent."""
    return FactKey(f"pending_comment_{post_id}_{key}")


def pending_comment_keys(post_id: Any = None) -> FactKeys:
    """All comments being sent to a post, or to any post."""
    return FactKeys("pending_comment_" if post_id is None else pending_comment_key(post_id, ""))


def progress_key(key: Any) -> FactKey:
    """How much of a photo has been uploaded."""
    return FactKey(f"progress_{key}")


def draft_key(user_id: Any, post_id: Any) -> FactKey:
    """A user's draft of a comment on a post."""
    return FactKey(f"draft_{user_id}_{post_id}")


def replying_key(user_id: Any, post_id: Any) -> FactKey:
    """The comment on a post that a user is replying to."""
    return FactKey(f"answering_{user_id}_{post_id}")


def quoting_key(conversation_id: Any) -> FactKey:
    """The message in a conversation that is being replied to."""
    return FactKey(f"quoting_{conversation_id}")


def dismissed_key(user_id: Any) -> FactKey:
    """That a suggested user was dismissed. The server can retract it."""
    return FactKey(f"dismissed_{user_id}")


def searched_key() -> FactKey:
    """The text last searched for on the search page, for when it is visited again."""
    return FactKey("searched")


def open_key(overlay: Any) -> FactKey:
    """Whether an overlay without a URL of its own is open."""
    return FactKey(f"open_{overlay}")


def dialog_key(key: Any) -> FactKey:
    """A dialog or panel over the page."""
    return FactKey(f"dialog_{key}")


def dialog_keys() -> FactKeys:
    """All dialogs over the page."""
    return FactKeys(dialog_key(""))


def scroll_key(page: Any) -> FactKey:
    """How far a page was scrolled when it was left."""
    return FactKey(f"place_{page}")


def path_key() -> FactKey:
    """The path whose title was announced last."""
    return FactKey("page_path")


def clock_key() -> FactKey:
    """The current time, from which displayed ages are computed."""
    return FactKey("clock")
