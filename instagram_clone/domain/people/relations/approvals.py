"""Approving follow requests: one by one, or all of them when the account becomes public."""

from __future__ import annotations

from bson import ObjectId

from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.errors import NotFound, Refused
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.events import FollowRequested, PrivacyChanged
from instagram_clone.domain.people.relations import follow_requests, follows

_BATCH_SIZE = 50
_BATCH_SECONDS = 60.0


async def confirm(viewer: Viewer, user_id: str) -> None:
    """Approve somebody's request to follow the viewer. Publishes FollowRequested and Followed.

    Raises NotFound when there is no such request any more, and Refused when they follow the maximum
    already.
    """
    requester = db.oid(user_id)

    async def work(transaction: Transaction) -> None:
        if await follows.at_follow_limit(transaction, [requester]):
            raise Refused("They already follow the maximum number of people.")
        if not await _approve(transaction, [requester], viewer.oid):
            raise NotFound("This request was withdrawn.")

    await outbox.commit(work)


async def _approve(transaction: Transaction, requesters: list[ObjectId], followee: ObjectId) -> int:
    """Approve the requests that these people still have; returns how many had one.

    Requests of people who already follow the maximum are dropped.
    """
    session = transaction.session
    query = {"by": {"$in": requesters}, "whom": followee}
    rows = await db.follow_requests.find(query, session=session).to_list()
    still_asking = [row["by"] for row in sorted(rows, key=lambda row: row["_id"])]
    follow_query = {"follower": {"$in": still_asking}, "followee": followee}
    settled = {row["follower"] async for row in db.follows.find(follow_query, session=session)}
    settled |= await follows.at_follow_limit(transaction, still_asking)
    for user in await follow_requests.withdraw_all(transaction, list(settled), followee):
        transaction.announce(FollowRequested(str(user), str(followee), False))
    new = [user for user in still_asking if user not in settled]
    if new:
        await follows.add(transaction, new, followee, asked=True)
    return len(still_asking)


async def privacy_changed(event: PrivacyChanged) -> None:
    """Approve every request to follow an account, as long as it stays public."""
    followee = ObjectId(event.user_id)

    async def work(transaction: Transaction) -> int:
        row = await db.users.find_one({"_id": followee}, {"private": 1}, session=transaction.session)
        if row is None or row["private"]:
            return 0
        found = db.follow_requests.find({"whom": followee}, {"by": 1}, session=transaction.session)
        requesters = [row["by"] async for row in found.sort("_id", 1).limit(_BATCH_SIZE)]
        return await _approve(transaction, requesters, followee) if requesters else 0

    # One batch at a time, each finished: a hundred thousand follows at once would block all else.
    while await outbox.commit(work, patience=_BATCH_SECONDS):
        pass
