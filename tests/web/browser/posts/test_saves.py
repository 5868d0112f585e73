"""The state a tab shows for a bookmark: the rule in node against a twin in Python."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.posts.saves import believe
from tests.web.node_runner import run

bookmark = st.fixed_dictionaries({"saved": st.booleans(), "rev": st.integers(0, 4)})
case = st.tuples(bookmark, st.none() | bookmark, st.none() | bookmark)


def twin(page: dict, heard: dict | None, tapped: dict | None) -> list[Any]:
    own = heard if heard and heard["rev"] >= page["rev"] else page
    hoped = tapped if tapped and tapped["rev"] >= own["rev"] else own
    return [hoped["saved"], own["rev"]]


@settings(max_examples=12)
@given(st.lists(case, min_size=100, max_size=300))
def test_a_bookmark_believes_what_is_newest_and_hopes_until_it_is_answered(cases: list[Any]) -> None:
    rule = run(lambda page, heard, tapped: tuple(believe(page, heard, tapped)), cases)
    assert rule == [twin(*one) for one in cases]
