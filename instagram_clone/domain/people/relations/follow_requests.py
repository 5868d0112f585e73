"""Who has asked to follow whom. The only writer of `follow_requests`."""

from __future__ import annotations

from datetime import UTC, datetime

from bson import ObjectId

from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.db import Session
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.events import FollowRequested


async def decline(viewer: Viewer, user_id: str) -> None:
    """Decline a request to follow the viewer; the requester is not notified. Publishes FollowRequested."""
    requester = db.oid(user_id)
    await outbox.commit(lambda transaction: withdraw(transaction, requester, viewer.oid))


async def ask(transaction: Transaction, users: list[ObjectId], followee: ObjectId) -> None:
    """Add requests to follow somebody by people who have none yet. Announces FollowRequested."""
    await accounts.lock(transaction, [followee, *users])
    now = datetime.now(UTC)
    rows = [{"by": user, "whom": followee, "created": now} for user in users]
    await db.follow_requests.insert_many(rows, session=transaction.session)
    for user in users:
        transaction.announce(FollowRequested(str(user), str(followee), True))


async def withdraw_all(
    transaction: Transaction, users: list[ObjectId], followee: ObjectId
) -> set[ObjectId]:
    """Withdraw these people's requests, if any; returns who had one."""
    query, session = {"by": {"$in": users}, "whom": followee}, transaction.session
    requesters = {row["by"] async for row in db.follow_requests.find(query, {"by": 1}, session=session)}
    if requesters:
        await db.follow_requests.delete_many({**query, "by": {"$in": list(requesters)}}, session=session)
    return requesters


async def withdraw(transaction: Transaction, user: ObjectId, followee: ObjectId) -> None:
    """Withdraw a request, if there is one. Announces FollowRequested."""
    done = await db.follow_requests.delete_one({"by": user, "whom": followee}, session=transaction.session)
    if done.deleted_count:
        transaction.announce(FollowRequested(str(user), str(followee), False))


async def requested_among(user: ObjectId, others: list[ObjectId]) -> set[ObjectId]:
    """Return which of `others` the user has asked to follow, in one query."""
    query = {"by": user, "whom": {"$in": others}}
    return {row["whom"] async for row in db.follow_requests.find(query, {"_id": 0, "whom": 1})}


async def requesters_among(user: ObjectId, others: list[ObjectId], session: Session) -> set[ObjectId]:
    """Return which of `others` have asked to follow the user, in one query."""
    query = {"by": {"$in": others}, "whom": user}
    return {row["by"] async for row in db.follow_requests.find(query, {"by": 1}, session=session)}


async def remove_orphans() -> int:
    """Remove requests by and to people who are gone; returns how many there were."""
    gone = 0
    for field in ("by", "whom"):
        async for batch in db.orphans("follow_requests", field, "users"):
            gone += (await db.follow_requests.delete_many({"_id": {"$in": batch}})).deleted_count
    return gone
