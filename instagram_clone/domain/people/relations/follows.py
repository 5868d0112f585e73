"""Following and unfollowing people. The only writer of `follows`; other areas read it through `graph`."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

from bson import ObjectId

from instagram_clone.domain.core import db, outbox, rate_limits
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.core.errors import Invalid, NotFound, Refused
from instagram_clone.domain.core.outbox import Delivery, Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.events import Followed, FollowRequested
from instagram_clone.domain.people.relations import blocks, follow_requests

MAX_FOLLOWING = 7_500
"""The most people anyone can follow: every page of home has to find the newest posts of all of them."""

_LIMIT_REACHED = f"You follow {MAX_FOLLOWING:,} people, which is the maximum. Unfollow someone first."


async def follow(viewer: Viewer, user_id: str) -> bool:
    """Follow somebody, or ask to if the account is private, and return whether a request was just made.

    Idempotent. Publishes Followed or FollowRequested. Raises Invalid if it is the viewer, NotFound for
    people who are gone and, alike, for those who have blocked the viewer, Refused for those the viewer has
    blocked and beyond MAX_FOLLOWING, and TooMany.
    """
    followee = db.oid(user_id)
    if followee == viewer.oid:
        raise Invalid("You cannot follow yourself.")
    await rate_limits.take("follow", viewer.id)
    asked, deliveries = await _follow_batcher.submit(followee, viewer.oid)
    await outbox.deliver(deliveries)
    return asked


async def unfollow(viewer: Viewer, user_id: str) -> None:
    """Unfollow somebody, or withdraw the request. Idempotent. Publishes Followed, FollowRequested."""
    followee = db.oid(user_id)

    async def work(transaction: Transaction) -> None:
        await follow_requests.withdraw(transaction, viewer.oid, followee)
        await _remove_follow(transaction, viewer.oid, followee)

    await outbox.commit(work)


async def remove_follower(viewer: Viewer, user_id: str) -> None:
    """Remove one of the viewer's followers, who is not notified. Publishes Followed."""
    follower = db.oid(user_id)
    await outbox.commit(lambda transaction: _remove_follow(transaction, follower, viewer.oid))


async def _follow_all(
    followee: ObjectId, users: list[ObjectId]
) -> list[tuple[bool, list[Delivery]] | Exception]:
    """Process a batch of follows of the same person. Returns for each whether a request was made, and the
    events to deliver.
    """
    first: dict[ObjectId, int] = {user: index for index, user in reversed(list(enumerate(users)))}

    async def work(
        transaction: Transaction,
    ) -> tuple[bool, dict[ObjectId, Exception], dict[ObjectId, slice]]:
        session = transaction.session
        found = await db.users.find_one({"_id": followee}, {"private": 1}, session=session)
        if found is None:
            raise NotFound(blocks.GONE)
        is_private: bool = found["private"]
        follow_query = {"follower": {"$in": list(first)}, "followee": followee}
        existing = {row["follower"] async for row in db.follows.find(follow_query, session=session)}
        if is_private:
            request_query = {"by": {"$in": list(first)}, "whom": followee}
            existing |= {row["by"] async for row in db.follow_requests.find(request_query, session=session)}
        refused = await _refusals(transaction, list(first), followee, existing)
        new = [user for user in first if user not in existing and user not in refused]
        if is_private and new:
            await follow_requests.ask(transaction, new, followee)
        elif new:
            await add(transaction, new, followee)
        return is_private, refused, _events_by_user(transaction, new)

    (is_private, refused, slices), deliveries = await outbox.commit_undelivered(work)
    results: list[tuple[bool, list[Delivery]] | Exception] = []
    for index, user in enumerate(users):
        if user in refused:
            results.append(refused[user])
        elif user in slices and first[user] == index:
            results.append((is_private, deliveries[slices[user]]))
        else:
            results.append((False, []))
    return results


async def _refusals(
    transaction: Transaction, users: list[ObjectId], followee: ObjectId, existing: set[ObjectId]
) -> dict[ObjectId, Exception]:
    """Return which of these people may not follow somebody, and why."""
    refused: dict[ObjectId, Exception] = {}
    for user, blockers in (await blocks.blockers(followee, users, transaction.session)).items():
        # People know whom they have blocked, but must not learn who has blocked them.
        refused[user] = (
            Refused("You cannot follow this person.") if user in blockers else NotFound(blocks.GONE)
        )
    for user in await at_follow_limit(transaction, [user for user in users if user not in existing]):
        refused.setdefault(user, Refused(_LIMIT_REACHED))
    return refused


