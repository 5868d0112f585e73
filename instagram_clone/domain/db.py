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
from pymongo import ASCENDING, DESCENDING, AsyncMongoClient, IndexModel, MongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import ConfigurationError, InvalidURI, OperationFailure, PyMongoError

from instagram_clone.domain.errors import NotFound
from instagram_clone.domain.together import Together

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
    comments: Collection
    comment_likes: Collection
    notifications: Collection
    alerts: Collection
    alert_counters: Collection
    blocks: Collection
    conversations: Collection
    messages: Collection
    outbox: Collection

Result = TypeVar("Result")
Session = AsyncClientSession
CONNECT_SECONDS = 3

HEARTBEAT_SECONDS = 5
"""So often the server is asked whether it lives, and so long it may take to answer. One that hangs is
given up after both, with everything that waits for it.
"""

_DAY = 24 * 3600
_INDEXES: dict[str, list[IndexModel]] = {
    "users": [
        IndexModel([("username_key", ASCENDING)], unique=True),
        IndexModel([("email_key", ASCENDING)], unique=True),
        IndexModel([("followers", DESCENDING), ("_id", DESCENDING)]),
    ],
    "sessions": [
        IndexModel([("user", ASCENDING), ("seen", DESCENDING)]),
        IndexModel([("expires", ASCENDING)], expireAfterSeconds=0),
    ],
    "throttles": [IndexModel([("expires", ASCENDING)], expireAfterSeconds=0)],
    "tokens": [
        IndexModel([("user", ASCENDING), ("purpose", ASCENDING)]),
        IndexModel([("expires", ASCENDING)], expireAfterSeconds=0),
    ],
    "email_changes": [IndexModel([("expires", ASCENDING)], expireAfterSeconds=0)],
    "follows": [
        IndexModel([("follower", ASCENDING), ("followee", ASCENDING)], unique=True),
        IndexModel([("followee", ASCENDING), ("_id", DESCENDING)]),
        IndexModel([("follower", ASCENDING), ("_id", DESCENDING)]),
    ],
    "follow_requests": [
        IndexModel([("by", ASCENDING), ("whom", ASCENDING)], unique=True),
        IndexModel([("whom", ASCENDING), ("_id", DESCENDING)]),
    ],
    "media": [
        IndexModel([("owner", ASCENDING), ("use", ASCENDING)]),
        IndexModel([("use", ASCENDING), ("created", ASCENDING)]),
        IndexModel(
            [("pending", ASCENDING), ("created", ASCENDING)],
            partialFilterExpression={"pending": True},
        ),
    ],
    "posts": [
        IndexModel([("author", ASCENDING), ("_id", DESCENDING)]),
        IndexModel([("private", ASCENDING), ("_id", DESCENDING)]),
        IndexModel(
            [("author", ASCENDING), ("key", ASCENDING)],
            unique=True,
            partialFilterExpression={"key": {"$exists": True}},
        ),
    ],
    "likes": [
        IndexModel([("user", ASCENDING), ("post", ASCENDING)], unique=True),
        IndexModel([("post", ASCENDING), ("_id", DESCENDING)]),
    ],
    "notifications": [
        IndexModel(
            [(name, ASCENDING) for name in ("to", "kind", "subject", "actor")],
            unique=True,
        ),
        IndexModel(
            [(name, ASCENDING) for name in ("to", "kind", "subject", "day")]
            + [("seq", DESCENDING), ("_id", DESCENDING)]
        ),
        IndexModel([("subject", ASCENDING)]),
        IndexModel([("thread", ASCENDING)], partialFilterExpression={"thread": {"$exists": True}}),
        IndexModel([("post", ASCENDING)]),
    ],
    "alerts": [
        IndexModel([(name, ASCENDING) for name in ("to", "kind", "subject", "day")], unique=True),
        IndexModel([("to", ASCENDING), ("at", DESCENDING)]),
        IndexModel([("to", ASCENDING), ("seq", DESCENDING)]),
        IndexModel([("post", ASCENDING), ("to", ASCENDING)]),
    ],
    "alert_counters": [],
    "blocks": [
        IndexModel([("who", ASCENDING), ("whom", ASCENDING)], unique=True),
        IndexModel([("who", ASCENDING), ("_id", DESCENDING)]),
        IndexModel([("whom", ASCENDING)]),
    ],
    "conversations": [
        IndexModel([("key", ASCENDING)], unique=True, partialFilterExpression={"key": {"$exists": True}}),
        IndexModel([("members.user", ASCENDING), ("members.folder", ASCENDING), ("at", DESCENDING)]),
        IndexModel([("unread", ASCENDING)]),
    ],
    "messages": [
        IndexModel([("conversation", ASCENDING), ("seq", DESCENDING)], unique=True),
        IndexModel([("author", ASCENDING), ("key", ASCENDING)], unique=True),
        IndexModel([("photo.id", ASCENDING)], partialFilterExpression={"photo.id": {"$exists": True}}),
    ],
    "comment_likes": [
        IndexModel([("user", ASCENDING), ("comment", ASCENDING)], unique=True),
        IndexModel([("comment", ASCENDING), ("_id", DESCENDING)]),
        IndexModel([("thread", ASCENDING)]),
        IndexModel([("post", ASCENDING)]),
    ],
    "outbox": [
        IndexModel([("subject", ASCENDING), ("at", ASCENDING), ("part", ASCENDING)]),
        IndexModel([("lease", ASCENDING)]),
    ],
    "comments": [
        IndexModel([("post", ASCENDING), ("parent", ASCENDING), ("_id", DESCENDING)]),
        IndexModel([("parent", ASCENDING), ("_id", ASCENDING)]),
        IndexModel(
            [("author", ASCENDING), ("key", ASCENDING)],
            unique=True,
            partialFilterExpression={"key": {"$exists": True}},
        ),
    ],
}

