"""The collections and their indexes, and how a changed index replaces the old one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import OperationFailure

INDEXES: dict[str, list[IndexModel]] = {
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
    "saves": [
        IndexModel([("user", ASCENDING), ("post", ASCENDING)], unique=True),
        IndexModel([("user", ASCENDING), ("saved", ASCENDING), ("at", DESCENDING)]),
        IndexModel([("post", ASCENDING)]),
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
        IndexModel([("to", ASCENDING), ("actor", ASCENDING)]),
        IndexModel([("subject", ASCENDING)]),
        IndexModel([("thread", ASCENDING)], partialFilterExpression={"thread": {"$exists": True}}),
        IndexModel([("post", ASCENDING)]),
    ],
    "alerts": [
        IndexModel([(name, ASCENDING) for name in ("to", "kind", "subject", "day")], unique=True),
        IndexModel([("to", ASCENDING), ("seq", DESCENDING)]),
        IndexModel([("post", ASCENDING), ("to", ASCENDING)]),
    ],
    "alert_counters": [],
    "migrations": [],
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
        # A browser keeps unsent messages for as long as its tab is open.
        IndexModel(
            [("unsent", ASCENDING)],
            expireAfterSeconds=30 * 24 * 3600,
            partialFilterExpression={"unsent": {"$exists": True}},
        ),
    ],
    "comment_likes": [
        IndexModel([("user", ASCENDING), ("comment", ASCENDING)], unique=True),
        IndexModel([("comment", ASCENDING), ("_id", DESCENDING)]),
        IndexModel([("thread", ASCENDING)]),
        IndexModel([("post", ASCENDING)]),
    ],
    "people_index": [IndexModel([("keys", ASCENDING), ("order", DESCENDING)])],
    "posts_index": [IndexModel([("keys", ASCENDING), ("_id", DESCENDING)])],
    "spellings": [IndexModel([("near", ASCENDING)])],
    "recents": [],
    "dismissals": [IndexModel([("user", ASCENDING), ("whom", ASCENDING)], unique=True)],
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

_CONFLICTS = (85, 86)
"""An index of that name, or on those keys, exists with other options (IndexOptionsConflict and
IndexKeySpecsConflict).
"""


async def build(database: AsyncDatabase[dict[str, Any]]) -> None:
    """Build missing indexes. A changed one is built next to the old one, which stays until `drop_old`."""
    for name, indexes in INDEXES.items():
        if not indexes:
            continue
        try:
            await database[name].create_indexes(indexes)
        except OperationFailure as error:
            if error.code not in _CONFLICTS:
                raise
            existing = await _existing_indexes(database, name)
            new = [
                index for index in indexes if _definition(index.document) not in map(_definition, existing)
            ]
            taken = {index["name"] for index in existing}
            if new:
                await database[name].create_indexes([_with_free_name(index, taken) for index in new])


async def drop_old(database: AsyncDatabase[dict[str, Any]]) -> list[str]:
    """Drop indexes that this version doesn't need; returns their names. Older versions may still run."""
    dropped = []
    for name, indexes in INDEXES.items():
        wanted = [_definition(index.document) for index in indexes]
        for index in await _existing_indexes(database, name):
            if index["name"] != "_id_" and _definition(index) not in wanted:
                await database[name].drop_index(index["name"])
                dropped.append(f"{name}.{index['name']}")
    return dropped


async def _existing_indexes(database: AsyncDatabase[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    if name not in await database.list_collection_names():
        return []
    return [dict(index) async for index in await database[name].list_indexes()]


def _with_free_name(index: IndexModel, taken: set[str]) -> IndexModel:
    document = dict(index.document)
    name, number = document["name"], 2
    while document["name"] in taken:
        document["name"], number = f"{name}_v{number}", number + 1
    return IndexModel(list(document.pop("key").items()), **document)


def _definition(index: Any) -> tuple[Any, ...]:
    options = ("unique", "expireAfterSeconds", "partialFilterExpression", "sparse")
    return (tuple(index["key"].items()), *(repr(_plain(index.get(name) or None)) for name in options))


def _plain(value: Any) -> Any:
    """Convert the server's own dict types, whose repr differs, to plain dicts."""
    return {name: _plain(item) for name, item in value.items()} if isinstance(value, Mapping) else value
