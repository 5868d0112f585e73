"""The documents people read first only name modules that exist."""

from __future__ import annotations

import re

import pytest

from tests.server import ROOT

NAMED = re.compile(r"`([\w./]+/[\w/]+\.py)`")
PLACES = ("", "instagram_clone", "instagram_clone/web", "instagram_clone/domain")
"""The folders that paths are relative to."""


@pytest.mark.parametrize(
    "document",
    ["README.md", "CONTRIBUTING.md", *(f"docs/{one}.md" for one in ("architecture", "browser", "limits"))],
)
def test_modules_that_a_document_names_are_there(document: str) -> None:
    named = NAMED.findall((ROOT / document).read_text())
    gone = [path for path in named if not any((ROOT / place / path).exists() for place in PLACES)]
    assert named and gone == []
