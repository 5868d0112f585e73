"""The database: its client, its collections and their indexes. The only file that names them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from bson import ObjectId
from bson.codec_options import CodecOptions
from bson.errors import InvalidId
from pymongo import AsyncMongoClient, MongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import ConfigurationError, InvalidURI, OperationFailure, PyMongoError

from instagram_clone.domain.core import schema
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.core.errors import NotFound

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
CONNECT_SECONDS = 3
DUPLICATE = 11000
"""The code of an error that says a unique index has such a row."""

HEARTBEAT_SECONDS = 5
"""So often the server is asked whether it lives, and so long it may take to answer. One that hangs is
given up after both, with everything that waits for it.
"""

_client: AsyncMongoClient[dict[str, Any]] | None = None
_database: AsyncDatabase[dict[str, Any]] | None = None
_options: dict[str, Any] = {}


class DatabaseUnreachable(Exception):
    """The server does not answer or refuses us; the text names its host, never the password."""


def __getattr__(name: str) -> Any:
    if name not in schema.INDEXES:
        raise AttributeError(name)
    if _database is None:
        raise RuntimeError("The database is not connected")
    return _database[name]


async def connect(uri: str, database: str, **options: Any) -> None:
    """Connect this process and make the indexes. Raises DatabaseUnreachable within five seconds."""
    global _client, _database, _options
    with _explained(uri):
        client, chosen = _open(uri, database, options)
        _check_transactions(uri, await client.admin.command("hello"))
        await schema.build(chosen)
    _client, _database, _options = client, chosen, options


async def move(uri: str) -> None:
    """Go on with the same database at another address. What is under way at the old one fails."""
    global _client, _database
    if _client is None or _database is None:
        raise RuntimeError("The database is not connected")
    old = _client
    _client, _database = _open(uri, _database.name, _options)
    # What goes wrong with one that is gone is nobody's business.
    with contextlib.suppress(PyMongoError):
        await old.close()


async def answers(seconds: float) -> bool:
    """Tell whether the server answers within a time, one that hangs included."""
    try:
        async with asyncio.timeout(seconds):
            await __getattr__("users").database.command("ping")
    except (PyMongoError, TimeoutError, RuntimeError):
        return False
    return True


def _open(
    uri: str, database: str, options: dict[str, Any]
) -> tuple[AsyncMongoClient[dict[str, Any]], AsyncDatabase[dict[str, Any]]]:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
        uri,
        serverSelectionTimeoutMS=CONNECT_SECONDS * 1000,
        connectTimeoutMS=HEARTBEAT_SECONDS * 1000,
        heartbeatFrequencyMS=HEARTBEAT_SECONDS * 1000,
        tz_aware=True,
        **options,
    )
    return client, client.get_database(database, codec_options=CodecOptions(tz_aware=True))


def check(uri: str) -> None:
    """Ask a server once whether it will do, before anything is built. Raises DatabaseUnreachable."""
    with _explained(uri), MongoClient(uri, serverSelectionTimeoutMS=CONNECT_SECONDS * 1000) as client:
        _check_transactions(uri, client.admin.command("hello"))


def _check_transactions(uri: str, hello: dict[str, Any]) -> None:
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise DatabaseUnreachable(
            f"MongoDB at {_host(uri)} is no replica set, and has no transactions without: start it with"
            " --replSet and initiate that, one server is enough."
        )


async def close() -> None:
    """Close this process's connections."""
    global _client, _database
    if _client is not None:
        await _client.close()
    _client = _database = None


async def drop_old_indexes() -> list[str]:
    """Drop the indexes that no query of this version needs; returns their names."""
    return await schema.drop_old(__getattr__("users").database)


def collections() -> list[str]:
    """Return the names of all collections."""
    return list(schema.INDEXES)


async def clear() -> None:
    """Empty every collection; the indexes stay, and what was migrated. For tests."""
    for name in set(schema.INDEXES) - {"migrations"}:
        await __getattr__(name).delete_many({})


async def transact(work: Callable[[Session], Awaitable[Result]]) -> Result:
    """Run commands in one transaction, again when another one was in the way; an exception undoes them."""
    if _client is None:
        raise RuntimeError("The database is not connected")
    async with _client.start_session() as session:
        return await session.with_transaction(work)


async def orphans(collection: str, field: str, of: str, many: int = 500) -> AsyncIterator[list[Any]]:
    """Yield, in lots, the ids of rows whose field names a row of another collection that is not there."""
    there = {"from": of, "localField": field, "foreignField": "_id", "as": "there"}
    found = await __getattr__(collection).aggregate(
        [
            {"$match": {field: {"$ne": None}}},
            {"$project": {field: 1}},
            {"$lookup": {**there, "pipeline": [{"$project": {"_id": 1}}]}},
            {"$match": {"there": []}},
            {"$project": {"_id": 1}},
        ]
    )
    lot = []
    async for one in found:
        lot.append(one["_id"])
        if len(lot) == many:
            yield lot
            lot = []
    if lot:
        yield lot


async def every(collection: str) -> list[Any]:
    """Return the ids of all rows of a collection."""
    return [one["_id"] async for one in __getattr__(collection).find({}, {"_id": 1})]


async def row(collection: str, row_id: Any) -> dict[str, Any] | None:
    """Return a row by its id, for reading: who asks at the same moment shares the query and the row."""
    return await _reading.do(collection, row_id)


async def _read(collection: str, ids: list[Any]) -> list[dict[str, Any] | Exception | None]:
    found = __getattr__(collection).find({"_id": {"$in": list(set(ids))}})
    rows = {one["_id"]: one async for one in found}
    return [rows.get(one) for one in ids]


_reading: Batcher[str, Any, dict[str, Any] | None] = Batcher(_read)


def oid(text: str) -> ObjectId:
    """Read an id that came from outside. Raises NotFound when it can be nobody's.

    Nor is one in capitals anybody's: what is announced of it under that name would reach no screen.
    """
    try:
        found = ObjectId(text if isinstance(text, str) else "")
    except InvalidId:
        raise NotFound from None
    if str(found) != text:
        raise NotFound
    return found


@contextlib.contextmanager
def _explained(uri: str) -> Iterator[None]:
    try:
        yield
    except OperationFailure as error:
        why = (error.details or {}).get("codeName", error.code)
        raise DatabaseUnreachable(f"MongoDB at {_host(uri)} refused us: {why}.") from None
    except (ConfigurationError, InvalidURI):
        raise DatabaseUnreachable("MONGODB_URI cannot be read. Is a special sign escaped?") from None
    except PyMongoError:
        raise DatabaseUnreachable(f"MongoDB at {_host(uri)} does not answer.") from None


def _host(uri: str) -> str:
    try:
        return urlsplit(uri).netloc.rpartition("@")[2] or "the given address"
    except ValueError:
        return "the given address"
