"""Messages in conversations: sending, unsending, reacting, typing and reading. Together with `sending`,
which stores and announces new messages, the only writer of `messages`.

A message's number `seq` is one more than the previous one's, under a unique index: once a message can be
read, so can all before it, and their order is the same on every screen.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument

from instagram_clone.domain.core import db, events, outbox, rate_limits
from instagram_clone.domain.core.errors import DomainError, Invalid, NotFound, Refused
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.text import richtext
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts, imaging, media
from instagram_clone.domain.messaging import conversations, message_cards, permissions, receipts, sending
from instagram_clone.domain.messaging.events import (
    ConversationChanged,
    MessageChanged,
    MessageUnsent,
    Typing,
)
from instagram_clone.domain.messaging.message_cards import LIKE, LINE_LENGTH, PHOTO, POST, TEXT, Message
from instagram_clone.domain.messaging.sending import Outgoing, Sent
from instagram_clone.domain.posts import posts

PAGE = 30
LENGTH = 2000
KEY_LENGTH = 64
UNSENT = "unsent"
EMOJI = ("❤️", "😂", "😮", "😢", "👏", "🔥")
_GONE = "This message is no longer available."


async def send(
    viewer: Viewer,
    conversation_id: str,
    key: str,
    *,
    text: str = "",
    photo: str = "",
    post: str = "",
    like: bool = False,
    answering: str = "",
) -> str:
    """Send a text, a draft photo, a heart, or a post with or without a text; return the message's id.

    `answering` is another message of the conversation, ignored if that has been unsent. Publishes
    MessageSent, in the order of the message numbers. A retry with the same client-generated `key` sends
    nothing: MessageSent goes to the viewer's own tabs again, or, if the message has been unsent, "" is
    returned. Replying to a request accepts it and publishes ConversationChanged too. Raises NotFound,
    Invalid, TooMany, and Refused if the viewer is blocked or has to wait until their request is accepted.
    """
    if not key or len(key) > KEY_LENGTH:
        raise Invalid(permissions.CANNOT_SEND)
    row = await conversations.access_to_send(viewer, conversation_id)
    try:
        permissions.check_may_send(viewer, row)
        await rate_limits.take("message", viewer.id)
        if row["last"] == 0 and any(one["folder"] == permissions.REQUEST for one in row["members"]):
            await rate_limits.take("message-request", viewer.id)
        message, cut_photo = await _compose(viewer, text, photo, post, like)
    except DomainError:
        # A retry may fail these checks although the first attempt passed: the first message of a request,
        # or a photo that is no longer a draft.
        row = await conversations.access(viewer, conversation_id)
        existing = await _find_sent(viewer, row, key)
        if existing is None:
            raise
        if UNSENT in existing:
            return ""
        await sending.announce(viewer, Sent(existing, row), is_retry=True)
        return str(existing["_id"])
    message |= {"_id": ObjectId(), "conversation": row["_id"], "author": viewer.oid, "key": key}
    message |= {"rev": 0, "reactions": {}, "at": datetime.now(UTC)}
    if answering:
        with contextlib.suppress(NotFound):
            message["answers"] = (await _load_message(row, answering))["_id"]
    sent = await sending.store(Outgoing(viewer, message, cut_photo))
    if UNSENT in sent.message:
        return ""
    await sending.announce(viewer, sent, is_retry=sent.message["_id"] != message["_id"])
    if permissions.member_of(row, viewer.oid)["folder"] != permissions.INBOX:
        # Replying has accepted the request: screens must stop asking the viewer to.
        await events.publish(ConversationChanged(conversation_id, permissions.readers(sent.row)))
    await outbox.deliver(sent.deliveries)
    return str(sent.message["_id"])


async def unsend(viewer: Viewer, conversation_id: str, message_id: str) -> None:
    """Unsend the viewer's own message for everyone. Publishes MessageUnsent. Raises NotFound, Refused."""
    row = await conversations.access(viewer, conversation_id)
    message = await _load_message(row, message_id)
    if message["author"] != viewer.oid:
        raise Refused("You can only unsend your own messages.")

    async def work(transaction: Transaction) -> None:
        gone = await db.messages.find_one_and_delete({"_id": message["_id"]}, session=transaction.session)
        if gone is None:
            return
        await db.messages.insert_one(_tombstone(gone), session=transaction.session)
        if gone.get("photo"):
            await media.discard(transaction, [gone["photo"]["id"]])
        locked = await conversations.load_locked(transaction, row["_id"])
        await receipts.clear_unread(transaction, locked, gone["seq"])
        transaction.announce(MessageUnsent(conversation_id, permissions.readers(locked), message_id))

    await outbox.commit(work)


