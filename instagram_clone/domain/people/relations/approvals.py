"""Approving follow requests: one by one, or all of them when the account becomes public."""

from __future__ import annotations

from bson import ObjectId

from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.errors import NotFound, Refused
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.events import FollowRequested, PrivacyChanged
from instagram_clone.domain.people.relations import follow_requests, follows

_LET_IN_AT_ONCE = 50
_LOT_SECONDS = 60.0


async def confirm(viewer: Viewer, user_id: str) -> None:
    """Approve somebody's request to follow the viewer. Publishes FollowRequested and Followed.

    Raises NotFound when there is no such request any more, and Refused when they follow the maximum
    already.
    """
    asking = db.oid(user_id)

    async def work(transaction: Transaction) -> None:
        if await follows.full(transaction, [asking]):
            raise Refused("They follow as many people as anybody can.")
        if not await _let_in(transaction, [asking], viewer.oid):
            raise NotFound("This request was taken back.")

    await outbox.commit(work)


async def _let_in(transaction: Transaction, asking: list[ObjectId], whom: ObjectId) -> int:
    """Approve the requests of those of these people who still have one; returns how many had.

    Requests of people who already follow the maximum are dropped.
    """
    session = transaction.session
    query = {"by": {"$in": asking}, "whom": whom}
    rows = await db.follow_requests.find(query, session=session).to_list()
    waiting = [row["by"] for row in sorted(rows, key=lambda row: row["_id"])]
    theirs = {"follower": {"$in": waiting}, "followee": whom}
    known = {row["follower"] async for row in db.follows.find(theirs, session=session)}
    known |= await follows.full(transaction, waiting)
    for user in await follow_requests.withdraw_all(transaction, list(known), whom):
        transaction.announce(FollowRequested(str(user), str(whom), False))
    new = [user for user in waiting if user not in known]
    if new:
        await follows.add(transaction, new, whom, asked=True)
    return len(waiting)


async def privacy_changed(event: PrivacyChanged) -> None:
    """Approve every request to follow an account, as long as it stays public."""
    whom = ObjectId(event.user_id)

    async def work(transaction: Transaction) -> int:
        row = await db.users.find_one({"_id": whom}, {"private": 1}, session=transaction.session)
        if row is None or row["private"]:
            return 0
        found = db.follow_requests.find({"whom": whom}, {"by": 1}, session=transaction.session)
        asking = [one["by"] async for one in found.sort("_id", 1).limit(_LET_IN_AT_ONCE)]
        return await _let_in(transaction, asking, whom) if asking else 0

    # One batch at a time, each finished: a hundred thousand follows at once would block all else.
    while await outbox.commit(work, patience=_LOT_SECONDS):
        pass
