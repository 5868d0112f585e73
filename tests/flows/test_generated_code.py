"""The JavaScript compiled from Python breaks no rule of React's and uses no undefined names.

Neither Reflex nor Vite checks this: a hook in a loop, or a missing import, would only fail in a browser.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from tests.server import ROOT, RUN, START_SECONDS, Server

OXLINT = "oxlint@1.94.0"
RULES = Path(__file__).with_name("oxlint.json")
MIN_FILES = 20
"""With fewer files than this, the test would be looking in the wrong place."""


def lint(folder: Path, files: list[Path]) -> str:
    """Return what the linter finds in some files, "" for nothing."""
    command = [str(Path(sys.executable).parent / "npx"), "--yes", OXLINT, "--no-ignore", "-c", str(RULES)]
    names = [str(file.relative_to(folder)) for file in files]
    done = subprocess.run(
        [*command, *names], cwd=folder, capture_output=True, text=True, timeout=START_SECONDS
    )
    counted = re.search(r"on (\d+) files?", done.stdout)
    assert counted and int(counted[1]) == len(files), done.stdout + done.stderr
    return "" if done.returncode == 0 else done.stdout


@pytest.fixture
def compiled(server: Server, tmp_path: Path) -> Path:
    """A copy of the compiled pages and components of the running app."""
    # Another test process may be compiling into the same folder.
    with FileLock(RUN / "building"):
        for part in ("app_components", "app"):
            shutil.copytree(ROOT / ".web" / part, tmp_path / part)
    return tmp_path


def test_the_compiled_app_passes_the_linter(compiled: Path) -> None:
    files = sorted(compiled.rglob("*.jsx"))
    assert len(files) >= MIN_FILES
    assert lint(compiled, files) == ""


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ("useContext,", "", "'useContext' is not defined"),
        ("= useContext(", "= name && useContext(", "rules-of-hooks"),
    ],
)
def test_the_linter_finds_undefined_names_and_misplaced_hooks(
    compiled: Path, right: str, wrong: str, complaint: str
) -> None:
    [hearts] = compiled.rglob("hearts.jsx")
    code = hearts.read_text()
    assert right in code
    hearts.write_text(code.replace(right, wrong))
    assert complaint in lint(compiled, [hearts])
