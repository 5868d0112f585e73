"""Searches superseded by newer ones, and what is prefetched before a search, in the running app."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from instagram_clone.domain.people.relations import follows
from instagram_clone.web.states.discovery.search import PEOPLE, SearchState
from instagram_clone.web.states.messaging.inbox import InboxState
from tests.attacks.conftest import Field
from tests.client import event_name

TEXTS = [f"zz{letter}" for letter in "abcdefghijklmnopqrst"]


@pytest.fixture
async def database(field: Field, mongo_uri: str) -> AsyncIterator[AsyncDatabase]:
    """The running app's database, recording every query."""
    client = AsyncMongoClient(mongo_uri)
    database = client["flows"]
    await database.command("profile", 2)
    try:
        yield database
    finally:
        await database.command("profile", 0)
        await database["system.profile"].drop()
        await client.close()


async def test_searches_faster_than_results_are_dropped_except_the_last(
    field: Field, database: AsyncDatabase
) -> None:
    tab = await field.tab(await field.join("ana"))
    with field.server.suspended():
        for text in TEXTS:
            await tab.call(event_name(SearchState, "search"), {"text": text, "part": PEOPLE})
    await tab.until(lambda: (tab.value(SearchState, "answer") or {}).get("text") == TEXTS[-1])
    queries = str(await database["system.profile"].find({"ns": "flows.people_index"}).to_list())
    searched = [text for text in TEXTS if text in queries]
    assert searched[-1] == TEXTS[-1]
    # How many depends on the machine's speed; `test_superseding` checks that at most one is waiting.
    assert len(searched) < len(TEXTS)


@pytest.mark.parametrize(("state", "opening"), [(SearchState, "open"), (InboxState, "load_people")])
async def test_the_social_graph_is_read_once_when_a_search_opens_and_never_for_visitors(
    field: Field, database: AsyncDatabase, state: type, opening: str
) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    await follows.follow(ana, ben.id)
    profile = database["system.profile"]
    names = {"ns": "flows.people_index", "command.find": "people_index"}
    visitor, tab = await field.tab(), await field.tab(ana)
    await visitor.call(event_name(state, opening))
    await visitor.settle()
    assert await profile.count_documents(names) == 0
    for _ in range(10):
        await tab.call(event_name(state, opening))
    await tab.settle()
    await tab.until(lambda: profile.count_documents({**names, "command.filter._id.$in": ben.oid}))
    await tab.call(event_name(SearchState, "search"), {"text": "be", "part": PEOPLE})
    await tab.until(lambda: (tab.value(SearchState, "answer") or {}).get("text") == "be")
    assert await profile.count_documents(names) == 1
