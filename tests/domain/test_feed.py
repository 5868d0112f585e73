"""Lists of posts, what they cost, and that every query has its index."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable
from typing import Any

import pytest
from bson import ObjectId
from pymongo.monitoring import CommandListener, CommandStartedEvent

from instagram_clone.domain import (
    accounts,
    activity,
    blocks,
    comments,
    db,
    feed,
    follows,
    likes,
    lists,
    media,
    posts,
    sessions,
    sight,
    usernames,
)
from instagram_clone.domain.viewer import Viewer
from tests.conftest import join, share


class Commands(CommandListener):
    """Every command the driver sends."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def started(self, event: CommandStartedEvent) -> None:
        self.sent.append((event.command_name, dict(event.command)))

    def succeeded(self, event: object) -> None: ...

    def failed(self, event: object) -> None: ...


@pytest.fixture
async def commands(database: None, mongo_uri: str) -> Commands:
    """A connection whose commands are listened to, in place of the test's own."""
    listener = Commands()
    await db.close()
    await db.connect(mongo_uri, "tests", event_listeners=[listener])
    listener.sent.clear()
    return listener


async def some_posts(author: Viewer, number: int) -> list[str]:
    """Posts without files: rows like those `publish` writes."""
    first = await share(author)
    row = await db.posts.find_one({"_id": ObjectId(first)})
    assert row is not None
    rows = [{**row, "_id": ObjectId()} for _ in range(number - 1)]
    if rows:
        await db.posts.insert_many(rows)
    return [first, *(str(row["_id"]) for row in rows)]


