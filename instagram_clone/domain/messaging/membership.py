"""Membership: accepting, muting, clearing and leaving conversations, and managing groups. In
`conversations` it writes members' own entries and a group's name.
"""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument

from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.errors import NotFound, Refused
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import conversation_cache, conversations, receipts
from instagram_clone.domain.messaging.events import ConversationChanged
from instagram_clone.domain.messaging.permissions import (
    DECLINED,
    GONE,
    INBOX,
    LEFT,
    NOT_ACCEPTED,
    REQUEST,
    member_of,
    readers,
)


async def accept(viewer: Viewer, conversation_id: str) -> None:
    """Move a request to the inbox, which lets its sender write again. Publishes ConversationChanged."""
    row = await conversations.access(viewer, conversation_id)
    if member_of(row, viewer.oid)["folder"] != INBOX:
        await conversations.change(viewer, row, {"folder": INBOX})
        await events.publish(ConversationChanged(conversation_id, readers(row)))


async def decline(viewer: Viewer, conversation_id: str) -> None:
    """Delete a request without notifying its sender. Publishes ConversationChanged only to the viewer.

    A conversation that has been accepted stays as it is.
    """
    row = await conversations.access(viewer, conversation_id)
    if member_of(row, viewer.oid)["folder"] == REQUEST:
        await conversations.change(viewer, row, {"folder": DECLINED})
        await events.publish(ConversationChanged(conversation_id, (viewer.id,)))


async def mute(viewer: Viewer, conversation_id: str, muted: bool) -> None:
    """Mute or unmute a conversation: while muted, it is never unread. Publishes ConversationChanged."""
    row = await conversations.access(viewer, conversation_id)
    behind = {"$and": [{"$eq": ["$$one.user", viewer.oid]}, {"$lt": ["$$one.seen", "$last"]}]}
    is_behind = {"$anyElementTrue": [{"$map": {"input": "$members", "as": "one", "in": behind}}]}
    read = {"$setDifference": ["$unread", [viewer.oid]]}
    unread = {"$cond": [is_behind, {"$setUnion": ["$unread", [viewer.oid]]}, "$unread"]}
    await conversations.change(viewer, row, {"muted": muted}, unread=read if muted else unread)
    await events.publish(ConversationChanged(conversation_id, (viewer.id,)))


async def clear(viewer: Viewer, conversation_id: str) -> None:
    """Delete a conversation only for the viewer; it reappears with the next message. Publishes
    ConversationChanged.
    """
    row = await conversations.access(viewer, conversation_id)
    # A message that arrives at this moment was not deleted: then the conversation stays, and stays unread.
    last = row["last"]
    cleared = {"cleared": last, "seen": {"$max": ["$$one.seen", last]}, "hidden": {"$lte": ["$last", last]}}
    await conversations.change(viewer, row, cleared, unread=receipts.unread_after_reading(viewer.oid, last))
    await events.publish(ConversationChanged(conversation_id, (viewer.id,)))


async def leave(viewer: Viewer, conversation_id: str) -> None:
    """Leave a group. Publishes ConversationChanged. Raises Refused for a conversation of two."""
    row = await conversations.access(viewer, conversation_id)
    if not row["group"]:
        raise Refused("Only groups can be left. Delete the conversation instead.")
    await _remove_member(viewer.oid, row)


async def remove(viewer: Viewer, conversation_id: str, user_id: str) -> None:
    """Remove someone from a group the viewer started. Publishes ConversationChanged.

    Raises NotFound, Refused.
    """
    row = await conversations.access(viewer, conversation_id)
    user = db.oid(user_id)
    if not row["group"] or row["starter"] != viewer.oid or user == viewer.oid:
        raise Refused("Only the person who started a group can remove people.")
    if user not in [member["user"] for member in row["members"]]:
        raise NotFound("This person is not in the group.")
    await _remove_member(user, row)


async def rename(viewer: Viewer, conversation_id: str, name: str) -> None:
    """Name a group; with "", its members' names are shown. Publishes ConversationChanged.

    Raises NotFound, Invalid, Refused.
    """
    row = await conversations.access(viewer, conversation_id)
    if not row["group"]:
        raise Refused("Only groups can have names.")
    if member_of(row, viewer.oid)["folder"] != INBOX:
        raise Refused(NOT_ACCEPTED)
    query = {"_id": row["_id"], "members": {"$elemMatch": {"user": viewer.oid, "folder": INBOX}}}
    done = await db.conversations.update_one(query, {"$set": {"name": conversations.check_name(name)}})
    if not done.matched_count:
        raise NotFound(GONE)
    await events.publish(ConversationChanged(conversation_id, readers(row)))


async def _remove_member(user: ObjectId, row: dict[str, Any]) -> None:
    # Dropping the key frees this set of people to start a new conversation, with or without this person.
    after = await db.conversations.find_one_and_update(
        {"_id": row["_id"]},
        {"$set": {"members.$[one].folder": LEFT}, "$pull": {"unread": user}, "$unset": {"key": ""}},
        array_filters=[{"one.user": user}],
        return_document=ReturnDocument.AFTER,
    )
    conversation_cache.forget(row["_id"])
    to = (*readers(after or row), str(user))
    await events.publish(ConversationChanged(str(row["_id"]), to))
