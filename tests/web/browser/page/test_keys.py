"""Idempotency keys made in a tab."""

from __future__ import annotations

import re

from instagram_clone.web.browser.page.keys import new_key
from tests.web.node_runner import run


def test_keys_are_long_and_unique() -> None:
    keys = run(new_key, [[]] * 200)
    assert all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)
    assert len(set(keys)) == 200
