"""Only adapters touch what Reflex, uvicorn, socket.io, engine.io and pymongo leave undocumented."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, modules
from tests.server import ROOT

ADAPTERS = {
    "domain/core/driver/adapter.py",
    "live/reflex_adapter.py",
    "live/tabs/engine_adapter.py",
    "live/tabs/socket_adapter.py",
    "runtime/state_adapter.py",
    "runtime/uvicorn_adapter.py",
    "web/build_adapter.py",
    "web/browser/core/adapter.py",
}
PACKAGES = re.compile(
    r"(reflex|reflex_\w+|socketio|engineio|uvicorn|granian|starlette|wrapt|pymongo)(\.|$)"
)
DOCUMENTED = {
    "reflex": {"reflex"},
    "uvicorn": {"uvicorn"},
    "starlette": {
        f"starlette.{module}"
        for module in ("applications", "datastructures", "requests", "responses", "routing", "types")
    },
    "pymongo": {
        "pymongo",
        "pymongo.errors",
        "pymongo.asynchronous.client_session",
        "pymongo.asynchronous.collection",
        "pymongo.asynchronous.database",
        "pymongo.write_concern",
    },
}
"""What their documentation tells people to import."""

NAMESPACES = {"el", "event", "plugins"}
"""The modules that Reflex documents under its own name, such as `rx.el`."""

PRIVATE = re.compile(r"_(?!_)\w+")


def relative_path(path: Path) -> str:
    return path.relative_to(PACKAGE if PACKAGE in path.parents else ROOT).as_posix()


def others() -> list[Path]:
    """Return every module except the adapters."""
    return [path for path in (*modules(), ROOT / "rxconfig.py") if relative_path(path) not in ADAPTERS]


def defined(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a module defines, including attributes of its own objects."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield name
            case ast.Assign(value=ast.Constant(value=str(name))) if PRIVATE.fullmatch(name):
                # Used to set an attribute on an object of ours: `setattr(handler, _OPEN, True)`.
                yield name


def fields(tree: ast.Module) -> Iterator[str]:
    """Yield the attribute names of objects of a module's classes."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(body=body):
                for one in body:
                    match one:
                        case (
                            ast.AnnAssign(target=ast.Name(id=name))
                            | ast.Assign(targets=[ast.Name(id=name)])
                            | ast.FunctionDef(name=name)
                            | ast.AsyncFunctionDef(name=name)
                        ):
                            yield name
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield name


def package_names(tree: ast.Module) -> dict[str, str]:
    """Return the full names behind what a module imports from those packages, also under aliases."""
    imported_names: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for one in names:
                    if PACKAGES.match(one.name):
                        imported_names[one.asname or one.name.partition(".")[0]] = (
                            one.name if one.asname else one.name.partition(".")[0]
                        )
            case ast.ImportFrom(module=str(module), names=names) if PACKAGES.match(module):
                imported_names |= {one.asname or one.name: f"{module}.{one.name}" for one in names}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name() | ast.Attribute() as value):
                if full_name := dotted(value, imported_names):
                    imported_names[name] = full_name
    return imported_names


def dotted(node: ast.expr, imported_names: dict[str, str]) -> str:
    """Return the full name of an attribute chain on an import; "" if it starts with anything else."""
    match node:
        case ast.Name(id=name):
            return imported_names.get(name, "")
        case ast.Attribute(value=value, attr=attr):
            before = dotted(value, imported_names)
            return f"{before}.{attr}" if before else ""
    return ""


