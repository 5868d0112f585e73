"""Arrow keys in menus, in one column and in several."""

from __future__ import annotations

from instagram_clone.web.browser.layers.menus import next_item
from tests.web.node_runner import run


def test_arrow_keys_wrap_around_in_a_list() -> None:
    cases = {("ArrowDown", 0): 1, ("ArrowDown", 2): 0, ("ArrowUp", 0): 2, ("End", 0): 2, ("Home", 2): 0}
    assert run(next_item, [(key, at, 3, 1) for key, at in cases]) == list(cases.values())
    assert run(next_item, [("ArrowRight", 0, 3, 1), ("a", 0, 3, 1)]) == [None, None]


def test_arrow_keys_stay_in_their_column_in_a_grid() -> None:
    # 0 1 2 3
    # 4 5 6
    cases = {
        ("ArrowDown", 1): 5,
        ("ArrowDown", 3): 3,
        ("ArrowDown", 5): 1,
        ("ArrowUp", 1): 5,
        ("ArrowUp", 3): 3,
        ("ArrowUp", 6): 2,
        ("ArrowRight", 3): 4,
        ("ArrowRight", 6): 0,
        ("ArrowLeft", 0): 6,
    }
    assert run(next_item, [(key, at, 7, 4) for key, at in cases]) == list(cases.values())
