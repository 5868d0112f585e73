"""The house: who may import whom, who writes what, who may push."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from instagram_clone.domain import subscriptions
from instagram_clone.domain.core.events import Event
from instagram_clone.domain.core.schema import INDEXES
from instagram_clone.live import fact_keys, topics
from tests.server import ROOT

WORDS = re.compile(r"[\w.]+")
PACKAGE = ROOT / "instagram_clone"
WRITES = {
    "insert_one", "insert_many", "update_one", "update_many", "delete_one", "delete_many", "replace_one",
    "find_one_and_update", "find_one_and_delete", "find_one_and_replace", "bulk_write",
}  # fmt: skip
PUSHES = {"emit_update", "modify_state", "send_packet", "emit", "enqueue"}


def modules(*parts: str) -> list[Path]:
    return sorted((PACKAGE.joinpath(*parts)).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def imported(folder: tuple[str, ...], forbidden: str) -> list[str]:
    pattern = re.compile(forbidden)
    return [
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in modules(*folder)
        for name in imports(path)
        if pattern.match(name)
    ]


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        (("domain",), r"reflex|starlette|instagram_clone\.(live|web)"),
        (("live",), r"instagram_clone\.web|instagram_clone\.domain\.(?!core$|core\.events)\w"),
        (("web",), r"pymongo|motor"),
        (("web", "states"), r"instagram_clone\.web\.(pages|components|browser)"),
        (("web", "components"), r"instagram_clone\.web\.pages"),
        (("web",), r"instagram_clone\.domain\.core\.(db|events\.publish)$"),
    ],
)
def test_nobody_imports_what_is_not_theirs(folder: tuple[str, ...], forbidden: str) -> None:
    assert modules(*folder)
    assert imported(folder, forbidden) == []


AREAS = ("core", "people", "media", "posts", "messaging", "notifications", "discovery")
"""The areas of the domain. Each imports those before it alone, and of them nothing that is private."""


def area(dotted: str) -> str | None:
    """The area that a module of the domain is in. What is in none looks after all of them."""
    name = dotted.removeprefix("instagram_clone.domain.").partition(".")[0]
    return name if name in AREAS else None


def test_an_area_imports_those_before_it_alone() -> None:
    folders = {path.name for path in (PACKAGE / "domain").iterdir() if (path / "__init__.py").exists()}
    assert folders == set(AREAS)
    strays = []
    for own in AREAS:
        allowed = AREAS[: AREAS.index(own) + 1]
        for path in modules("domain", own):
            for name in imports(path):
                if name.startswith("instagram_clone.domain.") and area(name) not in allowed:
                    strays.append(f"{own}/{path.name} imports {name}")
    assert strays == []


def taken_from_other_areas(tree: ast.Module, own: str | None) -> Iterator[tuple[str, str]]:
    """What a module imports from areas that it is not in: its name there, and the name it has here."""
    for node in ast.walk(tree):
        package = getattr(node, "module", None) or ""
        if not isinstance(node, ast.ImportFrom) or not package.startswith("instagram_clone.domain"):
            continue
        if own is None or area(f"{package}.") != own:
            yield from ((one.name, one.asname or one.name) for one in node.names)


def test_what_is_private_to_an_area_is_used_in_it_alone() -> None:
    strays = []
    for path in modules():
        tree = ast.parse(path.read_text())
        parts = path.relative_to(PACKAGE).parts
        taken = dict(taken_from_other_areas(tree, parts[1] if parts[0] == "domain" else None))
        strays += [f"{path.name} imports {name}" for name in taken if name[0] == "_"]
        strays += [
            f"{path.name} uses {ast.unparse(node)}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in taken.values()
            and re.match(r"_[a-z]", node.attr)
        ]
    assert strays == []


MOST_FILES = {"tests": 15}
"""Folders that have more than twelve, and may not grow."""


def test_a_folder_is_seen_at_a_glance() -> None:
    folders = {path.parent for path in (*modules(), *(ROOT / "tests").rglob("*.py"))}
    full = {
        name: count
        for folder in folders
        if (count := len(list(folder.glob("*.py"))))
        > MOST_FILES.get(name := str(folder.relative_to(PACKAGE.parent)), 12)
    }
    assert full == {}


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
    """The collections that a module writes, or hands on: whoever gets them may write them."""
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
    """Tell whether what has a name is handed on, or has a verb that writes."""
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
def test_writing_under_another_name_is_writing(source: str, found: set[str]) -> None:
    assert set(written(ast.parse(source))) == found


KEPT_IN = {
    **dict.fromkeys(("outbox", "throttles"), "core"),
    **dict.fromkeys(("users", "sessions", "tokens", "email_changes", "blocks"), "people"),
    **dict.fromkeys(("follows", "follow_requests"), "people"),
    "media": "media",
    **dict.fromkeys(("posts", "likes", "comments", "comment_likes", "saves"), "posts"),
    **dict.fromkeys(("conversations", "messages"), "messaging"),
    **dict.fromkeys(("notifications", "alerts", "alert_counters"), "notifications"),
    **dict.fromkeys(("people_index", "posts_index", "spellings", "recents", "dismissals"), "discovery"),
}
"""The area of each collection: no other one reads it. Migrations have one that is nobody's."""


