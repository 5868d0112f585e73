"""Who follows whom, and who has asked to. The only writer of `follows` and `follow_requests`."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from instagram_clone.domain.core import db, outbox, rate_limits
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.core.db import Session
from instagram_clone.domain.core.errors import Invalid, NotFound, Refused
from instagram_clone.domain.core.outbox import Delivery, Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.events import Followed, FollowRequested, PrivacyChanged
from instagram_clone.domain.people.relations import blocks

MAX_FOLLOWING = 7_500
"""So many people can be followed by one: every page of home has to find the newest posts of all of them."""

_FULL = f"You follow {MAX_FOLLOWING:,} people, as many as anybody can. Unfollow somebody first."
_LET_IN_AT_ONCE = 50
_LOT_SECONDS = 60.0


async def follow(viewer: Viewer, user_id: str) -> bool:
    """Follow somebody, or ask to where the account is private, and tell whether that was asked just now.

    Idempotent. Publishes Followed or FollowRequested. Raises Invalid for oneself, NotFound for people who
    are gone and, alike, for those who have blocked the viewer, Refused for those they have blocked and for
    more than MAX_FOLLOWING, and TooMany.
    """
    whom = db.oid(user_id)
    if whom == viewer.oid:
        raise Invalid("You cannot follow yourself.")
    await rate_limits.take("follow", viewer.id)
    asked, deliveries = await _following.do(whom, viewer.oid)
    await outbox.deliver(deliveries)
    return asked


async def unfollow(viewer: Viewer, user_id: str) -> None:
    """Stop following somebody, or asking to. Idempotent. Publishes Followed, FollowRequested."""
    whom = db.oid(user_id)

    async def work(transaction: Transaction) -> None:
        await _withdraw(transaction, viewer.oid, whom)
        await _part(transaction, viewer.oid, whom)

    await outbox.commit(work)


async def remove_follower(viewer: Viewer, user_id: str) -> None:
    """Remove a follower of the viewer's; they are not told. Publishes Followed."""
    follower = db.oid(user_id)
    await outbox.commit(lambda transaction: _part(transaction, follower, viewer.oid))


async def confirm(viewer: Viewer, user_id: str) -> None:
    """Let somebody who has asked follow the viewer. Publishes FollowRequested and Followed.

    Raises NotFound when they have not, or no longer do, Refused when they follow as many as they can.
    """
    asking = db.oid(user_id)

    async def work(transaction: Transaction) -> None:
        if await _full(transaction, [asking]):
            raise Refused("They follow as many people as anybody can.")
        if not await _let_in(transaction, [asking], viewer.oid):
            raise NotFound("This request was taken back.")

    await outbox.commit(work)


async def decline(viewer: Viewer, user_id: str) -> None:
    """Turn a request to follow the viewer down; they are not told. Publishes FollowRequested."""
    asking = db.oid(user_id)
    await outbox.commit(lambda transaction: _withdraw(transaction, asking, viewer.oid))


async def _follow_all(
    whom: ObjectId, users: list[ObjectId]
) -> list[tuple[bool, list[Delivery]] | Exception]:
    """Have people who do so at once follow somebody, or ask to: who asked, and what each is to deliver."""
    first: dict[ObjectId, int] = {user: number for number, user in reversed(list(enumerate(users)))}

    async def work(
        transaction: Transaction,
    ) -> tuple[bool, dict[ObjectId, Exception], dict[ObjectId, slice]]:
        session = transaction.session
        found = await db.users.find_one({"_id": whom}, {"private": 1}, session=session)
        if found is None:
            raise NotFound(blocks.GONE)
        asking: bool = found["private"]
        theirs = {"follower": {"$in": list(first)}, "followee": whom}
        known = {row["follower"] async for row in db.follows.find(theirs, session=session)}
        if asking:
            waiting = {"by": {"$in": list(first)}, "whom": whom}
            known |= {row["by"] async for row in db.follow_requests.find(waiting, session=session)}
        refused = await _refused(transaction, list(first), whom, known)
        new = [user for user in first if user not in known and user not in refused]
        if asking and new:
            await _request(transaction, new, whom)
        elif new:
            await _add(transaction, new, whom)
        return asking, refused, _shares(transaction, new)

    (asking, refused, shares), deliveries = await outbox.written(work)
    results: list[tuple[bool, list[Delivery]] | Exception] = []
    for number, user in enumerate(users):
        if user in refused:
            results.append(refused[user])
        elif user in shares and first[user] == number:
            results.append((asking, deliveries[shares[user]]))
        else:
            results.append((False, []))
    return results


