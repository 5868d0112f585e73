"""What members may do in a conversation, and who may read it, judged by its row.

Never queries or writes the database. What a member may do follows from the folder that holds the
conversation for them.
"""

from __future__ import annotations

from typing import Any

from bson import ObjectId

from instagram_clone.domain.core.errors import NotFound, Refused
from instagram_clone.domain.core.viewer import Viewer

INBOX, REQUEST, DECLINED, LEFT = "inbox", "request", "declined", "left"
GONE = "This conversation is no longer available."
CANNOT_MESSAGE = "You cannot message this person."
CANNOT_SEND = "This cannot be sent. Write it again."
NOT_ACCEPTED = "Accept the request first."


def require_member(viewer: Viewer, row: dict[str, Any] | None) -> dict[str, Any]:
    """Return a row of `conversations` if the viewer is a member of it. Raises NotFound otherwise."""
    own = viewer.oid
    mine = [member for member in row["members"] if member["user"] == own] if row else []
    if row is None or not mine or mine[0]["folder"] == LEFT:
        raise NotFound(GONE)
    return row


def member_of(row: dict[str, Any], user: ObjectId) -> dict[str, Any]:
    """Return the entry of a member in a row of `conversations`."""
    return next(member for member in row["members"] if member["user"] == user)


def readers(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the ids of everyone who may read a conversation."""
    return tuple(str(member["user"]) for member in row["members"] if member["folder"] != LEFT)


def check_may_react(viewer: Viewer, row: dict[str, Any]) -> None:
    """Raise Refused if the viewer may not react: after a block, or before accepting the request."""
    if member_of(row, viewer.oid)["folder"] != INBOX:
        raise Refused(NOT_ACCEPTED)
    if row.get("blocked_by"):
        raise Refused(CANNOT_MESSAGE)


def check_may_send(viewer: Viewer, row: dict[str, Any]) -> None:
    """Raise Refused if the viewer may not write: after a block, or until their request is accepted."""
    if row["group"]:
        return
    if row.get("blocked_by"):
        raise Refused(CANNOT_MESSAGE)
    # Replying accepts a request, so only the person who sent it has to wait.
    unanswered = any(member["folder"] in (REQUEST, DECLINED) for member in row["members"])
    if unanswered and row["last"] > 0 and member_of(row, viewer.oid)["folder"] == INBOX:
        raise Refused("You can send more messages once they accept your request.")


def unread_for(row: dict[str, Any], author: ObjectId) -> list[ObjectId]:
    """Return the members for whom a message by `author` counts as unread."""
    others = [one for one in row["members"] if one["user"] != author and not one["muted"]]
    return [one["user"] for one in others if one["folder"] == INBOX]
