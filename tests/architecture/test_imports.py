"""Which modules may import which."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import AREAS, PACKAGE, area, imports, modules


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
def test_layers_import_only_what_they_may(folder: tuple[str, ...], forbidden: str) -> None:
    assert modules(*folder)
    assert imported(folder, forbidden) == []


def test_an_area_imports_only_those_before_it() -> None:
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


def imported_from_other_areas(tree: ast.Module, own: str | None) -> Iterator[tuple[str, str]]:
    """Yield what a module imports from areas it is not in: its name there, and the name it has here."""
    for node in ast.walk(tree):
        package = getattr(node, "module", None) or ""
        if not isinstance(node, ast.ImportFrom) or not package.startswith("instagram_clone.domain"):
            continue
        if own is None or area(f"{package}.") != own:
            yield from ((one.name, one.asname or one.name) for one in node.names)


def test_private_names_of_an_area_are_used_only_in_it() -> None:
    strays = []
    for path in modules():
        tree = ast.parse(path.read_text())
        parts = path.relative_to(PACKAGE).parts
        imported_names = dict(imported_from_other_areas(tree, parts[1] if parts[0] == "domain" else None))
        strays += [f"{path.name} imports {name}" for name in imported_names if name[0] == "_"]
        strays += [
            f"{path.name} uses {ast.unparse(node)}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in imported_names.values()
            and re.match(r"_(?!_)", node.attr)
        ]
    assert strays == []
