"""Who talks with whom: a conversation for each set of people. The only writer of `conversations`.

A row holds everything about its up to ten members: the folder it lies in for each (the inbox, the
requests, or neither), up to where they have seen it, what they have cleared. Messages are numbered
(`seq`) within their conversation; all that is said here of positions is said in these numbers.
"""

from __future__ import annotations

import contextlib
import hashlib
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from instagram_clone.domain.core import db, events, outbox, rate_limits
from instagram_clone.domain.core.errors import DomainError, Invalid, NotFound, Refused
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import remembered
from instagram_clone.domain.messaging.events import ConversationChanged, ConversationRead
from instagram_clone.domain.people import accounts, presence, visibility
from instagram_clone.domain.people.relations import blocks, graph
from instagram_clone.domain.people.validation import check_title

INBOX, REQUEST, DECLINED, LEFT = "inbox", "request", "declined", "left"
MAX_MEMBERS = 10
NAME_LENGTH = 50

_CLOSED = "This conversation is not here any more."
_CANNOT = "You cannot message this person."


async def start(viewer: Viewer, user_ids: list[str], name: str = "") -> str:
    """Return the id of the one conversation with some people, made now if there is none yet.

    Somebody who does not follow the viewer finds it among their requests. Raises Invalid for nobody,
    oneself or more than nine others, NotFound for people who are gone and, alike, for those who have
    blocked the viewer, and Refused for those whom the viewer has blocked.
    """
    others = [one for one in dict.fromkeys(db.oid(user_id) for user_id in user_ids) if one != viewer.oid]
    if not others:
        raise Invalid("Choose somebody to write to.")
    if len(others) >= MAX_MEMBERS:
        raise Invalid(f"A group has up to {MAX_MEMBERS} people.")
    if len(await accounts.people(others)) < len(others):
        raise NotFound(blocks.GONE)
    await blocks.check_reachable(viewer, others, refusal=_CANNOT)
    key = _key([viewer.oid, *others])
    old = await db.conversations.find_one({"key": key}, {"_id": 1})
    if old is not None:
        await _surface(viewer, old["_id"])
        return str(old["_id"])
    await rate_limits.take("conversation", viewer.id)
    followers = await graph.followers_among(viewer.id, [str(one) for one in others])
    row: dict[str, Any] = {
        "_id": ObjectId(),
        "key": key,
        "starter": viewer.oid,
        "group": len(others) > 1,
        "name": _checked_name(name) if len(others) > 1 else "",
        "members": [_member(viewer.oid, INBOX)]
        + [_member(one, INBOX if str(one) in followers else REQUEST) for one in others],
        "last": 0,
        "at": datetime.now(UTC),
        "unread": [],
    }

    async def work(transaction: Transaction) -> None:
        if not row["group"]:
            await blocks.check_reachable(viewer, others, _CANNOT, session=transaction.session)
            # Whoever blocks at this moment comes before, and is seen, or after, and has this row to mark.
            await accounts.hold(transaction, [viewer.oid, *others])
        await db.conversations.insert_one(row, session=transaction.session)

    try:
        await outbox.commit(work)
    except DuplicateKeyError:
        # Both started at the same moment: the unique index decided who was first.
        row = await db.conversations.find_one({"key": key}, {"_id": 1}) or row
        await _surface(viewer, row["_id"])
    return str(row["_id"])


async def access(viewer: Viewer, conversation_id: str) -> dict[str, Any]:
    """Load a conversation the viewer is in. Raises NotFound for missing and foreign ones alike."""
    row = of_member(viewer, await db.row("conversations", db.oid(conversation_id)))
    remembered.put(row)
    return row


async def recall(viewer: Viewer, conversation_id: str) -> dict[str, Any]:
    """Load a conversation to write in, from memory unless that refuses it. Raises NotFound."""
    row = remembered.get(db.oid(conversation_id))
    if row is not None:
        with contextlib.suppress(DomainError):
            check_may_send(viewer, of_member(viewer, row))
            return row
    return await access(viewer, conversation_id)


def of_member(viewer: Viewer, row: dict[str, Any] | None) -> dict[str, Any]:
    """Return a row of `conversations` which the viewer is in. Raises NotFound for any other."""
    own = viewer.oid
    mine = [member for member in row["members"] if member["user"] == own] if row else []
    if row is None or not mine or mine[0]["folder"] == LEFT:
        raise NotFound(_CLOSED)
    return row


def member_of(row: dict[str, Any], user: ObjectId) -> dict[str, Any]:
    """Return what a row of `conversations` says of one of its members."""
    return next(member for member in row["members"] if member["user"] == user)