async def _refused(
    transaction: Transaction, users: list[ObjectId], whom: ObjectId, known: set[ObjectId]
) -> dict[ObjectId, Exception]:
    """Return who of some people may not follow somebody, and why."""
    refused: dict[ObjectId, Exception] = {}
    for user, by in (await blocks.blockers(whom, users, transaction.session)).items():
        # Whom they have blocked themselves they know; by whom they are blocked they do not learn.
        refused[user] = Refused("You cannot follow this person.") if user in by else NotFound(blocks.GONE)
    for user in await _full(transaction, [user for user in users if user not in known]):
        refused.setdefault(user, Refused(_FULL))
    return refused


async def _full(transaction: Transaction, users: list[ObjectId]) -> set[ObjectId]:
    """Return those of some people who follow as many as anybody can; who goes by it writes their rows."""
    query = {"_id": {"$in": users}, "following": {"$gte": MAX_FOLLOWING}}
    return {row["_id"] async for row in db.users.find(query, {"_id": 1}, session=transaction.session)}


def _shares(transaction: Transaction, users: list[ObjectId]) -> dict[ObjectId, slice]:
    """Divide the events of a transaction that several people caused: all after one's own are one's own."""
    own = [
        (number, event.by)
        for number, event in enumerate(transaction.events)
        if isinstance(event, Followed | FollowRequested)
    ]
    if not users:
        return {}
    starts: dict[str, int] = {}
    for number, user in own:
        starts.setdefault(user, number)
    begins = sorted(starts.values())
    ends = dict(zip(begins, [*begins[1:], len(transaction.events)], strict=True))
    # What comes before the first, the count that all have moved, goes with it.
    return {
        user: slice(0 if starts[str(user)] == begins[0] else starts[str(user)], ends[starts[str(user)]])
        for user in users
    }


async def _request(transaction: Transaction, users: list[ObjectId], whom: ObjectId) -> None:
    await accounts.hold(transaction, [whom, *users])
    now = datetime.now(UTC)
    rows = [{"by": user, "whom": whom, "created": now} for user in users]
    await db.follow_requests.insert_many(rows, session=transaction.session)
    for user in users:
        transaction.announce(FollowRequested(str(user), str(whom), True))


async def _add(
    transaction: Transaction, users: list[ObjectId], whom: ObjectId, *, asked: bool = False
) -> None:
    """Have people follow somebody who do not yet."""
    await accounts.count(transaction, whom, followers=len(users))
    now = datetime.now(UTC)
    rows = [{"follower": user, "followee": whom, "created": now} for user in users]
    await db.follows.insert_many(rows, session=transaction.session)
    counted = await accounts.count_each(transaction, users, following=1)
    asking = await _withdraw_all(transaction, users, whom)
    for user in users:
        transaction.announce(Followed(str(user), str(whom), True, asked))
        if user in counted:
            transaction.announce(counted[user])
        if user in asking:
            transaction.announce(FollowRequested(str(user), str(whom), False))


async def _let_in(transaction: Transaction, asking: list[ObjectId], whom: ObjectId) -> int:
    """Have those of some people who still ask to follow somebody do so; returns how many asked.

    Who follows as many as anybody can asks no longer.
    """
    session = transaction.session
    query = {"by": {"$in": asking}, "whom": whom}
    rows = await db.follow_requests.find(query, session=session).to_list()
    waiting = [row["by"] for row in sorted(rows, key=lambda row: row["_id"])]
    theirs = {"follower": {"$in": waiting}, "followee": whom}
    known = {row["follower"] async for row in db.follows.find(theirs, session=session)}
    known |= await _full(transaction, waiting)
    for user in await _withdraw_all(transaction, list(known), whom):
        transaction.announce(FollowRequested(str(user), str(whom), False))
    new = [user for user in waiting if user not in known]
    if new:
        await _add(transaction, new, whom, asked=True)
    return len(waiting)


async def _withdraw_all(transaction: Transaction, users: list[ObjectId], whom: ObjectId) -> set[ObjectId]:
    """Take back the requests of some people, where there are any; returns whose."""
    query, session = {"by": {"$in": users}, "whom": whom}, transaction.session
    asking = {row["by"] async for row in db.follow_requests.find(query, {"by": 1}, session=session)}
    if asking:
        await db.follow_requests.delete_many({**query, "by": {"$in": list(asking)}}, session=session)
    return asking