def _tombstone(gone: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of an unsent message: its key, so that a retry does not send it again.

    The row gets a conversation of its own, which nobody reads. MongoDB removes it once no client can still
    be retrying (`schema`).
    """
    own = ObjectId()
    kept = {"author": gone["author"], "key": gone["key"], "was_in": gone["conversation"]}
    return {"_id": own, "conversation": own, "seq": 0, UNSENT: datetime.now(UTC), **kept}


async def react(viewer: Viewer, conversation_id: str, message_id: str, emoji: str) -> None:
    """React to a message with one of `EMOJI`, or remove the reaction with "". Publishes MessageChanged.

    Raises NotFound, Invalid, and Refused if the viewer may not react.
    """
    if emoji and emoji not in EMOJI:
        raise Invalid("That reaction is not available.")
    conversation = db.oid(conversation_id)
    query, field = {"_id": db.oid(message_id), "conversation": conversation}, f"reactions.{viewer.id}"
    change = {"$set": {field: emoji}} if emoji else {"$unset": {field: ""}}

    async def work(transaction: Transaction) -> tuple[dict[str, Any], dict[str, Any] | None]:
        row = await conversations.access_locked(transaction, viewer, conversation)
        permissions.check_may_react(viewer, row)
        after = await db.messages.find_one_and_update(
            {**query, field: {"$ne": emoji} if emoji else {"$exists": True}},
            {**change, "$inc": {"rev": 1}},
            return_document=ReturnDocument.AFTER,
            session=transaction.session,
        )
        if after is None and not await db.messages.find_one(query, {"_id": 1}, session=transaction.session):
            raise NotFound(_GONE)
        return row, after

    row, after = await outbox.commit(work)
    if after is not None:
        [shown] = await message_cards.cards([after])
        changed = MessageChanged(conversation_id, permissions.readers(row), message_cards.fields(shown))
        await events.publish(changed)


async def typing(viewer: Viewer, conversation_id: str) -> None:
    """Publish Typing to the members who may know that the viewer is typing. Stores nothing."""
    row = await conversations.access(viewer, conversation_id)
    to = await receipts.audience(viewer, row)
    if to:
        await events.publish(Typing(conversation_id, viewer.id, viewer.username, to))


async def page(viewer: Viewer, conversation_id: str, before: int = 0) -> tuple[list[Message], int]:
    """Return the newest messages, or those before a number, in order, and the next page's number or 0."""
    row = await conversations.access(viewer, conversation_id)
    cleared = permissions.member_of(row, viewer.oid)["cleared"]
    query: dict[str, Any] = {"conversation": row["_id"], "seq": {"$gt": cleared}}
    if before > 0:
        query["seq"]["$lt"] = before
    rows = await db.messages.find(query).sort("seq", -1).limit(PAGE + 1).to_list()
    cursor = rows[PAGE - 1]["seq"] if len(rows) > PAGE else 0
    return await message_cards.cards(rows[:PAGE][::-1]), cursor


async def shared_post_id(viewer: Viewer, conversation_id: str, message_id: str) -> str:
    """Return the id of the post that a message shares, or "". Raises NotFound."""
    message = await _load_message(await conversations.access(viewer, conversation_id), message_id)
    return str(message.get("post", ""))


async def may_see_photo(viewer: Viewer | None, photo: dict[str, Any]) -> bool:
    """Return whether a photo was sent in a conversation the viewer is in."""
    message = await db.messages.find_one({"photo.id": photo["_id"]}, {"conversation": 1})
    if message is None or viewer is None:
        return False
    try:
        await conversations.access(viewer, str(message["conversation"]))
    except NotFound:
        return False
    return True


async def _compose(
    viewer: Viewer, text: str, photo: str, post: str, like: bool
) -> tuple[dict[str, Any], media.Photo | None]:
    if photo:
        cut = await drafts.cut(viewer, photo, media.MESSAGE, imaging.Crop())
        return {"kind": PHOTO, "photo": media.as_row(cut), "line": "Sent a photo"}, cut
    return await _compose_text(viewer, text, post, like), None


async def _compose_text(viewer: Viewer, text: str, post: str, like: bool) -> dict[str, Any]:
    if like:
        return {"kind": LIKE, "line": "❤️"}
    text = richtext.tidy(text)
    if len(text) > LENGTH:
        raise Invalid(f"Use up to {LENGTH:,} characters.")
    if post:
        await posts.access_post(viewer, post)
        # Everyone in the conversation can read this line, so it must not name the author of the post, which
        # not all of them may see.
        line = _line(text) or "Shared a post"
        return {"kind": POST, "post": ObjectId(post), "text": text, "line": line}
    if not text:
        raise Invalid("Write something first.")
    return {"kind": TEXT, "text": text, "line": _line(text)}


def _line(text: str) -> str:
    return " ".join(text.split())[:LINE_LENGTH]


async def _find_sent(viewer: Viewer, row: dict[str, Any], key: str) -> dict[str, Any] | None:
    """Return the message already sent under a key, if any. Raises Invalid if in another conversation."""
    existing = await db.messages.find_one({"author": viewer.oid, "key": key})
    if existing is not None and sending.conversation_of(existing) != row["_id"]:
        raise Invalid(permissions.CANNOT_SEND)
    return existing


async def _load_message(row: dict[str, Any], message_id: str) -> dict[str, Any]:
    found = await db.messages.find_one({"_id": db.oid(message_id), "conversation": row["_id"]})
    if found is None:
        raise NotFound(_GONE)
    return found


async def _is_shown(photo: dict[str, Any]) -> bool:
    query = {"author": photo["owner"], "photo.id": photo["_id"]}
    return await db.messages.find_one(query, {"_id": 1}) is not None


media.register_use(media.MESSAGE, may_see_photo, _is_shown)
