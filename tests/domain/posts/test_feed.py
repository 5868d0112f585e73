"""Lists of posts: what they contain, and how many commands they cost."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import suggestions
from instagram_clone.domain.people import accounts, directory, visibility
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comment_cards, comments, feed, likes, post_cards
from tests.conftest import join, share
from tests.domain.conftest import Commands


async def some_posts(author: Viewer, number: int) -> list[str]:
    """Insert posts without files: rows like the ones `publish` writes."""
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


async def test_explore_has_a_few_posts_by_everyone_else_and_has_further_pages(
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
    # An author may fill the page when there are no others: better than leaving it empty.
    for other in others:
        await follows.follow(ana, other.id)
    alone = await feed.explore(ana)
    assert [card.id for card in alone.posts] == sorted(of_cleo, reverse=True)[: feed.GRID_PAGE]
    assert [card.id for card in (await feed.explore(ana, alone.cursor)).posts] == sorted(of_cleo)[5::-1]
    # When everybody is followed, their posts are shown after all. A window of posts without anybody new is
    # an empty page, but has a cursor.
    await follows.follow(ana, cleo.id)
    assert len((await feed.explore(ana)).posts) == feed.GRID_PAGE
    monkeypatch.setattr(feed, "EXPLORE_SCAN", 10)
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
    ("number", "newer"),
    [(feed._MAX_MERGED, 0), (feed._MANY_AUTHORS, 0), (feed._MANY_AUTHORS, feed._NEWEST_SCANNED)],
)
async def test_home_with_hundreds_of_followees_comes_in_pages_without_gaps(
    commands: Commands, number: int, newer: int
) -> None:
    """Whether or not the followees are among the authors of the newest posts."""
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
    await visibility.blocked_either_way(ana, [])  # cached for a minute
    page = feed.Page([], "")
    # With very many followees, the first read caches who posted last.
    await feed.home(ana)
    while not seen or page.cursor:
        commands.sent.clear()
        page = await feed.home(ana, page.cursor)
        seen += [card.id for card in page.posts]
        assert len(commands.sent) <= 5
    assert seen == [str(one) for one in reversed(ids)]


async def test_a_page_costs_four_commands_whatever_its_size(
    commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts._summaries, "seconds", 0)
    ana, ben, cleo = await join("ana"), await join("ben"), await join("cleo")
    await follows.follow(ana, ben.id)
    await follows.follow(cleo, ana.id)
    await visibility.blocked_either_way(ana, [])  # cached for a minute
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
        (post_cards.show(ana, post_id), 4),
        (comment_cards.page(ana, post_id), 6),
        (comment_cards.replies(ana, first), 6),
        (feed.explore(ana), 6),
        (feed.by_person(ana, ben.id), 4),
        (directory.followers_page(ana, ben.id), 5),
        (suggestions.people(cleo), 11),
    ):
        commands.sent.clear()
        await read
        assert len(commands.sent) <= most, commands.sent


async def test_concurrent_readers_share_their_commands_and_nothing_else(
    commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts._summaries, "seconds", 0)
    people = [await join(f"person{one}") for one in range(8)]
    ids = [await share(one) for one in people]
    for at, reader in enumerate(people):
        await follows.follow(reader, people[at - 1].id)
        await likes.like(reader, ids[at - 1])
    await visibility.all_blocked_either_way([one.oid for one in people], [])  # cached for a minute
    commands.sent.clear()
    pages = await asyncio.gather(*(feed.home(reader) for reader in people))
    asked = Counter(command[name] for name, command in commands.sent if name in ("find", "aggregate"))
    # The followees of all readers are read together, and their posts as each reader gets its answer.
    assert asked["follows"] == 1 and asked["posts"] == len(people)
    assert asked["users"] + asked["likes"] < 2 * len(people)
    assert asked.total() == len(commands.sent)
    for at, page in enumerate(pages):
        seen = {(card.id, card.username, card.liked) for card in page.posts}
        before = (at - 1) % len(people)
        assert seen == {(ids[at], f"person{at}", False), (ids[before], f"person{before}", True)}
