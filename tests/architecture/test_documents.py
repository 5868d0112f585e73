"""The documents people read first only name modules that exist."""

from __future__ import annotations

import re

import pytest

from tests.server import ROOT

MODULE_PATH = re.compile(r"`([\w./]+/[\w/]+\.py)`")
PLACES = ("", "instagram_clone", "instagram_clone/web", "instagram_clone/domain")
"""The folders that paths are relative to."""


@pytest.mark.parametrize(
    "document",
    ["README.md", "CONTRIBUTING.md", *(f"docs/{one}.md" for one in ("architecture", "browser", "limits"))],
)
def test_modules_named_in_documents_exist(document: str) -> None:
    paths = MODULE_PATH.findall((ROOT / document).read_text())
    missing = [path for path in paths if not any((ROOT / place / path).exists() for place in PLACES)]
    assert paths and missing == []