def readers(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the ids of everybody who may read a conversation."""
    return tuple(str(member["user"]) for member in row["members"] if member["folder"] != LEFT)


async def audience(viewer: Viewer, row: dict[str, Any]) -> tuple[str, ...]:
    """Return whom a member's typing may be shown to, and whose to them: nobody on either side of an open
    request, and in groups nobody whom a block parts from them.
    """
    if member_of(row, viewer.oid)["folder"] != INBOX or row.get("blocked_by"):
        return ()
    members = [member["user"] for member in row["members"]]
    hidden = {viewer.oid, *await visibility.blocked_either_way(viewer, members)}
    others = (member for member in row["members"] if member["user"] not in hidden)
    return tuple(str(member["user"]) for member in others if member["folder"] == INBOX)


def check_may_react(viewer: Viewer, row: dict[str, Any]) -> None:
    """Raise Refused where the viewer may not react: blocked, or before accepting."""
    if member_of(row, viewer.oid)["folder"] != INBOX:
        raise Refused("Accept the message first.")
    if row.get("blocked_by"):
        raise Refused(_CANNOT)


def check_may_send(viewer: Viewer, row: dict[str, Any]) -> None:
    """Raise Refused where the viewer may not write: blocked, or a request that has not been accepted."""
    if row["group"]:
        return
    if row.get("blocked_by"):
        raise Refused(_CANNOT)
    # Writing back is accepting; only who began must wait.
    unanswered = any(member["folder"] in (REQUEST, DECLINED) for member in row["members"])
    if unanswered and row["last"] > 0 and member_of(row, viewer.oid)["folder"] == INBOX:
        raise Refused("You can write again when they accept your message.")


def unread_for(row: dict[str, Any], author: ObjectId) -> list[ObjectId]:
    """Return to whom a message of a member's is unread."""
    others = [one for one in row["members"] if one["user"] != author and not one["muted"]]
    return [one["user"] for one in others if one["folder"] == INBOX]


async def held(transaction: Transaction, conversation: ObjectId) -> dict[str, Any]:
    """Load a conversation that nobody else changes before the transaction ends. Raises NotFound."""
    return await _held(transaction, {"_id": conversation})


async def access_held(transaction: Transaction, viewer: Viewer, conversation: ObjectId) -> dict[str, Any]:
    """Load a conversation as `held`, which the viewer is in. Raises NotFound."""
    return await _held(transaction, _named(viewer, conversation))


async def _held(transaction: Transaction, query: dict[str, Any]) -> dict[str, Any]:
    row = await db.conversations.find_one_and_update(
        query,
        {"$inc": {"held": 1}},
        return_document=ReturnDocument.AFTER,
        session=transaction.session,
    )
    if row is None:
        raise NotFound(_CLOSED)
    return row


def _named(viewer: Viewer, conversation: ObjectId) -> dict[str, Any]:
    """The query for a conversation if the viewer is in it: nobody else's asking locks it."""
    member = {"user": viewer.oid, "folder": {"$ne": LEFT}}
    return {"_id": conversation, "members": {"$elemMatch": member}}


async def catch_up(conversation: ObjectId) -> int:
    """Set a conversation's last number to that of its newest message; returns by how much it was behind."""
    newest = await db.messages.find_one(
        {"conversation": conversation}, {"seq": 1, "at": 1}, sort=[("seq", -1)]
    )
    if newest is None:
        return 0
    before = await db.conversations.find_one_and_update(
        {"_id": conversation}, {"$max": {"last": newest["seq"], "at": newest["at"]}}
    )
    return max(0, newest["seq"] - before["last"]) if before else 0


async def mark_read(viewer: Viewer, conversation_id: str, seq: int) -> None:
    """Note up to which message the viewer has read. Publishes ConversationRead when that is news."""
    known = remembered.get(db.oid(conversation_id))
    if (
        known
        and _is_news(viewer, known, seq)
        and await _note_read(viewer, known, seq, remembered.still(known))
    ):
        return
    row = await access(viewer, conversation_id)
    if member_of(row, viewer.oid)["folder"] == INBOX:
        await _note_read(viewer, row, min(seq, row["last"]), {})


def _is_news(viewer: Viewer, row: dict[str, Any], seq: int) -> bool:
    mine = [one for one in row["members"] if one["user"] == viewer.oid and one["folder"] == INBOX]
    return bool(mine) and mine[0]["seen"] < seq <= row["last"]


async def _note_read(viewer: Viewer, row: dict[str, Any], seq: int, condition: dict[str, Any]) -> bool:
    now = datetime.now(UTC)
    seen = {"seen": {"$max": ["$$one.seen", seq]}, "seen_at": now}
    news = [
        {"members": {"$elemMatch": {"user": viewer.oid, "seen": {"$lt": seq}}}},
        {"unread": viewer.oid, "last": {"$lte": seq}},
    ]
    done = await db.conversations.update_one(
        {"_id": row["_id"], "$or": news, **condition},
        [{"$set": {"unread": _unread(viewer.oid, seq), "members": _members(viewer.oid, seen)}}],
    )
    if done.modified_count:
        remembered.note_read(row["_id"], viewer.oid, seq)
        await announce_read(viewer, row, seq, now)
    return bool(done.modified_count)


async def announce_read(viewer: Viewer, row: dict[str, Any], seq: int, at: datetime) -> None:
    """Tell who may know it up to which message the viewer has read. Publishes ConversationRead."""
    others = [ObjectId(one) for one in await audience(viewer, row)]
    told = await presence.mutually_enabled(viewer.oid, others, "read_receipts")
    shown = tuple(str(one) for one in told)
    await events.publish(ConversationRead(str(row["_id"]), viewer.id, seq, at.isoformat(), shown))


def _unread(user: ObjectId, seq: int) -> dict[str, Any]:
    """For whom a conversation is unread when somebody has read it up to a number, as an expression."""
    return {"$cond": [{"$lte": ["$last", seq]}, {"$setDifference": ["$unread", [user]]}, "$unread"]}


def _members(user: ObjectId, change: dict[str, Any]) -> dict[str, Any]:
    """The members with a change of one of them, as an expression."""
    mine = {"$eq": ["$$one.user", user]}
    changed = {"$cond": [mine, {"$mergeObjects": ["$$one", change]}, "$$one"]}
    return {"$map": {"input": "$members", "as": "one", "in": changed}}


async def nothing_new(transaction: Transaction, conversation: ObjectId, user: ObjectId, seq: int) -> None:
    """Note that what was unread to a member, up to a number, has been unsent."""
    await db.conversations.update_one(
        {"_id": conversation, "last": {"$lte": seq}},
        {"$max": {"members.$[me].seen": seq}, "$pull": {"unread": user}},
        array_filters=[{"me.user": user}],
        session=transaction.session,
    )
    remembered.forget(conversation)


async def accept(viewer: Viewer, conversation_id: str) -> None:
    """Take a request into the inbox: its sender may go on. Publishes ConversationChanged."""
    await _move(viewer, conversation_id, INBOX)


async def decline(viewer: Viewer, conversation_id: str) -> None:
    """Delete a request; its sender is not told. Publishes ConversationChanged to the viewer alone."""
    await _move(viewer, conversation_id, DECLINED, tell_all=False)


async def mute(viewer: Viewer, conversation_id: str, muted: bool) -> None:
    """Have a conversation count as unread for the viewer, or not. Publishes ConversationChanged."""
    row = await access(viewer, conversation_id)
    behind = {"$and": [{"$eq": ["$$one.user", viewer.oid]}, {"$lt": ["$$one.seen", "$last"]}]}
    is_behind = {"$anyElementTrue": [{"$map": {"input": "$members", "as": "one", "in": behind}}]}
    read = {"$setDifference": ["$unread", [viewer.oid]]}
    unread = {"$cond": [is_behind, {"$setUnion": ["$unread", [viewer.oid]]}, "$unread"]}
    await _change(viewer, row, {"muted": muted}, unread=read if muted else unread)
    await events.publish(ConversationChanged(conversation_id, (viewer.id,)))


async def clear(viewer: Viewer, conversation_id: str) -> None:
    """Delete a conversation for the viewer alone; it comes back with the next message."""
    row = await access(viewer, conversation_id)
    # What arrives in this moment was not deleted: only then does the conversation stay, and unread.
    last = row["last"]
    cleared = {"cleared": last, "seen": {"$max": ["$$one.seen", last]}, "hidden": {"$lte": ["$last", last]}}
    await _change(viewer, row, cleared, unread=_unread(viewer.oid, last))
    await events.publish(ConversationChanged(conversation_id, (viewer.id,)))


async def leave(viewer: Viewer, conversation_id: str) -> None:
    """Leave a group. Publishes ConversationChanged. Raises Refused for a conversation of two."""
    row = await access(viewer, conversation_id)
    if not row["group"]:
        raise Refused("Only groups can be left. Delete the conversation instead.")
    await _part(viewer.oid, row)


async def remove(viewer: Viewer, conversation_id: str, user_id: str) -> None:
    """Take somebody out of a group the viewer has started. Raises NotFound, Refused."""
    row = await access(viewer, conversation_id)
    whom = db.oid(user_id)
    if not row["group"] or row["starter"] != viewer.oid or whom == viewer.oid:
        raise Refused("Only the person who started a group can remove people.")
    if whom not in [member["user"] for member in row["members"]]:
        raise NotFound("This person is not in the group.")
    await _part(whom, row)


async def rename(viewer: Viewer, conversation_id: str, name: str) -> None:
    """Give a group a name, "" for that of its people. Publishes ConversationChanged. Raises Invalid."""
    row = await access(viewer, conversation_id)
    if not row["group"] or member_of(row, viewer.oid)["folder"] != INBOX:
        raise Refused("Only groups have names.")
    query = {"_id": row["_id"], "members": {"$elemMatch": {"user": viewer.oid, "folder": INBOX}}}
    done = await db.conversations.update_one(query, {"$set": {"name": _checked_name(name)}})
    if not done.matched_count:
        raise NotFound(_CLOSED)
    await events.publish(ConversationChanged(conversation_id, readers(row)))


async def _move(viewer: Viewer, conversation_id: str, folder: str, *, tell_all: bool = True) -> None:
    row = await access(viewer, conversation_id)
    if member_of(row, viewer.oid)["folder"] == folder:
        return
    await _change(viewer, row, {"folder": folder})
    to = readers(row) if tell_all else (viewer.id,)
    await events.publish(ConversationChanged(conversation_id, to))


async def _surface(viewer: Viewer, conversation: ObjectId) -> None:
    """Have a conversation be open to the viewer, who asked for it, also one they had declined."""
    row = await db.conversations.find_one({"_id": conversation})
    if row is not None and member_of(row, viewer.oid)["folder"] == DECLINED:
        await _change(viewer, row, {"folder": REQUEST})


async def _change(viewer: Viewer, row: dict[str, Any], mine: dict[str, Any], **more: Any) -> None:
    """Change what a conversation says of the viewer, and `more` of it; expressions will do."""
    # Asked in the write again: whoever has just been taken out of a group stays out.
    query = _named(viewer, row["_id"])
    change = {"members": _members(viewer.oid, mine), **more}
    done = await db.conversations.update_one(query, [{"$set": change}])
    remembered.forget(row["_id"])
    if not done.matched_count:
        raise NotFound(_CLOSED)


async def _part(user: ObjectId, row: dict[str, Any]) -> None:
    # Without its key the set of people is free again: they may start again, with this person or without.
    after = await db.conversations.find_one_and_update(
        {"_id": row["_id"]},
        {"$set": {"members.$[one].folder": LEFT}, "$pull": {"unread": user}, "$unset": {"key": ""}},
        array_filters=[{"one.user": user}],
        return_document=ReturnDocument.AFTER,
    )
    remembered.forget(row["_id"])
    to = (*readers(after or row), str(user))
    await events.publish(ConversationChanged(str(row["_id"]), to))


async def _blocked(transaction: Transaction, by: ObjectId, whom: ObjectId, blocked: bool) -> None:
    """Have the conversation of two itself say that one has blocked the other: every message asks."""
    change = {"$addToSet" if blocked else "$pull": {"blocked_by": by}}
    key = _key([by, whom])
    await db.conversations.update_one({"key": key}, change, session=transaction.session)


async def rename_blocks() -> None:
    """Move who has blocked whom, in conversations of two, from `shut` to `blocked_by`. Idempotent."""
    old: dict[str, Any] = {"shut": {"$exists": True}}
    await db.conversations.update_many(old, {"$rename": {"shut": "blocked_by"}})


async def repair() -> dict[str, int]:
    """Let every conversation know its newest message; returns how many did not."""
    behind = [bool(await catch_up(one)) for one in await db.every("conversations")]
    return {"conversations behind their messages": sum(behind)}


def _member(user: ObjectId, folder: str) -> dict[str, Any]:
    return {
        "user": user,
        "folder": folder,
        "seen": 0,
        "seen_at": None,
        "cleared": 0,
        "hidden": False,
        "muted": False,
    }


def _key(members: list[ObjectId]) -> str:
    return hashlib.sha256("|".join(sorted(str(one) for one in members)).encode()).hexdigest()


def _checked_name(name: str) -> str:
    return check_title(name, NAME_LENGTH)


blocks.take_part(_blocked)
