"""The package's source as the rules see it: its modules, their imports and calls, and its areas."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.server import ROOT

PACKAGE = ROOT / "instagram_clone"


def modules(*parts: str) -> list[Path]:
    return sorted((PACKAGE.joinpath(*parts)).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


AREAS = ("core", "people", "media", "posts", "messaging", "notifications", "discovery")
"""The areas of the domain. Each imports only those before it, and nothing private from them."""


def area(dotted: str) -> str | None:
    """Return the area a module of the domain is in. Modules in none serve all of them."""
    name = dotted.removeprefix("instagram_clone.domain.").partition(".")[0]
    return name if name in AREAS else None


def is_text(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def calls(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func.value), node.func.attr