async def test_home_shows_own_and_followed_posts_newest_first(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    first, second, _ = await share(ben), await share(ana), await share(cleo)
    await follows.follow(ana, ben.id)
    page = await feed.home(ana)
    assert [card.id for card in page.posts] == [second, first] and page.cursor == ""
    assert [card.username for card in (await feed.explore(ana)).posts] == ["cleo"]
    assert [card.username for card in (await feed.explore(None)).posts] == ["cleo", "ana", "ben"]
    assert [card.id for card in (await feed.by_person(None, ben.id)).posts] == [first]


async def test_explore_has_a_few_of_everybody_else_and_goes_on(
    ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [await join(f"person{one}") for one in range(8)]
    of_others = [one for other in others for one in await some_posts(other, 4)]
    of_cleo = await some_posts(cleo, 30)
    await some_posts(ben, 30)
    await some_posts(ana, 5)
    await follows.follow(ana, ben.id)
    page = await feed.explore(ana)
    assert [card.id for card in page.posts] == sorted((card.id for card in page.posts), reverse=True)
    assert Counter(card.username for card in page.posts) == {
        "cleo": 3,
        **{f"person{one}": 3 for one in range(1, 8)},
    }
    rest = await feed.explore(ana, page.cursor)
    assert {card.id for card in rest.posts} <= set(of_others) and rest.cursor == ""
    assert not {card.id for card in rest.posts} & {card.id for card in page.posts}
    # Whose posts alone there are fills the page: rather that than emptiness.
    for other in others:
        await follows.follow(ana, other.id)
    alone = await feed.explore(ana)
    assert [card.id for card in alone.posts] == sorted(of_cleo, reverse=True)[: feed.GRID_PAGE]
    assert [card.id for card in (await feed.explore(ana, alone.cursor)).posts] == sorted(of_cleo)[5::-1]
    # Everybody is followed: those are shown after all, and a window without anybody new leads on.
    await follows.follow(ana, cleo.id)
    assert len((await feed.explore(ana)).posts) == feed.GRID_PAGE
    monkeypatch.setattr(feed, "EXPLORED", 10)
    await follows.unfollow(ana, cleo.id)
    empty = await feed.explore(ana, str(ObjectId()))
    assert empty.posts == [] and empty.cursor


async def test_home_comes_in_pages_of_twelve_without_gaps(ana: Viewer) -> None:
    ids = await some_posts(ana, 30)
    seen: list[str] = []
    page = await feed.home(ana)
    sizes = [len(page.posts)]
    seen += [card.id for card in page.posts]
    while page.cursor:
        page = await feed.home(ana, page.cursor)
        sizes.append(len(page.posts))
        seen += [card.id for card in page.posts]
    assert sizes == [12, 12, 6]
    assert seen == sorted(ids, reverse=True)


@pytest.mark.parametrize(
    ("number", "newer"), [(feed._MERGED, 0), (feed._MANY, 0), (feed._MANY, feed._NEWEST)]
)
async def test_home_of_who_follows_hundreds_comes_in_pages_without_gaps(
    commands: Commands, number: int, newer: int
) -> None:
    """Whether those one follows are among the newest or have been silent for long."""
    ana, ben, cleo = await join("ana"), await join("ben"), await join("cleo")
    others = [ObjectId() for _ in range(number)]
    dan = await join("dan")
    followees = [ben.oid, *others, dan.oid]
    await db.follows.insert_many([{"follower": ana.oid, "followee": one} for one in followees])
    row = await db.posts.find_one({"_id": ObjectId(await share(ben))})
    assert row is not None
    ids = [row["_id"], *(ObjectId() for _ in range(29))]
    authors = [ben.oid, dan.oid] * 15
    await db.posts.insert_many(
        [{**row, "_id": one, "author": by} for one, by in zip(ids[1:], authors, strict=False)]
    )
    if newer:
        await db.posts.insert_many([{**row, "_id": ObjectId(), "author": cleo.oid} for _ in range(newer)])
    seen: list[str] = []
    await sight.apart(ana)  # known for a minute
    page = feed.Page([], "")
    while not seen or page.cursor:
        commands.sent.clear()
        page = await feed.home(ana, page.cursor)
        seen += [card.id for card in page.posts]
        assert len(commands.sent) <= 5
    assert seen == [str(one) for one in reversed(ids)]
    assert await explained(commands) >= 3


async def test_a_page_costs_four_commands_whatever_its_size(
    commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts._known, "seconds", 0)
    ana, ben, cleo = await join("ana"), await join("ben"), await join("cleo")
    await follows.follow(ana, ben.id)
    await follows.follow(cleo, ana.id)
    await sight.apart(ana)  # known for a minute
    costs = []
    for number in (1, 20):
        await some_posts(ben, number)
        commands.sent.clear()
        await feed.home(ana)
        costs.append(len(commands.sent))
    assert costs == [4, 4]
    post_id = await share(ben)
    for text in range(25):
        first = await comments.add(ana, post_id, str(text))
        await comments.add(ben, post_id, "Yes", answering=first)
    for read, most in (
        (posts.show(ana, post_id), 4),
        (comments.page(ana, post_id), 6),
        (comments.replies(ana, first), 6),
        (feed.explore(ana), 6),
        (feed.by_person(ana, ben.id), 4),
        (lists.followers_page(ana, ben.id), 5),
        (lists.suggestions(cleo), 10),
    ):
        commands.sent.clear()
        await read
        assert len(commands.sent) <= most, commands.sent


async def test_readers_of_the_same_moment_share_their_commands_and_nothing_else(
    commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts._known, "seconds", 0)
    people = [await join(f"person{one}") for one in range(8)]
    ids = [await share(one) for one in people]
    for at, reader in enumerate(people):
        await follows.follow(reader, people[at - 1].id)
        await likes.like(reader, ids[at - 1])
    await sight.all_apart([one.oid for one in people])  # known for a minute
    commands.sent.clear()
    pages = await asyncio.gather(*(feed.home(reader) for reader in people))
    assert len(commands.sent) < 3 * len(people)
    for at, page in enumerate(pages):
        seen = {(card.id, card.username, card.liked) for card in page.posts}
        before = (at - 1) % len(people)
        assert seen == {(ids[at], f"person{at}", False), (ids[before], f"person{before}", True)}


def stages(plan: dict[str, Any]) -> set[str]:
    """Every stage of a query plan."""
    found = {plan["stage"]} if "stage" in plan else set()
    for value in plan.values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                found |= stages(part)
    return found


async def test_every_query_of_the_product_is_served_by_an_index(commands: Commands) -> None:
    ana, ben = await join("ana"), await join("ben")
    await follows.follow(ana, ben.id)
    ids = await some_posts(ben, 30)
    await likes.like(ana, ids[0])
    comment_id = await comments.add(ana, ids[0], "Nice", key="k")
    reply = await comments.add(ben, ids[0], "Is it?", answering=comment_id)
    await likes.like_comment(ben, comment_id)
    reads: list[Awaitable[object]] = [
        feed.home(ana), feed.home(ana, ids[5]), feed.explore(ana), feed.explore(ana, ids[5]),
        feed.by_person(ana, ben.id), feed.by_person(ana, ben.id, ids[3]),
        posts.show(ana, ids[0]), comments.page(ana, ids[0]), comments.page(ana, ids[0], comment_id),
        likes.people(ana, ids[0]), lists.followers_page(ana, ben.id),
        lists.followers_page(ana, ben.id, ids[0]), lists.following_page(ana, ana.id),
        lists.suggestions(ana), follows.is_following(ana, ben.id), follows.among(ben.id, [ana.id]),
        accounts.profile("BEN"), accounts.own_profile(ana), usernames.taken("x"),
        usernames.similar("ana"), sessions.mine(ana), media.sweep(),
        comments.add(ana, ids[0], "Again", key="k"), likes.unlike(ana, ids[0]),
        comments.replies(ana, comment_id, reply), likes.comment_people(ana, comment_id, comment_id),
        likes.unlike_comment(ben, comment_id), comments.delete(ana, comment_id),
        follows.unfollow(ana, ben.id), posts.recount(db.oid(ids[0])), posts.delete(ben, ids[0]),
        sessions.end_others(ana), activity.page(ben), activity.page(ben, "5"),
        activity.unread(ben), activity.mark_seen(ben),
        accounts.set_private(ben, True), follows.follow(ana, ben.id), lists.requests_page(ben),
        lists.requests_page(ben, ids[0]), lists.requests(ben), lists.standing(ana, ben.id),
        follows.confirm(ben, ana.id), follows.remove_follower(ben, ana.id), follows.follow(ana, ben.id),
        posts.by_author(ben.id, ids), sight.readers(ben.id, [ana.id]), sight.profile(ana, "ben"),
        follows.decline(ben, ana.id), accounts.set_private(ben, False), blocks.block(ana, ben.id),
        sight.may_see(ana, ben.oid),
    ]  # fmt: skip
    for read in reads:
        await read
    assert await explained(commands) > 60


async def explained(commands: Commands) -> int:
    """Count the queries that were sent; none of them reads or sorts a whole collection."""
    number = 0
    for name, command in list(commands.sent):
        for query in _queries(name, command):
            plan = await db.users.database.command("explain", query, verbosity="queryPlanner")
            found = stages(plan.get("queryPlanner", plan))
            assert not found & {"COLLSCAN", "SORT"}, (query, found)
            number += 1
    return number


def _queries(name: str, command: dict[str, Any]) -> list[dict[str, Any]]:
    kept = (
        "filter",
        "query",
        "sort",
        "limit",
        "hint",
        "pipeline",
        "cursor",
        "update",
        "remove",
        "fields",
    )
    if name in ("find", "aggregate", "count", "findAndModify"):
        return [{name: command[name], **{key: command[key] for key in kept if key in command}}]
    if name in ("update", "delete"):
        inner = {"update": "updates", "delete": "deletes"}[name]
        return [{name: command[name], inner: [one]} for one in command[inner]]
    return []