def collections_asked(module: ast.Module) -> Iterator[str]:
    """The collections that a module reads or writes, under whatever name it has the database, "?" for one
    that cannot be told.
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
            case ast.Call(func=ast.Attribute(value=ast.Name(id=db), attr="row" | "every" | "orphans")) if (
                db in databases
            ):
                named = node.args[0]
                if isinstance(named, ast.Constant):
                    yield str(named.value)
                elif not (isinstance(named, ast.Attribute) and named.attr == "name"):
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


def is_text(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_a_collection_is_read_in_its_area_alone() -> None:
    assert set(KEPT_IN) | {"migrations"} == set(INDEXES)
    strays = []
    for path in modules():
        parts = path.relative_to(PACKAGE).parts
        own = parts[1] if parts[0] == "domain" else parts[0]
        if own in ("migrations.py", "repair.py") or path == PACKAGE / "domain" / "core" / "db.py":
            continue
        for collection in set(collections_asked(ast.parse(path.read_text()))):
            if KEPT_IN.get(collection) != own:
                strays.append(f"{'/'.join(parts)} asks for {collection}")
    assert strays == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from core import db\ndb.posts.find({})", {"posts"}),
        ("from core import db as store\nstore.posts.find({})", {"posts"}),
        ("import core.db as store\nrows = store.posts", {"posts"}),
        ("from core import db\ndb.row('posts', 1)", {"posts"}),
        ("from core import db\ndb.every(name)", {"?"}),
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
def test_asking_for_a_collection_under_another_name_is_asking(source: str, found: set[str]) -> None:
    assert set(collections_asked(ast.parse(source))) == found


def calls(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func.value), node.func.attr


def test_only_the_domain_announces() -> None:
    for path in modules():
        if "domain" not in path.parts:
            assert ("events", "publish") not in set(calls(path)), path


def test_what_must_follow_from_a_change_is_announced_in_its_transaction() -> None:
    later, published = {kind.__name__ for kind in subscriptions.LATER}, set()
    for path in modules("domain"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(attr="publish"), args=[ast.Call(func=kind)]):
                    published.add(ast.unparse(kind))
    assert len(later) >= 10 and published
    assert later & published == set(), "these are lost when the process dies"


def test_who_acts_on_what_stands_in_one_table_in_the_order_of_areas() -> None:
    for path in modules("domain"):
        if path.name not in ("subscriptions.py", "events.py"):
            assert "subscribe" not in {verb for _, verb in calls(path)}, path
    for table in (subscriptions.NOW, subscriptions.LATER):
        for kind, subscribers in table.items():
            order = [AREAS.index(area(one.__module__) or "") for one in subscribers]
            assert order == sorted(order), kind


def test_an_event_is_published_in_the_area_that_defines_it() -> None:
    home = {kind.__name__: area(kind.__module__) for kind in Event.__subclasses__()}
    strays = []
    for own in AREAS:
        for path in modules("domain", own):
            for node in ast.walk(ast.parse(path.read_text())):
                match node:
                    case ast.Call(
                        func=ast.Attribute(attr="publish" | "announce"),
                        args=[ast.Call(func=ast.Name(id=kind))],
                    ) if home.get(kind, own) != own:
                        strays.append(f"{own}/{path.name} publishes {kind}")
    assert strays == []


SPELLING = {
    re.split(r"(?<=[:_])$|(?<=:):|(?<=_)_", spell(*[""] * len(inspect.signature(spell).parameters)))[0]
    for spell in (*vars(topics).values(), *vars(fact_keys).values())
    if inspect.isfunction(spell) and spell not in (topics.parts_of, topics.channel)
}
"""What topics and fact keys begin with, of each kind."""

SPELLERS = {
    PACKAGE / "live" / "topics.py": {"Topic"},
    PACKAGE / "live" / "fact_keys.py": {"FactKey", "FactKeys"},
}
"""The modules that spell them, and of which types each makes them."""


def begins_as_one(text: str) -> bool:
    """Tell whether a text begins as a topic or a fact key does, whatever is put into it later."""
    blank = re.split(r"%s|%\(|[{$]", text)[0]
    prefixes = {prefix for prefix in SPELLING if prefix[-1] in ":_"}
    return blank in prefixes or (" " not in text and "".join(blank.partition(":")[:2]) in prefixes)


def spelled(module: ast.Module) -> Iterator[str]:
    """The topics and fact keys that a module spells itself, in whole or in part, or takes a string for."""
    said = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in said and begins_as_one(text):
                yield text
            case (
                ast.Name(id="Topic" | "FactKey" | "FactKeys")
                | ast.Attribute(attr="Topic" | "FactKey" | "FactKeys")
            ) if is_called(module, node):
                yield ast.unparse(node)
            case ast.Call(func=ast.Name(id="fact" | "facts" | "peek"), args=[key, *_]):
                yield from made_here(module, key)
            case ast.Call(
                func=ast.Name(id="learn") | ast.Attribute(attr="tell"), args=[*_, ast.Dict(keys=keys)]
            ):
                for key in keys:
                    yield from made_here(module, key)


def is_called(module: ast.Module, name: ast.expr) -> bool:
    return any(isinstance(node, ast.Call) and node.func is name for node in ast.walk(module))


def made_here(module: ast.Module, value: ast.expr | None) -> Iterator[str]:
    """The texts that a value is made of in a module: there, under another name, or in a function."""
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr() | ast.BinOp():
            yield ast.unparse(value)
        case ast.Name(id=name) | ast.Call(func=ast.Name(id=name)):
            for node in ast.walk(module):
                match node:
                    case ast.Assign(targets=[ast.Name(id=known)], value=meant) if known == name:
                        yield from made_here(module, meant)
                    case ast.FunctionDef(name=known, body=[*_, ast.Return(value=meant)]) if known == name:
                        yield from made_here(module, meant)


def test_topics_are_spelled_in_one_module_and_fact_keys_in_one() -> None:
    assert len(SPELLING) > 30
    strays = [
        f"{path.relative_to(PACKAGE)} spells {text!r}"
        for path in modules()
        if path not in SPELLERS
        for text in spelled(ast.parse(path.read_text()))
    ]
    assert strays == []


@pytest.mark.parametrize(("path", "own"), SPELLERS.items(), ids=lambda value: getattr(value, "stem", ""))
def test_who_spells_one_of_them_leaves_the_other_alone(path: Path, own: set[str]) -> None:
    module = ast.parse(path.read_text())
    returned = {
        ast.unparse(node.returns)
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef) and node.returns is not None
    }
    assert own <= returned
    assert not returned & (set().union(*SPELLERS.values()) - own)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('live.watch(token, "feed", [f"post:{one}"])', True),
        ('live.watch(token, "feed", ["post:" + one])', True),
        ('live.watch(token, "feed", ["post:%s" % one])', True),
        ('live.watch(token, "feed", ["post:{}".format(one)])', True),
        ('kind = "post:"\nlive.watch(token, "feed", [kind + one])', True),
        ('def of(one): return f"thread:{one}:{reader}"', True),
        ('Topic(f"{kind}:{one}")', True),
        ('topics.Topic(f"{kind}:{one}")', True),
        ('fact(f"liked_{one}")', True),
        ('fact("unheard_of")', True),
        ('fact(f"{kind}_{one}")', True),
        ('key = f"{kind}_{one}"\npeek(key)', True),
        ('def key(one):\n    return kind + "_" + one\nlearn({key(one): 1})', True),
        ('live.tell(token, {"unheard_of": 1})', True),
        ('rows["chat_" + one]', True),
        ("fact(fact_keys.liked_key(one))", False),
        ("key = fact_keys.liked_key(one)\nlearn({key: 1})", False),
        ("live.watch(token, 'feed', [topics.post(one)])", False),
        ("def all_of(shown: list[topics.Topic]) -> Topic: ...", False),
        ('row["post_id"], "post: a photo", "comments_shown"', False),
    ],
)
def test_a_topic_under_another_name_is_spelled_too(source: str, found: bool) -> None:
    assert bool(list(spelled(ast.parse(source)))) == found


def test_only_live_pushes() -> None:
    for path in modules():
        if "live" not in path.parts:
            pushed = {name for _, name in calls(path)} & PUSHES
            assert not pushed, f"{path}: {pushed}"


def test_only_config_reads_the_environment() -> None:
    for path in modules():
        if path.name != "config.py":
            assert not {"os.environ", "getenv"} & set(WORDS.findall(path.read_text())), path


def test_every_module_says_what_it_owns() -> None:
    for path in modules():
        assert ast.get_docstring(ast.parse(path.read_text())), path


def test_modules_are_read_in_one_sitting() -> None:
    lengths = {str(path.relative_to(PACKAGE)): len(path.read_text().splitlines()) for path in modules()}
    assert {name: lines for name, lines in lengths.items() if lines > 250} == {}
