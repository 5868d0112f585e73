"""Every query of the product is served by an index, and examines little more than it returns."""

from __future__ import annotations

from typing import Any

import pytest
from bson import ObjectId

from instagram_clone.domain.core import db
from tests.domain import everything
from tests.domain.operations import FULL_SCANS, UPDATES_BY_ID, Operations, operations
from tests.domain.plans import queries, verdict
from tests.domain.test_crashes import build_town
from tests.mailbox import Mailbox

COPIES = 40
"""How many copies of the town, belonging to other people, are added: a query that scans them is caught."""


async def add_other_people() -> None:
    """Fill every collection with copies of what it has, for people and things outside the town."""
    rows_by_collection = {name: await db.__getattr__(name).find({}).to_list() for name in db.collections()}
    for _ in range(COPIES):
        ids: dict[Any, Any] = {}
        for name, rows in rows_by_collection.items():
            copies = [_copied(row, ids) for row in rows]
            if copies and name not in ("migrations", "throttles"):
                await db.__getattr__(name).insert_many(copies)


def _copied(value: Any, ids: dict[Any, Any], key: str = "") -> Any:
    if isinstance(value, ObjectId):
        return ids.setdefault(value, ObjectId())
    if isinstance(value, dict):
        return {name: _copied(one, ids, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_copied(one, ids, key) for one in value]
    if isinstance(value, str) and (key in ("_id", "key", "id", "subject") or key.endswith("_key")):
        return ids.setdefault(value, f"{value}{ObjectId()}")
    return value


def test_every_function_that_may_scan_exists() -> None:
    assert (FULL_SCANS | UPDATES_BY_ID) - {one.function for one in operations()} == set()


async def test_every_query_is_served_by_an_index_and_examines_little_more_than_it_returns(
    database: None, mongo_uri: str, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ids = await build_town()
    await add_other_people()
    sent = Operations()
    await db.close()
    await db.connect(mongo_uri, "tests", event_listeners=[sent])
    sent.clear()
    await everything.call_all(ana, ids, box, monkeypatch)
    missing = sent.missing()
    commands = list(zip(sent.senders, sent.sent, strict=True))
    expensive = {
        f"{sender}: {found}"
        for sender, (name, command) in commands
        for query in queries(name, command)
        if (found := await verdict(query))
    }
    assert not expensive, "\n".join(sorted(expensive))
    assert not missing, "\n".join(map(str, sorted(missing)))