async def at_follow_limit(transaction: Transaction, users: list[ObjectId]) -> set[ObjectId]:
    """Return which of these people follow the maximum already. Callers that rely on it also write
    these people's rows, so that concurrent changes conflict.
    """
    query = {"_id": {"$in": users}, "following": {"$gte": MAX_FOLLOWING}}
    return {row["_id"] async for row in db.users.find(query, {"_id": 1}, session=transaction.session)}


def _events_by_user(transaction: Transaction, users: list[ObjectId]) -> dict[ObjectId, slice]:
    """Divide a transaction's events among the users who caused them: each gets those from their first own
    event up to the next user's.
    """
    own = [
        (index, event.by)
        for index, event in enumerate(transaction.events)
        if isinstance(event, Followed | FollowRequested)
    ]
    if not users:
        return {}
    starts: dict[str, int] = {}
    for index, user in own:
        starts.setdefault(user, index)
    begins = sorted(starts.values())
    ends = dict(zip(begins, [*begins[1:], len(transaction.events)], strict=True))
    # The shared count of the followed person comes before them all, and goes with the first.
    return {
        user: slice(0 if starts[str(user)] == begins[0] else starts[str(user)], ends[starts[str(user)]])
        for user in users
    }


async def add(
    transaction: Transaction, users: list[ObjectId], followee: ObjectId, *, asked: bool = False
) -> None:
    """Add follows of somebody by people who do not follow them yet."""
    await accounts.count(transaction, followee, followers=len(users))
    now = datetime.now(UTC)
    rows = [{"follower": user, "followee": followee, "created": now} for user in users]
    await db.follows.insert_many(rows, session=transaction.session)
    counted = await accounts.count_each(transaction, users, following=1)
    requesters = await follow_requests.withdraw_all(transaction, users, followee)
    for user in users:
        transaction.announce(Followed(str(user), str(followee), True, asked))
        if user in counted:
            transaction.announce(counted[user])
        if user in requesters:
            transaction.announce(FollowRequested(str(user), str(followee), False))


async def _remove_follow(transaction: Transaction, user: ObjectId, followee: ObjectId) -> None:
    query = {"follower": user, "followee": followee}
    done = await db.follows.delete_one(query, session=transaction.session)
    if not done.deleted_count:
        return
    await accounts.count(transaction, user, following=-1)
    await accounts.count(transaction, followee, followers=-1)
    transaction.announce(Followed(str(user), str(followee), False))


_follow_batcher: Batcher[ObjectId, ObjectId, tuple[bool, list[Delivery]]] = Batcher(_follow_all)


async def followed_among(user: ObjectId, others: list[ObjectId]) -> set[ObjectId]:
    """Return which of `others` the user follows; simultaneous callers share one query."""
    return await _followed_batcher.submit("", (user, others)) if others else set()


async def _read_followed(
    _: str, asked: list[tuple[ObjectId, list[ObjectId]]]
) -> list[set[ObjectId] | Exception]:
    clauses = [{"follower": user, "followee": {"$in": others}} for user, others in asked]
    query = clauses[0] if len(clauses) == 1 else {"$or": clauses}
    found = db.follows.find(query, {"_id": 0, "follower": 1, "followee": 1}).hint("follower_1_followee_1")
    followees: dict[ObjectId, set[ObjectId]] = defaultdict(set)
    async for row in found:
        followees[row["follower"]].add(row["followee"])
    return [followees[user].intersection(others) for user, others in asked]


_followed_batcher: Batcher[str, tuple[ObjectId, list[ObjectId]], set[ObjectId]] = Batcher(_read_followed)


async def _blocked(transaction: Transaction, by: ObjectId, whom: ObjectId, blocked: bool) -> None:
    if blocked:
        for one, other in ((by, whom), (whom, by)):
            await follow_requests.withdraw(transaction, one, other)
            await _remove_follow(transaction, one, other)


async def repair() -> dict[str, int]:
    """Remove follows and requests of people who are gone; returns how many there were."""
    gone = 0
    for field in ("follower", "followee"):
        async for batch in db.orphans("follows", field, "users"):
            gone += (await db.follows.delete_many({"_id": {"$in": batch}})).deleted_count
    gone += await follow_requests.remove_orphans()
    return {"follows of people who are gone": gone}


blocks.on_block(_blocked)
