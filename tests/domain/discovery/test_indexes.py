"""Search indexes for people and posts: kept current by events, backfilled, and repaired."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from bson import ObjectId

from instagram_clone.domain import migrations, repair
from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import circles, people_index, posts_index, search, spellings
from instagram_clone.domain.people import profiles
from instagram_clone.domain.people.events import Followed, ProfileEdited, SignedUp
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import posts
from instagram_clone.domain.posts.events import PostDeleted, PostPublished
from tests.conftest import join, share
from tests.domain.conftest import Commands


@pytest.fixture(autouse=True)
def _clear_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    events.clear_caches()
    monkeypatch.setattr(circles, "CACHE_SECONDS", 0)


async def stored() -> list[dict[str, object]]:
    return [
        row
        for name in ("people_index", "posts_index", "spellings")
        for row in await db.__getattr__(name).find({}).sort("_id", 1).to_list()
    ]


async def repair_indexes() -> dict[str, int]:
    return {kind: number for kind, number in (await repair.everything()).items() if "search index" in kind}


async def test_handling_an_event_twice_changes_nothing(ana: Viewer, ben: Viewer) -> None:
    kept, gone = await share(ana, "tulips"), await share(ana, "roses")
    await posts.delete(ana, gone)
    await follows.follow(ben, ana.id)
    before = await stored()
    for _ in range(2):
        await people_index.signed_up(SignedUp(ana.id))
        await people_index.profile_edited(ProfileEdited(ana.id, "whatever"))
        await people_index.followed(Followed(ben.id, ana.id, False))
        for post_id in (kept, gone):
            await posts_index.post_published(PostPublished(post_id, ana.id, "", "", "whatever"))
        await posts_index.post_deleted(PostDeleted(gone, ana.id))
    assert await stored() == before


async def test_an_older_database_is_backfilled_and_the_backfill_can_be_repeated(
    ana: Viewer, ben: Viewer
) -> None:
    await share(ana, "tulips")
    await follows.follow(ben, ana.id)
    before = await stored()
    await db.migrations.delete_many({})
    for name in ("people_index", "posts_index", "spellings"):
        await db.__getattr__(name).delete_many({})
    assert (await search.everything(ben, "ana")).people == []
    for _ in range(2):
        await migrations.apply()
        rows = await stored()
        # A backfilled row has the latest revision, a moved one that of the move.
        assert [{**row, "rev": 0} for row in rows] == [{**row, "rev": 0} for row in before]
        await db.migrations.delete_many({})
    assert await repair_indexes() == {}


async def test_repair_fixes_and_reports_missing_and_stale_rows(ana: Viewer, ben: Viewer) -> None:
    kept = await share(ana, "tulips")
    lost, gone, strays = [await share(ana, text) for text in ("roses", "lilies", "violets")]
    await follows.follow(ben, ana.id)
    assert await repair_indexes() == {}
    before = await stored()
    await db.people_index.delete_one({"_id": ben.oid})
    await db.people_index.update_one({"_id": ana.oid}, {"$set": {"order": bytes(13)}})
    await db.posts_index.update_one({"_id": db.oid(kept)}, {"$set": {"keys": ["dandelions"]}})
    await db.posts_index.update_one({"_id": db.oid(strays)}, {"$set": {"author": ben.oid}})
    await db.posts_index.delete_one({"_id": db.oid(lost)})
    await db.posts_index.insert_one({"_id": ben.oid, "keys": ["nothing"]})
    await db.people_index.insert_one({"_id": db.oid(gone), "words": [], "keys": [], "order": b"", "rev": 0})
    assert await repair_indexes() == {
        "people missing or stale in the search index": 1,
        "people misplaced in the search index": 1,
        "deleted people in the search index": 1,
        "posts missing or stale in the search index": 3,
        "deleted posts in the search index": 1,
    }
    assert [{**row, "rev": 0} for row in await stored()] == [{**row, "rev": 0} for row in before]
    assert await repair_indexes() == {}


async def test_popular_people_are_rarely_moved() -> None:
    user = db.oid("0" * 24)
    orders = [people_index.order_of(followers, user) for followers in range(20_000)]
    assert orders == sorted(orders)
    assert len(set(orders[:16])) == 16 and len(set(orders)) < 70
    assert people_index.order_of(10**9, user) < people_index.order_of(10**10, user)


async def test_concurrent_follows_give_the_right_place(ana: Viewer) -> None:
    fans = [await join(f"fan{number}") for number in range(6)]
    await asyncio.gather(*(follows.follow(fan, ana.id) for fan in fans))
    row = await db.people_index.find_one({"_id": ana.oid})
    assert row is not None and row["order"] == people_index.order_of(6, ana.oid)
    await follows.unfollow(fans[0], ana.id)
    row = await db.people_index.find_one({"_id": ana.oid})
    assert row is not None and row["order"] == people_index.order_of(5, ana.oid)


async def test_a_renamed_person_is_not_found_by_the_old_name(ana: Viewer, ben: Viewer) -> None:
    await follows.follow(ana, ben.id)
    await profiles.edit_profile(ben, "Walter Benjamin", "wally", "", "")
    row = await db.people_index.find_one({"_id": ben.oid})
    assert row is not None and row["order"] == people_index.order_of(1, ben.oid)
    assert row["words"] == ["wally", "walter", "benjamin"]
    assert [one.username for one in (await search.people(ana, "ben")).people] == ["wally"]
    assert (await search.people(ana, "bens")).people == []


async def test_the_last_of_two_concurrent_renames_is_indexed(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn, renamed = spellings.learn, list[str]()

    async def learn_late(words: list[str]) -> None:
        if not renamed:
            renamed.append("anya")
            await profiles.edit_profile(ana, "Anya", "anya", "", "")
        await learn(words)

    monkeypatch.setattr(spellings, "learn", learn_late)
    await people_index.signed_up(SignedUp(ana.id))
    row = await db.people_index.find_one({"_id": ana.oid})
    assert row is not None and row["words"] == ["anya"]


async def test_a_search_for_several_words_reads_no_more_rows_than_a_page_needs(
    ana: Viewer, commands: Commands
) -> None:
    post = await db.posts_index.find_one({"_id": db.oid(await share(ana, "tulips in fog"))})
    person = await db.people_index.find_one({"_id": (await join("max", "Max Hansson")).oid})
    assert post and person
    ids = [ObjectId() for _ in range(200)]
    await db.posts_index.insert_many([{**post, "_id": one} for one in ids])
    await db.people_index.insert_many(
        [{**person, "_id": one, "order": people_index.order_of(0, one)} for one in ids]
    )
    commands.sent.clear()
    await people_index.by_words(["max", "hansson"], 5)
    await posts_index.by_words(["tulips", "fog"], 5)
    asked = [
        one
        for name, one in commands.sent
        if (name == "aggregate" and "$and" in str(one)) or "words" in str(one)
    ]
    assert len(asked) == 2
    for one in asked:
        assert sum(await _rows_read(one)) < 20, one


async def test_a_search_for_one_word_is_covered_by_the_index(
    ana: Viewer, ben: Viewer, commands: Commands
) -> None:
    await share(ben, "tulips")
    commands.sent.clear()
    await search.people(ana, "be")
    await search.posts(ana, "tulips")
    for index in ("people_index", "posts_index"):
        [asked] = [
            command for name, command in commands.sent if command.get(name) == index and "hint" in command
        ]
        assert await _rows_read(asked) == [0], index


@pytest.mark.parametrize(
    "together", [True, False], ids=["many posts have all words", "hardly any post has"]
)
async def test_finding_the_rarest_word_examines_few_keys_and_is_cached(
    ana: Viewer, commands: Commands, together: bool
) -> None:
    post = await db.posts_index.find_one({"_id": db.oid(await share(ana, "tulips in dense fog"))})
    assert post
    # Each word has more posts than are scanned, but not every post has all the words.
    for keys in [post["keys"]] if together else [["tulips", "in"], ["dense", "fog", "fog*"]]:
        newer = {**post, "keys": keys}
        await db.posts_index.insert_many(
            [{**newer, "_id": ObjectId()} for _ in range(posts_index.SCANNED + 100)]
        )
    first, further = 4 * 250, 0 if together else posts_index.SCANNED
    for expected_queries, expected_keys in ((4 if together else 5, first + further), (0, 0)):
        commands.sent.clear()
        batch = await posts_index.by_words(["tulips", "in", "dense", "fog"], 5)
        assert (len(batch.ids) == 5) == together and (batch.ids == []) == (not together)
        asked = [one for name, one in commands.sent if name == "find"]
        keys = sum([sum(await _examined(one, "totalKeysExamined")) for one in asked])
        assert (len(asked), keys) == (expected_queries, expected_keys)
        assert not any([await _rows_read(one) != [0] for one in asked])
        scans = [one for name, one in commands.sent if name == "aggregate"]
        rows = sum([sum(await _rows_read(one)) for one in scans])
        assert rows <= (5 if together else posts_index.SCANNED), rows


async def test_posts_are_looked_up_by_the_rarest_of_several_words(ana: Viewer, commands: Commands) -> None:
    post = await db.posts_index.find_one({"_id": db.oid(await share(ana, "tulips in fog"))})
    assert post
    newer = {**post, "keys": ["fog", "fog*", "in"]}
    await db.posts_index.insert_many([{**newer, "_id": ObjectId()} for _ in range(300)])
    commands.sent.clear()
    for words in (["tulips", "in", "fog"], ["in", "fog", "tulips"]):
        batch = await posts_index.by_words(words, 5)
        assert batch.ids == [post["_id"]] and batch.older is None
    scans = [one for name, one in commands.sent if name == "aggregate"]
    assert [await _rows_read(one) for one in scans] == [[1], [1]]


async def _rows_read(asked: dict[str, Any]) -> list[Any]:
    return await _examined(asked, "totalDocsExamined")


async def _examined(asked: dict[str, Any], metric: str) -> list[Any]:
    explainable = (
        "aggregate",
        "pipeline",
        "cursor",
        "find",
        "filter",
        "projection",
        "sort",
        "skip",
        "limit",
        "hint",
    )
    query = {name: asked[name] for name in explainable if name in asked}
    plan = await db.users.database.command("explain", query, verbosity="executionStats")
    return list(_values(plan, metric))


def _values(plan: object, name: str) -> Iterator[Any]:
    if isinstance(plan, dict):
        for key, value in plan.items():
            yield from [value] if key == name else _values(value, name)
    elif isinstance(plan, list):
        for one in plan:
            yield from _values(one, name)
