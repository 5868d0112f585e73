"""Where a feed's keyboard shortcuts lead."""

from __future__ import annotations

import itertools

from instagram_clone.web.browser.page.shortcuts import next_post
from tests.web.node_runner import run


def twin(key: str, at: int, count: int) -> int:
    return min(at + 1, count - 1) if key == "j" else max(at - 1, 0)


def test_keys_move_between_posts_and_stop_at_both_ends() -> None:
    cases = [
        [key, at, count] for key, count in itertools.product("jk", range(1, 4)) for at in range(-1, count)
    ]
    assert run(next_post, cases) == [twin(*case) for case in cases]