async def _withdraw(transaction: Transaction, user: ObjectId, whom: ObjectId) -> None:
    done = await db.follow_requests.delete_one({"by": user, "whom": whom}, session=transaction.session)
    if done.deleted_count:
        transaction.announce(FollowRequested(str(user), str(whom), False))


async def _part(transaction: Transaction, user: ObjectId, whom: ObjectId) -> None:
    query = {"follower": user, "followee": whom}
    done = await db.follows.delete_one(query, session=transaction.session)
    if not done.deleted_count:
        return
    await accounts.count(transaction, user, following=-1)
    await accounts.count(transaction, whom, followers=-1)
    transaction.announce(Followed(str(user), str(whom), False))


_following: Batcher[ObjectId, ObjectId, tuple[bool, list[Delivery]]] = Batcher(_follow_all)


async def requested_among(user: ObjectId, others: list[ObjectId]) -> set[ObjectId]:
    """Return those of some people whom a person has asked to follow, in one query."""
    query = {"by": user, "whom": {"$in": others}}
    return {row["whom"] async for row in db.follow_requests.find(query, {"_id": 0, "whom": 1})}


async def is_following(viewer: Viewer, user_id: str) -> bool:
    """Tell whether the viewer follows somebody."""
    return bool(await followees_among(viewer.oid, [db.oid(user_id)]))


async def followees_among(
    user: ObjectId, others: list[ObjectId], session: Session | None = None
) -> set[ObjectId]:
    """Return those of some people whom a person follows, in one query."""
    query = {"follower": user, "followee": {"$in": others}}
    found = db.follows.find(query, {"_id": 0, "followee": 1}, session=session)
    return {row["followee"] async for row in found}


async def followed_among(user: ObjectId, others: list[ObjectId]) -> set[ObjectId]:
    """Return those of some people whom a person follows: one query for all who ask at once."""
    return await _looking.do("", (user, others)) if others else set()


async def _look(_: str, asked: list[tuple[ObjectId, list[ObjectId]]]) -> list[set[ObjectId] | Exception]:
    parts = [{"follower": user, "followee": {"$in": others}} for user, others in asked]
    query = parts[0] if len(parts) == 1 else {"$or": parts}
    found = db.follows.find(query, {"_id": 0, "follower": 1, "followee": 1}).hint("follower_1_followee_1")
    theirs: dict[ObjectId, set[ObjectId]] = defaultdict(set)
    async for row in found:
        theirs[row["follower"]].add(row["followee"])
    return [theirs[user].intersection(others) for user, others in asked]


_looking: Batcher[str, tuple[ObjectId, list[ObjectId]], set[ObjectId]] = Batcher(_look)


async def following_among(user: ObjectId, others: list[ObjectId], session: Session) -> set[ObjectId]:
    """Return those of some people who follow a person, in one query."""
    query = {"follower": {"$in": others}, "followee": user}
    found = db.follows.find(query, {"_id": 0, "follower": 1}, session=session)
    return {row["follower"] async for row in found}


async def asking_among(user: ObjectId, others: list[ObjectId], session: Session) -> set[ObjectId]:
    """Return those of some people who ask to follow a person, in one query."""
    query = {"by": {"$in": others}, "whom": user}
    return {row["by"] async for row in db.follow_requests.find(query, {"by": 1}, session=session)}


async def followers_among_all(
    people: list[ObjectId], others: list[ObjectId]
) -> dict[ObjectId, list[ObjectId]]:
    """Return for some people who of others follows them, in one query."""
    query = {"follower": {"$in": others}, "followee": {"$in": people}}
    found = db.follows.find(query, {"_id": 0, "follower": 1, "followee": 1}).hint("follower_1_followee_1")
    theirs: dict[ObjectId, list[ObjectId]] = defaultdict(list)
    async for row in found:
        theirs[row["followee"]].append(row["follower"])
    return theirs


async def followees(user: ObjectId, limit: int = 0) -> list[ObjectId]:
    """Return everybody a person follows, or so many of them."""
    if not limit:
        return await _reading.do("", user)
    found = db.follows.find({"follower": user}, {"_id": 0, "followee": 1}).limit(limit)
    return [row["followee"] async for row in found]


