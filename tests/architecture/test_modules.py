"""What every module and folder must be like."""

from __future__ import annotations

import ast
import re

from tests.architecture.source import PACKAGE, modules
from tests.server import ROOT

WORDS = re.compile(r"[\w.]+")


MOST_FILES = {"tests": 14}
"""Folders that have more than twelve files, and may not grow."""


def test_folders_are_small() -> None:
    folders = {path.parent for path in (*modules(), *(ROOT / "tests").rglob("*.py"))}
    too_full = {
        name: count
        for folder in folders
        if (count := len(list(folder.glob("*.py"))))
        > MOST_FILES.get(name := str(folder.relative_to(PACKAGE.parent)), 12)
    }
    assert too_full == {}


def test_only_config_reads_the_environment() -> None:
    for path in modules():
        if path.name != "config.py":
            assert not {"os.environ", "getenv"} & set(WORDS.findall(path.read_text())), path


def test_every_module_has_a_docstring() -> None:
    for path in modules():
        assert ast.get_docstring(ast.parse(path.read_text())), path


def test_modules_are_short() -> None:
    lengths = {str(path.relative_to(PACKAGE)): len(path.read_text().splitlines()) for path in modules()}
    assert {name: lines for name, lines in lengths.items() if lines > 250} == {}
