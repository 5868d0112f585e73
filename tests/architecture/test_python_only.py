"""The whole product is Python and CSS: no JavaScript in files, and none in strings."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.server import ROOT

SCRIPTS = {".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs"}
CORE = "instagram_clone/web/browser/core/"
RAW = {"call_script", "run_script", "add_hooks", "add_custom_code", "FunctionStringVar", "call_function"}
"""Reflex's ways to put code into a page."""

NAME = re.compile(r"[\w$.-]+")
CODE = re.compile(
    r"=>|\bfunction\s*\(|\bnew [A-Z]\w*\("
    r"|\b(?:window|document|navigator|localStorage|sessionStorage)\.(?:\w|$)"
    r"|\b(?:const|let|var) \w+ =|===|\?\.\w|\buse(?:State|Ref|Effect|Context|Memo)\("
)


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def product() -> list[Path]:
    return [
        path
        for path in tracked()
        if path.suffix == ".py" and (name_of(path).startswith("instagram_clone/") or path.parent == ROOT)
    ]


def strings(tree: ast.AST) -> Iterator[str]:
    """Yield the strings of a module, except its documentation."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    docstrings |= {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def code_in(source: str) -> list[str]:
    """Return those of a module's strings that are code for the browser."""
    tree = ast.parse(source)
    found = [text for text in strings(tree) if CODE.search(text)]
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func).rpartition(".")[2]
        if called in RAW:
            found.append(ast.unparse(node))
        if called in ("Var", "LiteralVar") or any(word.arg == "_js_expr" for word in node.keywords):
            texts = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "_js_expr")]
            found += [ast.unparse(one) for one in texts if not _is_a_name(one)]
        if any(word.arg == "callback" for word in node.keywords):
            found.append(ast.unparse(node))
    return found


def _is_a_name(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(NAME.fullmatch(node.value))
    )


def test_there_is_no_javascript() -> None:
    assert [name_of(path) for path in tracked() if path.suffix in SCRIPTS] == []


def test_no_string_is_code_for_a_browser() -> None:
    found = {name_of(path): code_in(path.read_text()) for path in product() if CORE not in path.as_posix()}
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_the_core_has_few_templates_and_does_not_import_the_app() -> None:
    core = [path for path in product() if CORE in path.as_posix()]
    assert core
    for path in core:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                assert not node.module.startswith("instagram_clone"), f"{path}: {node.module}"
        if path.name not in ("tracing.py", "react.py"):
            assert code_in(path.read_text()) == [], path


def test_code_in_a_string_is_detected() -> None:
    for code in (
        "x = '() => 1'",
        "x = f'window.{name}'",
        "rx.call_script('alert')",
        "rx.Var('a + b')",
        "Var(_js_expr='a ? b : c')",
        "rx.Var(f'{name}')",
        "fetch(callback=State.done)",
        "x = 'const a = useState(1)'",
    ):
        assert code_in(code), code
    for text in ("x = 'Windows. Documents'", "rx.Var('post')", "x = 'let us know: a new World (of ours)'"):
        assert code_in(text) == [], text
