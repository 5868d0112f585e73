"""Searches that nobody waits for any more, in the running app."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from instagram_clone.web.states.discovery.search import PEOPLE, SearchState
from tests.attacks.conftest import Field
from tests.client import event_name

TEXTS = [f"zz{letter}" for letter in "abcdefghijklmnopqrst"]


@pytest.fixture
async def database(field: Field, mongo_uri: str) -> AsyncIterator[AsyncDatabase]:
    """The running app's database, which notes what it is asked."""
    client = AsyncMongoClient(mongo_uri)
    database = client["flows"]
    await database.command("profile", 2)
    try:
        yield database
    finally:
        await database.command("profile", 0)
        await database["system.profile"].drop()
        await client.close()


async def test_of_searches_that_come_faster_than_answers_some_are_dropped_but_not_the_last(
    field: Field, database: AsyncDatabase
) -> None:
    tab = await field.tab(await field.join("ana"))
    with field.server.asleep():
        for text in TEXTS:
            await tab.call(event_name(SearchState, "search"), {"text": text, "part": PEOPLE})
    await tab.until(lambda: (tab.known(SearchState, "answer") or {}).get("text") == TEXTS[-1])
    asked = str(await database["system.profile"].find({"ns": "flows.people_index"}).to_list())
    made = [text for text in TEXTS if text in asked]
    assert made[-1] == TEXTS[-1]
    # How many depends on how fast the machine answers; that one waits at most, `test_superseding` holds.
    assert len(made) < len(TEXTS)