async def _read_followees(_: str, users: list[ObjectId]) -> list[list[ObjectId] | Exception]:
    """Return whom each of some people follows, in one query for all who ask at the same moment."""
    # Grouped: of thousands of rows, decoding each takes longer than finding them.
    stages: list[dict[str, Any]] = [
        {"$match": {"follower": {"$in": list(set(users))}}},
        {"$group": {"_id": "$follower", "followees": {"$push": "$followee"}}},
    ]
    found = await db.follows.aggregate(stages, hint="follower_1_followee_1")
    theirs = {row["_id"]: row["followees"] async for row in found}
    return [theirs.get(user, []) for user in users]


_reading: Batcher[str, ObjectId, list[ObjectId]] = Batcher(_read_followees)


async def followers_among(author_id: str, user_ids: Iterable[str]) -> set[str]:
    """Return which of some people follow an author, in one query."""
    ids = [ObjectId(user_id) for user_id in user_ids]
    query = {"follower": {"$in": ids}, "followee": ObjectId(author_id)}
    return {str(row["follower"]) async for row in db.follows.find(query, {"follower": 1})}


async def mutual(user: ObjectId, others: list[ObjectId]) -> list[ObjectId]:
    """Return those of some people who follow a person and whom that person follows, in one query."""
    query: dict[str, Any] = {
        "$or": [
            {"follower": user, "followee": {"$in": others}},
            {"followee": user, "follower": {"$in": others}},
        ]
    }
    found = db.follows.find(query, {"follower": 1, "followee": 1})
    ways = Counter([row["followee"] if row["follower"] == user else row["follower"] async for row in found])
    return [one for one in others if ways[one] == 2]


async def mutual_here(
    users: list[ObjectId], is_here: Callable[[ObjectId], bool]
) -> dict[ObjectId, list[ObjectId]]:
    """Return for some people who follows them, is followed by them, and is here; two queries for all.

    Begins with whom they follow, which is bounded, as who follows them and who is here are not.
    """
    theirs = dict(zip(users, await asyncio.gather(*map(followees, users)), strict=True))
    here = {user: [one for one in some if is_here(one)] for user, some in theirs.items()}
    # A part for each, since all of them with all whom any of them follows would be their product.
    parts = [{"follower": {"$in": some}, "followee": user} for user, some in here.items() if some]
    if not parts:
        return {}
    query = parts[0] if len(parts) == 1 else {"$or": parts}
    found = db.follows.find(query, {"_id": 0, "follower": 1, "followee": 1}).hint("follower_1_followee_1")
    back: dict[ObjectId, set[ObjectId]] = defaultdict(set)
    async for row in found:
        back[row["followee"]].add(row["follower"])
    return {user: [one for one in some if one in back[user]] for user, some in here.items()}


async def _blocked(transaction: Transaction, by: ObjectId, whom: ObjectId, blocked: bool) -> None:
    if blocked:
        for one, other in ((by, whom), (whom, by)):
            await _withdraw(transaction, one, other)
            await _part(transaction, one, other)


async def privacy_changed(event: PrivacyChanged) -> None:
    """Let everybody who has asked to follow an account do so, as long as it is open to all."""
    whom = ObjectId(event.user_id)

    async def work(transaction: Transaction) -> int:
        row = await db.users.find_one({"_id": whom}, {"private": 1}, session=transaction.session)
        if row is None or row["private"]:
            return 0
        found = db.follow_requests.find({"whom": whom}, {"by": 1}, session=transaction.session)
        asking = [one["by"] async for one in found.sort("_id", 1).limit(_LET_IN_AT_ONCE)]
        return await _let_in(transaction, asking, whom) if asking else 0

    # Lot after lot, each to its end: what follows of a hundred thousand at once would stop all else.
    while await outbox.commit(work, patience=_LOT_SECONDS):
        pass


async def repair() -> dict[str, int]:
    """Remove follows and requests of people who are gone; returns how many there were."""
    gone = 0
    for one, fields in ((db.follows, ("follower", "followee")), (db.follow_requests, ("by", "whom"))):
        for field in fields:
            async for lot in db.orphans(one.name, field, "users"):
                gone += (await one.delete_many({"_id": {"$in": lot}})).deleted_count
    return {"follows of people who are gone": gone}


blocks.take_part(_blocked)