def root(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node


def other_imports(tree: ast.Module) -> set[str]:
    """Return the names of imported modules that belong to none of those packages."""
    return {
        one.asname or one.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for one in node.names
        if not PACKAGES.match(one.name)
    }


def undocumented_uses(tree: ast.Module, ours: set[str], our_fields: set[str]) -> Iterator[str]:
    """Yield what a module touches of those packages that they do not document.

    A private name counts as theirs if nothing of ours has it, whatever object it is an attribute of.
    """
    imported_names, harmless = package_names(tree), other_imports(tree)
    touches = bool(imported_names) or "app: rx.App" in ast.unparse(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (
                    one.name for one in names if PACKAGES.match(one.name) and not documented(one.name)
                )
            case ast.ImportFrom(module=str(module), names=names) if PACKAGES.match(module):
                for one in names:
                    if not documented(module) or PRIVATE.match(one.name) or is_module(module, one.name):
                        yield f"{module}.{one.name}"
            case ast.Attribute(attr=attr, ctx=ctx) as reached:
                full_name, stored = dotted(reached, imported_names), isinstance(ctx, ast.Store)
                start = root(reached)
                is_theirs = bool(PRIVATE.match(attr)) and attr not in ours and not is_named(start, harmless)
                is_put = touches and stored and not is_named(start, {"self", "cls"})
                if full_name and (PRIVATE.match(attr) or stored or undocumented(full_name)):
                    yield full_name
                elif is_theirs or (is_put and attr not in our_fields):
                    yield ast.unparse(reached)
            case ast.Call(
                func=ast.Name(id="getattr" | "setattr" | "hasattr" | "delattr"), args=[of, name, *_]
            ):
                is_private = isinstance(name, ast.Constant) and PRIVATE.match(str(name.value))
                if dotted(of, imported_names) or (is_private and name.value not in ours):  # pyright: ignore
                    yield ast.unparse(node)
            case ast.keyword(arg=str(arg)) if PRIVATE.match(arg) and arg not in ours:
                yield f"{arg}="


def documented(module: str) -> bool:
    return module in DOCUMENTED.get(module.partition(".")[0], ())


def is_module(package: str, name: str) -> bool:
    return package == "reflex" and name in REFLEX_MODULES - NAMESPACES


def undocumented(full_name: str) -> bool:
    package, _, rest = full_name.partition(".")
    return package == "reflex" and rest.partition(".")[0] in REFLEX_MODULES - NAMESPACES


def is_named(node: ast.expr, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def reflex_modules() -> set[str]:
    import reflex

    folder = Path(reflex.__file__).parent
    return {
        path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }


REFLEX_MODULES = reflex_modules()


def test_only_the_adapters_use_undocumented_parts() -> None:
    assert len(REFLEX_MODULES) > 10
    trees = {path: ast.parse(path.read_text()) for path in others()}
    ours = {name for tree in trees.values() for name in defined(tree)}
    our_fields = {name for tree in trees.values() for name in fields(tree)}
    strays = [
        f"{relative_path(path)} touches {what}"
        for path, tree in trees.items()
        for what in sorted(set(undocumented_uses(tree, ours - {"_"}, our_fields)))
    ]
    assert strays == []


def test_the_adapters_are_used() -> None:
    for adapter in ADAPTERS:
        assert list(undocumented_uses(ast.parse((PACKAGE / adapter).read_text()), set(), set())), adapter


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from reflex.state import State", True),
        ("from reflex import state", True),
        ("from reflex.app import App", True),
        ("import reflex.app", True),
        ("from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as Http", True),
        ("from engineio import packet", True),
        ("from starlette._utils import is_async_callable", True),
        ("import reflex as rx\nrx.state.State", True),
        ("import reflex as rx\nrx._x", True),
        ("import reflex as rx\nr = rx\nr.state", True),
        ("import uvicorn\nuvicorn.Config._load", True),
        ("import uvicorn\nuvicorn.run = run", True),
        ("import uvicorn\nu = uvicorn\nu.run = run", True),
        ("import uvicorn\nsetattr(uvicorn, 'run', run)", True),
        ("def at(sid): return namespace()._token_manager", True),
        ("manager = app.event_namespace\nmanager._token_manager", True),
        ("getattr(namespace(), '_token_manager')", True),
        ("Js('x', _var_data=None)", True),
        ("import reflex as rx\ndef attach(app): app.event_namespace.on_event = gate", True),
        ("import reflex as rx\nqueue = app.sio.eio\nqueue.create_queue = Queue", True),
        ("class Waiting(Base):\n    def get(self): return super()._get_all()", True),
        ("import reflex as rx\nrx.State, rx.el.div, rx.event.EventSpec, rx.plugins.Plugin", False),
        ("import os\nos._exit(3)", False),
        ("class One:\n    _own = 1\n    def at(self): return self._own", False),
        (
            "import reflex as rx\nclass One(rx.State):\n    posts = []\ndef liked(tab): tab.posts = []",
            False,
        ),
        ("from starlette.responses import Response", False),
        ("import uvicorn\nuvicorn.run(target)", False),
    ],
)
def test_undocumented_parts_are_detected_under_any_alias(source: str, found: bool) -> None:
    tree = ast.parse(source)
    assert bool(list(undocumented_uses(tree, set(defined(tree)), set(fields(tree))))) == found
