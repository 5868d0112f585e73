"""Under which keys a browser knows things: the only module that spells them.

Those of what the server sends and of what a tab notes for itself share a namespace, so they stand
together. Nothing else depends on how they are spelled, except that what follows the last underscore is
the id that a browser is asked to retain.
"""

from __future__ import annotations

from typing import Any, NewType

FactKey = NewType("FactKey", str)
FactKeys = NewType("FactKeys", str)
"""What many keys begin with, to read all of them at once."""

# Facts that the server sends. Ids are strings, or on a page what they will be there.


def post_key(post_id: Any) -> FactKey:
    """How many like a post, and comment on it."""
    return FactKey(f"post_{post_id}")


def comment_key(comment_id: Any) -> FactKey:
    """How many like a comment, and reply to it."""
    return FactKey(f"comment_{comment_id}")


def liked_key(subject_id: Any) -> FactKey:
    """Whether the viewer likes a post or comment."""
    return FactKey(f"liked_{subject_id}")


def saved_key(post_id: Any) -> FactKey:
    """Whether the viewer has saved a post."""
    return FactKey(f"saved_{post_id}")


def likers_key(post_id: Any) -> FactKey:
    """Who is named beside a post's likes."""
    return FactKey(f"likers_{post_id}")


def gone_key(post_id: Any) -> FactKey:
    """That a post was deleted."""
    return FactKey(f"gone_{post_id}")


def person_key(user_id: Any) -> FactKey:
    """How many posts, followers and followees somebody has."""
    return FactKey(f"person_{user_id}")


def follow_key(user_id: Any) -> FactKey:
    """Whether the viewer follows somebody."""
    return FactKey(f"follow_{user_id}")


def asked_key(user_id: Any) -> FactKey:
    """Whether the viewer has asked to follow somebody."""
    return FactKey(f"asked_{user_id}")


def here_key(user_id: Any) -> FactKey:
    """Whether somebody is online."""
    return FactKey(f"here_{user_id}")


def chat_key(conversation_id: Any) -> FactKey:
    """The last message of a conversation, as the list has it."""
    return FactKey(f"chat_{conversation_id}")


def chat_keys() -> FactKeys:
    """The last messages of all conversations."""
    return FactKeys(chat_key(""))


def read_key(conversation_id: Any) -> FactKey:
    """Up to where the viewer has read a conversation."""
    return FactKey(f"read_{conversation_id}")


def read_keys() -> FactKeys:
    """Up to where the viewer has read all conversations."""
    return FactKeys(read_key(""))


def message_key(conversation_id: Any, message_id: Any) -> FactKey:
    """A message, as it is now."""
    return FactKey(f"m_{conversation_id}_{message_id}")


def message_keys(conversation_id: Any) -> FactKeys:
    """All messages of a conversation."""
    return FactKeys(message_key(conversation_id, ""))


def seen_key(conversation_id: Any, user_id: Any) -> FactKey:
    """Up to where another member has read a conversation."""
    return FactKey(f"seen_{conversation_id}_{user_id}")


def seen_keys(conversation_id: Any) -> FactKeys:
    """Up to where all other members have read a conversation."""
    return FactKeys(seen_key(conversation_id, ""))


def typing_key(conversation_id: Any) -> FactKey:
    """Who is writing in a conversation."""
    return FactKey(f"typing_{conversation_id}")


def sent_key(key: Any) -> FactKey:
    """What became of something that the tab sent under a key of its own."""
    return FactKey(f"sent_{key}")


def toast_key(text: Any) -> FactKey:
    """A short message in the corner."""
    return FactKey(f"toast_{text}")


def toast_keys() -> FactKeys:
    """All short messages."""
    return FactKeys(toast_key(""))


def signed_out_key() -> FactKey:
    """That the tab's session has ended."""
    return FactKey("signed_out")


def connection_key() -> FactKey:
    """Which connection the tab has: another one once it was lost, however soon it is back."""
    return FactKey("connection")


# Facts that a tab notes for itself, until the server says what is true.


def optimistic_key(subject_id: Any) -> FactKey:
    """What was tapped on something, and is shown until it is answered. The server takes it back."""
    return FactKey(f"optimistic_{subject_id}")


def optimistic_keys() -> FactKeys:
    """All that was tapped."""
    return FactKeys(optimistic_key(""))


def saving_key(post_id: Any) -> FactKey:
    """That a post was just saved, or no longer is. The server takes it back."""
    return FactKey(f"saving_{post_id}")


def saving_keys() -> FactKeys:
    """All that was saved, or no longer is, a moment ago."""
    return FactKeys(saving_key(""))


def pending_message_key(conversation_id: Any, key: Any) -> FactKey:
    """A message on its way. The server takes it back."""
    return FactKey(f"pending_message_{conversation_id}_{key}")


def pending_message_keys(conversation_id: Any) -> FactKeys:
    """All messages on their way to a conversation."""
    return FactKeys(pending_message_key(conversation_id, ""))


def pending_comment_key(post_id: Any, key: Any) -> FactKey:
    """A comment on its way."""
    return FactKey(f"pending_comment_{post_id}_{key}")


def pending_comment_keys(post_id: Any = None) -> FactKeys:
    """All comments on their way to a post, or to any."""
    return FactKeys("pending_comment_" if post_id is None else pending_comment_key(post_id, ""))


def progress_key(key: Any) -> FactKey:
    """How much of a photo has been uploaded."""
    return FactKey(f"progress_{key}")


def draft_key(post_id: Any) -> FactKey:
    """The comment that is being written on a post."""
    return FactKey(f"draft_{post_id}")


def answering_key(post_id: Any) -> FactKey:
    """The comment on a post that is being answered."""
    return FactKey(f"answering_{post_id}")


def quoting_key(conversation_id: Any) -> FactKey:
    """The message that is being answered in a conversation."""
    return FactKey(f"quoting_{conversation_id}")


def dismissed_key(user_id: Any) -> FactKey:
    """That somebody is not to be suggested any more. The server takes it back."""
    return FactKey(f"dismissed_{user_id}")


def searched_key() -> FactKey:
    """What was searched for on the page of the search, for who comes back to it."""
    return FactKey("searched")


def open_key(overlay: Any) -> FactKey:
    """Whether an overlay is open that has no address."""
    return FactKey(f"open_{overlay}")


def dialog_key(key: Any) -> FactKey:
    """A dialog, or panel, that lies over the page."""
    return FactKey(f"dialog_{key}")


def dialog_keys() -> FactKeys:
    """All dialogs that lie over the page."""
    return FactKeys(dialog_key(""))


def place_key(page: Any) -> FactKey:
    """How far a page was scrolled when it was left."""
    return FactKey(f"place_{page}")


def path_key() -> FactKey:
    """The address whose title was announced last."""
    return FactKey("page_path")


def clock_key() -> FactKey:
    """The time that ages are shown by."""
    return FactKey("clock")
