"""What every module and folder must be like."""

from __future__ import annotations

import ast
import re
from collections import Counter

from tests.architecture.source import PACKAGE, modules
from tests.server import ROOT


def test_folders_are_small() -> None:
    files = Counter(path.parent for path in (*modules(), *(ROOT / "tests").rglob("*.py")))
    assert {folder: count for folder, count in files.items() if count > 12} == {}


def test_only_config_reads_the_environment() -> None:
    for path in modules():
        if path.name != "config.py":
            assert not re.search(r"\bos\.environ\b|\bgetenv\b|\bfrom os import\b", path.read_text()), path


def test_every_module_has_a_docstring() -> None:
    for path in modules():
        assert ast.get_docstring(ast.parse(path.read_text())), path


def test_modules_are_short() -> None:
    lengths = {str(path.relative_to(PACKAGE)): len(path.read_text().splitlines()) for path in modules()}
    assert {name: lines for name, lines in lengths.items() if lines > 250} == {}
