"""The database: the client, the collections by name, transactions, and reads that callers share.

Their indexes are declared in `schema`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from bson import ObjectId
from bson.codec_options import CodecOptions
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import PyMongoError

from instagram_clone.domain.core import clients, schema
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.core.clients import Client, Database, DatabaseUnreachable, check
from instagram_clone.domain.core.driver import adapter
from instagram_clone.domain.core.errors import NotFound

__all__ = ["DatabaseUnreachable", "check"]

if TYPE_CHECKING:
    from pymongo.asynchronous.collection import AsyncCollection

    Collection = AsyncCollection[dict[str, Any]]
    users: Collection
    sessions: Collection
    throttles: Collection
    tokens: Collection
    email_changes: Collection
    follows: Collection
    follow_requests: Collection
    media: Collection
    posts: Collection
    likes: Collection
    saves: Collection
    comments: Collection
    comment_likes: Collection
    notifications: Collection
    alerts: Collection
    alert_counters: Collection
    blocks: Collection
    conversations: Collection
    messages: Collection
    people_index: Collection
    posts_index: Collection
    spellings: Collection
    recents: Collection
    dismissals: Collection
    outbox: Collection
    migrations: Collection

Result = TypeVar("Result")
Session = AsyncClientSession
DUPLICATE = 11000
"""The error code for a duplicate key in a unique index."""

MAX_TRANSACTIONS = 16
"""Limit on concurrent transactions per process. With more, they conflict, retry over and over, and take
every connection there is; callers that wait join a larger batch instead.
"""

PING_POOL_SIZE = 2
"""Pool size of the client that only pings the server, so that a ping never queues behind other work."""

_client: Client | None = None
_ping_client: Client | None = None
_transaction_slots = asyncio.Semaphore(MAX_TRANSACTIONS)
_database: Database | None = None
_options: dict[str, Any] = {}
_collections: dict[str, Any] = {}
"""Collections already used: the driver makes a new object on each access, which takes ten microseconds."""


def __getattr__(name: str) -> Any:
    if name in _collections:
        return _collections[name]
    if name not in schema.INDEXES:
        raise AttributeError(name)
    if _database is None:
        raise RuntimeError("The database is not connected")
    return _collections.setdefault(name, _database[name])


async def connect(uri: str, database: str, **options: Any) -> None:
    """Connect this process and build the indexes. Raises DatabaseUnreachable within five seconds."""
    global _client, _ping_client, _database, _options, _transaction_slots
    with clients.translate_errors(uri):
        client = clients.open_client(uri, options)
        selected = clients.get_database(client, database)
        clients.check_transactions(uri, await client.admin.command("hello"))
        await schema.build(selected)
    adapter.wait_without_tasks()
    _client, _ping_client, _database, _options = (
        client,
        clients.open_client(uri, {**options, "maxPoolSize": PING_POOL_SIZE}),
        selected,
        options,
    )
    _transaction_slots = asyncio.Semaphore(MAX_TRANSACTIONS)
    _collections.clear()


async def reconnect(uri: str) -> None:
    """Switch to the same database at another address. Operations in progress at the old one fail."""
    global _client, _ping_client, _database
    if _client is None or _ping_client is None or _database is None:
        raise RuntimeError("The database is not connected")
    previous = _client, _ping_client
    _client, _ping_client = (
        clients.open_client(uri, _options),
        clients.open_client(uri, {**_options, "maxPoolSize": PING_POOL_SIZE}),
    )
    _database = clients.get_database(_client, _database.name)
    _collections.clear()
    for old in previous:
        # Errors from closing a client whose server is gone don't matter.
        with contextlib.suppress(PyMongoError):
            await old.close()


async def is_reachable(seconds: float) -> bool:
    """Return whether the server answers within a time; False also if it hangs."""
    if _ping_client is None:
        return False
    try:
        async with asyncio.timeout(seconds):
            await _ping_client.admin.command("ping")
    except (PyMongoError, TimeoutError):
        return False
    return True


async def clock() -> datetime:
    """Return the current time by the server's clock."""
    database, aware = __getattr__("users").database, CodecOptions(tz_aware=True)
    return (await database.command("hello", codec_options=aware))["localTime"]


async def close() -> None:
    """Close this process's connections."""
    global _client, _ping_client, _database
    for client in (_client, _ping_client):
        if client is not None:
            await client.close()
    _client = _ping_client = _database = None
    _collections.clear()


async def drop_old_indexes() -> list[str]:
    """Drop the indexes that no query of this version needs; returns their names."""
    return await schema.drop_old(__getattr__("users").database)


def collections() -> list[str]:
    """Return the names of all collections."""
    return list(schema.INDEXES)


async def clear() -> None:
    """Empty every collection, but keep the indexes and the record of migrations. For tests."""
    for name in set(schema.INDEXES) - {"migrations"}:
        await __getattr__(name).delete_many({})


async def transact(work: Callable[[Session], Awaitable[Result]]) -> Result:
    """Run commands in one transaction, retried on write conflicts; an exception rolls them back."""
    if _client is None:
        raise RuntimeError("The database is not connected")
    async with _transaction_slots, _client.start_session() as session:
        return await session.with_transaction(work)


async def orphans(
    collection: str, field: str, parent: str, batch_size: int = 500
) -> AsyncIterator[list[Any]]:
    """Yield in batches the ids of rows whose field refers to a missing row of another collection."""
    lookup = {"from": parent, "localField": field, "foreignField": "_id", "as": "parents"}
    found = await __getattr__(collection).aggregate(
        [
            {"$match": {field: {"$ne": None}}},
            {"$project": {field: 1}},
            {"$lookup": {**lookup, "pipeline": [{"$project": {"_id": 1}}]}},
            {"$match": {"parents": []}},
            {"$project": {"_id": 1}},
        ]
    )
    batch = []
    async for found_row in found:
        batch.append(found_row["_id"])
        if len(batch) == batch_size:
            yield batch
            batch = []
    if batch:
        yield batch


async def all_ids(collection: str) -> list[Any]:
    """Return the ids of all rows of a collection."""
    return [one["_id"] async for one in __getattr__(collection).find({}, {"_id": 1})]


async def row(collection: str, row_id: Any) -> dict[str, Any] | None:
    """Return a row by its id, read-only: concurrent callers share the query and the row itself."""
    return await _row_batcher.submit(collection, row_id)


async def _read(collection: str, ids: list[Any]) -> list[dict[str, Any] | Exception | None]:
    found = __getattr__(collection).find({"_id": {"$in": list(set(ids))}})
    rows = {one["_id"]: one async for one in found}
    return [rows.get(one) for one in ids]


_row_batcher: Batcher[str, Any, dict[str, Any] | None] = Batcher(_read, gathers=True)


def oid(text: str) -> ObjectId:
    """Parse an id that came from outside. Raises NotFound if it cannot be anyone's.

    An uppercase id is rejected too: events published under that spelling would reach no page.
    """
    found = ObjectId(text) if isinstance(text, str) and ObjectId.is_valid(text) else None
    if found is None or str(found) != text:
        raise NotFound
    return found
