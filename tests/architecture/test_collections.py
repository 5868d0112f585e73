"""Which modules write and read which collection."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from instagram_clone.domain.core.schema import INDEXES
from tests.architecture.source import PACKAGE, is_text, modules

WRITES = {
    "insert_one", "insert_many", "update_one", "update_many", "delete_one", "delete_many", "replace_one",
    "find_one_and_update", "find_one_and_delete", "find_one_and_replace", "bulk_write",
}  # fmt: skip


OWNERS = {
    "users": ("accounts", "profiles", "preferences", "presence", "credentials"),
    "alert_counters": ("alerts",),
    "comment_likes": ("likes",),
    "conversations": ("conversations", "arrivals", "membership", "receipts"),
    "likes": ("likes", "like_batches"),
    "messages": ("messages", "sending"),
    "media": ("media", "drafts"),
    "dismissals": ("suggestions",),
    "outbox": ("transactions", "worker", "leases", "dead_letters"),
}


def written(module: ast.Module) -> Iterator[str]:
    """Yield the collections that a module writes, or passes on to code that may write them."""
    only_read: set[int] = set()
    for node in ast.walk(module):
        match node:
            case ast.Attribute(value=value, attr=verb) if verb not in WRITES:
                only_read |= {id(one) for one in ast.walk(value)}
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if not writes_through(module, name):
                only_read |= {id(one) for one in ast.walk(value)}
    for node in ast.walk(module):
        match node:
            case ast.Attribute(value=ast.Name(id="db"), attr=collection) if id(node) not in only_read:
                yield collection


def writes_through(module: ast.Module, name: str) -> bool:
    """Return whether a name is passed on, or used with a method that writes."""
    read = {
        id(node.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr not in WRITES
    }
    used = (node for node in ast.walk(module) if isinstance(node, ast.Name) and node.id == name)
    return any(isinstance(node.ctx, ast.Load) and id(node) not in read for node in used)


def test_a_collection_is_written_by_the_module_named_after_it() -> None:
    strays = []
    for path in modules("domain"):
        for collection in set(written(ast.parse(path.read_text()))) & set(INDEXES):
            if path.stem not in OWNERS.get(collection, (collection,)):
                strays.append(f"{path.name} writes {collection}")
    assert strays == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("db.users.insert_one({})", {"users"}),
        ("put(db.users, {})", {"users"}),
        ("rows = db.users\nrows.insert_one({})", {"users"}),
        ("rows = db.users\nput(rows, {})", {"users"}),
        ("rows = db.users if x else db.posts\nrows.find({})", set()),
        ("for one in (db.users, db.posts): one.delete_many({})", {"users", "posts"}),
        ("(db.users if x else db.posts).delete_one({})", {"users", "posts"}),
        ("(db.users if x else db.posts).find_one({})", set()),
        ("db.users.find({}).sort('_id')", set()),
    ],
)
def test_writing_through_an_alias_is_detected(source: str, found: set[str]) -> None:
    assert set(written(ast.parse(source))) == found


AREA_OF = {
    **dict.fromkeys(("outbox", "throttles"), "core"),
    **dict.fromkeys(("users", "sessions", "tokens", "email_changes", "blocks"), "people"),
    **dict.fromkeys(("follows", "follow_requests"), "people"),
    "media": "media",
    **dict.fromkeys(("posts", "likes", "comments", "comment_likes", "saves"), "posts"),
    **dict.fromkeys(("conversations", "messages"), "messaging"),
    **dict.fromkeys(("notifications", "alerts", "alert_counters"), "notifications"),
    **dict.fromkeys(("people_index", "posts_index", "spellings", "recents", "dismissals"), "discovery"),
}
"""The area of each collection, the only one that reads it. `migrations` belongs to none of them."""


def collections_used(module: ast.Module) -> Iterator[str]:
    """Yield the collections that a module reads or writes, whatever its name for the database is; "?" for
    any that cannot be determined.
    """
    databases = {
        one.asname or one.name
        for node in ast.walk(module)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for one in node.names
        if one.name.rpartition(".")[2] == "db"
    }
    for node in ast.walk(module):
        match node:
            case ast.ImportFrom(module="instagram_clone.domain.core.db", names=names):
                yield from (one.name for one in names if one.name in INDEXES)
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=db), attr="row" | "all_ids" | "orphans")
            ) if db in databases:
                argument = node.args[0]
                if isinstance(argument, ast.Constant):
                    yield str(argument.value)
                elif not (isinstance(argument, ast.Attribute) and argument.attr == "name"):
                    yield "?"
            case ast.Attribute(value=ast.Name(id=db), attr="__getattr__") if db in databases:
                yield "?"
            case ast.Call(func=ast.Name(id="getattr"), args=[ast.Name(id=db), *_]) if db in databases:
                yield "?"
            case ast.Attribute(value=ast.Name(id=db), attr=collection) if db in databases:
                yield from {collection} & set(INDEXES)
            case ast.Assign(value=ast.Name(id=db)) if db in databases:
                yield "?"
            case ast.Dict(keys=keys, values=values):
                fields = {key.value: value for key, value in zip(keys, values, strict=True) if is_text(key)}
                for name in ("coll", "from") if fields.keys() & {"coll", "as"} else ():
                    if name in fields:
                        yield str(fields[name].value) if is_text(fields[name]) else "?"


def test_a_collection_is_read_only_in_its_area() -> None:
    assert set(AREA_OF) | {"migrations"} == set(INDEXES)
    strays = []
    for path in modules():
        parts = path.relative_to(PACKAGE).parts
        own = parts[1] if parts[0] == "domain" else parts[0]
        if own in ("migrations.py", "repair.py") or path == PACKAGE / "domain" / "core" / "db.py":
            continue
        for collection in set(collections_used(ast.parse(path.read_text()))):
            if AREA_OF.get(collection) != own:
                strays.append(f"{'/'.join(parts)} asks for {collection}")
    assert strays == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from core import db\ndb.posts.find({})", {"posts"}),
        ("from core import db as store\nstore.posts.find({})", {"posts"}),
        ("import core.db as store\nrows = store.posts", {"posts"}),
        ("from core import db\ndb.row('posts', 1)", {"posts"}),
        ("from core import db\ndb.all_ids(name)", {"?"}),
        ("from core import db\ngetattr(db, name)", {"?"}),
        ("from core import db\ndb.__getattr__(name)", {"?"}),
        ("from core import db\nstore = db", {"?"}),
        ("from instagram_clone.domain.core.db import posts", {"posts"}),
        (
            "stages = [{'$lookup': {'from': 'posts', 'as': 'p'}}, {'$unionWith': {'coll': name}}]",
            {"posts", "?"},
        ),
        ("from core import db\ndb.oid(text), db.Session", set()),
        ("from posts import posts\nposts.rows([])", set()),
    ],
)
def test_reading_a_collection_through_an_alias_is_detected(source: str, found: set[str]) -> None:
    assert set(collections_used(ast.parse(source))) == found
