"""Home for someone who follows very many people: few authors are queried, and no posts are missed."""

from __future__ import annotations

import random
from typing import Any

import pytest
from bson import ObjectId

from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import preferences
from instagram_clone.domain.people.relations import blocks, follows, graph
from instagram_clone.domain.posts import feed, posts, recency
from instagram_clone.domain.posts.events import PostPublished
from tests.conftest import join, share
from tests.domain.conftest import Commands


@pytest.fixture(autouse=True, params=[0, 3, 2500])
def _limits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make eight followees very many and six few enough to query, with several numbers of posts scanned."""
    monkeypatch.setattr(feed, "_MANY_AUTHORS", 6)
    monkeypatch.setattr(recency, "_WINDOW", request.param)


class Town:
    """Ana, ten authors of whom she follows eight, and everyone's posts."""

    def __init__(self, ana: Viewer, authors: list[Viewer], example: dict[str, Any]) -> None:
        self.ana, self.authors, self._example = ana, authors, example
        self.followed = {one.oid for one in authors[:8]}
        self.posts: dict[str, ObjectId] = {str(example["_id"]): example["author"]}

    async def insert(self, author: ObjectId) -> PostPublished:
        """Share a post as another process does, and return the event that this process is to receive."""
        post_id = ObjectId()
        await db.posts.insert_one({**self._example, "_id": post_id, "author": author})
        self.posts[str(post_id)] = author
        return PostPublished(str(post_id), str(author), "", "")

    async def publish(self, author: ObjectId) -> None:
        await recency.post_published(await self.insert(author))

    def expected(self) -> list[str]:
        shown = self.followed | {self.ana.oid}
        return sorted((one for one, author in self.posts.items() if author in shown), reverse=True)

    async def home(self, size: int = 1) -> list[str]:
        """Return all of home, page by page."""
        page = await feed.home(self.ana, "", size)
        seen = [card.id for card in page.posts]
        while page.cursor:
            page = await feed.home(self.ana, page.cursor, size)
            seen += [card.id for card in page.posts]
        return seen


@pytest.fixture
async def town(ana: Viewer) -> Town:
    authors = [await join(f"author{number}") for number in range(10)]
    example = await db.posts.find_one({"_id": ObjectId(await share(authors[9]))})
    assert example is not None
    for author in authors[:8]:
        await follows.follow(ana, author.id)
    return Town(ana, authors, example)


async def test_home_is_complete_after_any_sequence_of_changes(town: Town) -> None:
    rng = random.Random(7)
    assert await town.home() == []
    for _ in range(25):
        for _ in range(rng.randrange(4)):
            await town.publish(rng.choice([town.ana, *town.authors]).oid)
        author = rng.choice(town.authors)
        match rng.randrange(4):
            case 0 if author.oid in town.followed:
                await follows.unfollow(town.ana, author.id)
                town.followed.discard(author.oid)
            case 1:
                await follows.follow(town.ana, author.id)
                town.followed.add(author.oid)
            case 2 if town.expected():
                gone = rng.choice(town.expected()[:3])
                await db.posts.delete_one({"_id": ObjectId(gone)})
                del town.posts[gone]
            case _:
                pass
        assert await town.home() == town.expected()
    assert await town.home(3) == town.expected() and len(town.expected()) > 10


async def test_the_first_page_queries_only_a_few_authors(town: Town, commands: Commands) -> None:
    for author in town.authors:
        await town.publish(author.oid)
    await feed.home(town.ana, "", 1)
    commands.sent.clear()
    page = await feed.home(town.ana, "", 1)
    assert [card.id for card in page.posts] == town.expected()[:1]
    asked = [(command[name], command) for name, command in commands.sent if name in ("find", "aggregate")]
    assert "follows" not in [collection for collection, _ in asked]
    [query] = [command["filter"] for collection, command in asked if collection == "posts"]
    assert len(query["author"]["$in"]) < len(town.followed)


@pytest.mark.parametrize("function", ["_newest_in_window", "_newest_posts"])
async def test_a_post_published_while_the_cache_is_loading_is_shown(
    town: Town, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    original = getattr(recency, function)

    async def read(*given: list[str]) -> object:
        newest = await original(*given)
        await town.publish(town.authors[3].oid)
        return newest

    with monkeypatch.context() as patched:
        patched.setattr(recency, function, read)
        await feed.home(town.ana, "", 1)
        await follows.follow(town.ana, town.authors[8].id)
        town.followed.add(town.authors[8].oid)
        await feed.home(town.ana, "", 1)
    assert town.expected() and await town.home() == town.expected()


async def test_the_cache_is_cleared_after_a_gap_in_the_event_stream(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for author in town.authors:
        await town.publish(author.oid)
    assert await town.home() == town.expected()
    for _ in range(2):
        # This process receives no event for this post.
        await town.insert(town.authors[0].oid)
        events.clear_caches()
        assert await town.home() == town.expected()
    original = recency._newest_in_window

    async def read() -> tuple[str, dict[str, str]]:
        newest = await original()
        await town.insert(town.authors[3].oid)
        events.clear_caches()
        return newest

    events.clear_caches()
    with monkeypatch.context() as patched:
        patched.setattr(recency, "_newest_in_window", read)
        await feed.home(town.ana, "", 1)
    assert await town.home() == town.expected()


async def test_unfollowed_and_blocked_people_disappear_from_home_at_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for author in town.authors:
        await town.publish(author.oid)
    assert await town.home() == town.expected()
    remover, unfollowed, blocker, blocked = town.authors[4:8]
    await preferences.set_private(remover, True)
    for change in (
        follows.remove_follower(remover, town.ana.id),
        follows.unfollow(town.ana, unfollowed.id),
        blocks.block(blocker, town.ana.id),
        blocks.block(town.ana, blocked.id),
    ):
        before = await town.home()
        await change
        town.followed = set(await graph.followees(town.ana.oid))
        assert await town.home() == town.expected() != before


async def test_own_posts_and_posts_by_people_just_followed_are_shown(town: Town) -> None:
    assert await town.home() == []
    mine, theirs = await share(town.ana), await share(town.authors[9])
    assert await town.home() == [mine]
    await follows.follow(town.ana, town.authors[9].id)
    assert await town.home() == [theirs, mine, str(town._example["_id"])]
    await posts.delete(town.authors[9], theirs)
    assert await town.home() == [mine, str(town._example["_id"])]


@pytest.mark.parametrize("max_followees", [5, 1000])
async def test_the_most_recent_readers_stay_cached(
    town: Town, monkeypatch: pytest.MonkeyPatch, max_followees: int
) -> None:
    events.clear_caches()
    monkeypatch.setattr(recency, "MAX_FOLLOWEES", max_followees)
    ben: Viewer = await join("ben")
    for author in town.authors[:8]:
        await follows.follow(ben, author.id)
    for reader in (town.ana, ben, town.ana):
        await feed.home(reader, "", 1)
    assert list(recency._cache) == ([town.ana.oid] if max_followees < 10 else [ben.oid, town.ana.oid])
