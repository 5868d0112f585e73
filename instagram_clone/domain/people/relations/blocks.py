"""Who has blocked whom. The only writer of `blocks`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from instagram_clone.domain.core import db, outbox, rate_limits
from instagram_clone.domain.core.db import Session
from instagram_clone.domain.core.errors import Invalid, NotFound, Refused
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.accounts import Person
from instagram_clone.domain.people.events import Blocked

BlockHook = Callable[[Transaction, ObjectId, ObjectId, bool], Awaitable[None]]

PAGE = 40

MAX_LOADED = 500
"""The most blocks loaded for one person; a star may be blocked by far more people."""

GONE = "This account is no longer available."
_hooks: list[BlockHook] = []


async def block(viewer: Viewer, user_id: str) -> None:
    """Block somebody. Idempotent. Publishes Blocked. Raises NotFound, and Invalid if it is the viewer.

    They are not notified. Afterwards neither follows the other. Also raises TooMany: each block makes every
    open screen of both read again what it shows.
    """
    blocked = db.oid(user_id)
    if blocked == viewer.oid:
        raise Invalid("You cannot block yourself.")
    await rate_limits.take("block", viewer.id)

    async def work(transaction: Transaction) -> None:
        session = transaction.session
        pair = {"who": viewer.oid, "whom": blocked}
        if await db.users.find_one({"_id": blocked}, {"_id": 1}, session=session) is None:
            raise NotFound(GONE)
        if await db.blocks.find_one(pair, {"_id": 1}, session=session) is not None:
            return
        await accounts.lock(transaction, [viewer.oid, blocked])
        await db.blocks.insert_one({**pair, "created": datetime.now(UTC)}, session=session)
        transaction.announce(Blocked(viewer.id, user_id, True))
        for hook in _hooks:
            await hook(transaction, viewer.oid, blocked, True)

    await outbox.commit(work)


async def unblock(viewer: Viewer, user_id: str) -> None:
    """Unblock somebody. Idempotent. Publishes Blocked."""
    blocked = db.oid(user_id)

    async def work(transaction: Transaction) -> None:
        done = await db.blocks.delete_one({"who": viewer.oid, "whom": blocked}, session=transaction.session)
        if not done.deleted_count:
            return
        transaction.announce(Blocked(viewer.id, user_id, False))
        for hook in _hooks:
            await hook(transaction, viewer.oid, blocked, False)

    await outbox.commit(work)


def on_block(hook: BlockHook) -> None:
    """Register a coroutine function that makes its own writes for a block, or its end, in the same
    transaction.
    """
    _hooks.append(hook)


async def page(viewer: Viewer, before: str = "") -> tuple[list[Person], str]:
    """Return people the viewer has blocked, latest first, and the cursor of the next page or ""."""
    query: dict[str, Any] = {"who": viewer.oid}
    if before:
        query["_id"] = {"$lt": db.oid(before)}
    # Without the hint MongoDB may use the unique index, and sort.
    found = db.blocks.find(query, {"whom": 1}).sort("_id", -1).hint([("who", 1), ("_id", -1)])
    rows = await found.limit(PAGE + 1).to_list()
    cursor = str(rows[PAGE - 1]["_id"]) if len(rows) > PAGE else ""
    people = await accounts.people([row["whom"] for row in rows[:PAGE]])
    return [people[row["whom"]] for row in rows[:PAGE] if row["whom"] in people], cursor


async def check_reachable(
    viewer: Viewer, others: list[ObjectId], refusal: str, *, session: Session | None = None
) -> None:
    """Raise Refused if the viewer has blocked any of these people. Raise NotFound, as for missing people,
    if any of them has blocked the viewer, who must not learn of it.
    """
    blocked = await either_way_among(viewer.oid, others, session)
    mine = {"who": viewer.oid, "whom": {"$in": list(blocked)}}
    if blocked and await db.blocks.find_one(mine, {"_id": 1}, session=session):
        raise Refused(refusal)
    if blocked:
        raise NotFound(GONE)


async def between(one: ObjectId, other: ObjectId) -> list[ObjectId]:
    """Return which of two people have blocked the other."""
    query = {"$or": [{"who": one, "whom": other}, {"who": other, "whom": one}]}
    return [row["who"] async for row in db.blocks.find(query, {"who": 1})]


async def all_either_way(users: list[ObjectId]) -> dict[ObjectId, set[ObjectId] | None]:
    """Return, for each of these people, everyone they have blocked or been blocked by; None if there are
    more than MAX_LOADED. One query, or one more for each person if there are more than MAX_LOADED in total.
    """
    pairs, too_many = await _pairs(users)
    if too_many and len(users) > 1:
        return {user: (await all_either_way([user]))[user] for user in users}
    if too_many:
        return dict.fromkeys(users)
    found: dict[ObjectId, set[ObjectId] | None] = {user: set() for user in users}
    for blocker, blocked in pairs:
        for one, other in ((blocker, blocked), (blocked, blocker)):
            if (others := found.get(one)) is not None:
                others.add(other)
    return found


async def _pairs(users: list[ObjectId]) -> tuple[list[tuple[ObjectId, ObjectId]], bool]:
    """Return all blocks that involve these people as (blocker, blocked), and whether there are more than
    MAX_LOADED.
    """
    few_enough = {"$lte": ["$number", MAX_LOADED]}
    # As one document, because rows take longer to decode than to find. Beyond MAX_LOADED, none is needed.
    stages: list[dict[str, Any]] = [
        {"$match": {"$or": [{"who": {"$in": users}}, {"whom": {"$in": users}}]}},
        {"$limit": MAX_LOADED + 1},
        {
            "$group": {
                "_id": None,
                "number": {"$sum": 1},
                "who": {"$push": "$who"},
                "whom": {"$push": "$whom"},
            }
        },
        {
            "$project": {
                "number": 1,
                "who": {"$cond": [few_enough, "$who", []]},
                "whom": {"$cond": [few_enough, "$whom", []]},
            }
        },
    ]
    rows = await (await db.blocks.aggregate(stages)).to_list()
    if not rows:
        return [], False
    return list(zip(rows[0]["who"], rows[0]["whom"], strict=True)), rows[0]["number"] > MAX_LOADED


async def blockers(
    one: ObjectId, others: list[ObjectId], session: Session
) -> dict[ObjectId, set[ObjectId]]:
    """Return which of `others` have a block with `one`, in either direction, and who of the two has
    blocked.
    """
    query = {"$or": [{"who": one, "whom": {"$in": others}}, {"whom": one, "who": {"$in": others}}]}
    found: dict[ObjectId, set[ObjectId]] = defaultdict(set)
    async for row in db.blocks.find(query, {"who": 1, "whom": 1}, session=session):
        found[row["whom"] if row["who"] == one else row["who"]].add(row["who"])
    return found


async def either_way_among(
    user: ObjectId, others: list[ObjectId], session: Session | None = None
) -> set[ObjectId]:
    """Return which of `others` have blocked the user or been blocked by them."""
    query: dict[str, Any] = {
        "$or": [{"who": user, "whom": {"$in": others}}, {"whom": user, "who": {"$in": others}}]
    }
    found = db.blocks.find(query, {"who": 1, "whom": 1}, session=session)
    return {row["whom"] if row["who"] == user else row["who"] async for row in found}