_client: AsyncMongoClient[dict[str, Any]] | None = None
_database: AsyncDatabase[dict[str, Any]] | None = None
_options: dict[str, Any] = {}


class DatabaseUnreachable(Exception):
    """The server does not answer or refuses us; the text names its host, never the password."""


def __getattr__(name: str) -> Any:
    if name not in _INDEXES:
        raise AttributeError(name)
    if _database is None:
        raise RuntimeError("The database is not connected")
    return _database[name]


async def connect(uri: str, database: str, **options: Any) -> None:
    """Connect this process and make the indexes. Raises DatabaseUnreachable within five seconds."""
    global _client, _database, _options
    with _explained(uri):
        client, chosen = _open(uri, database, options)
        await client.admin.command("ping")
        for name, indexes in _INDEXES.items():
            if indexes:
                await chosen[name].create_indexes(indexes)
    _client, _database, _options = client, chosen, options


async def move(uri: str) -> None:
    """Go on with the same database at another address. What is under way at the old one fails."""
    global _client, _database
    if _client is None or _database is None:
        raise RuntimeError("The database is not connected")
    old = _client
    _client, _database = _open(uri, _database.name, _options)
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
    """Ask a server once whether it is there, before anything is built. Raises DatabaseUnreachable."""
    with _explained(uri), MongoClient(uri, serverSelectionTimeoutMS=CONNECT_SECONDS * 1000) as client:
        client.admin.command("ping")


async def close() -> None:
    """Close this process's connections."""
    global _client, _database
    if _client is not None:
        await _client.close()
    _client = _database = None


def collections() -> list[str]:
    """Return the names of all collections."""
    return list(_INDEXES)


async def clear() -> None:
    """Empty every collection and keep the indexes. For tests."""
    for name in _INDEXES:
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


async def row(collection: str, row_id: ObjectId) -> dict[str, Any] | None:
    """Return a row by its id, for reading: who asks at the same moment shares the query and the row."""
    return await _reading.do(collection, row_id)


async def _read(collection: str, ids: list[ObjectId]) -> list[dict[str, Any] | Exception | None]:
    found = __getattr__(collection).find({"_id": {"$in": list(set(ids))}})
    rows = {one["_id"]: one async for one in found}
    return [rows.get(one) for one in ids]


_reading: Together[str, ObjectId, dict[str, Any] | None] = Together(_read)


def oid(text: str) -> ObjectId:
    """Read an id that came from outside. Raises NotFound when it can be nobody's."""
    try:
        return ObjectId(text if isinstance(text, str) else "")
    except InvalidId:
        raise NotFound from None


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
