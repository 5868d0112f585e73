"""The state a tab shows for a bookmark: the rule in node against a twin in Python."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.posts.saves import reconcile
from tests.web.node_runner import run

bookmark = st.fixed_dictionaries({"saved": st.booleans(), "rev": st.integers(0, 4)})
case = st.tuples(bookmark, st.none() | bookmark, st.none() | bookmark)


def twin(page: dict, received: dict | None, tapped: dict | None) -> list[Any]:
    own = received if received and received["rev"] >= page["rev"] else page
    shown = tapped if tapped and tapped["rev"] >= own["rev"] else own
    return [shown["saved"], own["rev"]]


@settings(max_examples=12)
@given(st.lists(case, min_size=100, max_size=300))
def test_a_bookmark_shows_the_newest_state_and_a_tap_until_it_is_answered(cases: list[Any]) -> None:
    rule = run(lambda page, received, tapped: tuple(reconcile(page, received, tapped)), cases)
    assert rule == [twin(*case) for case in cases]
