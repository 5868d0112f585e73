"""The state a tab shows for a post: the rule in node against a twin in Python."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.posts.hearts import believe, others_named
from tests.web.node_runner import call, run

numbers = st.integers(0, 5)
counts = st.fixed_dictionaries({"likes": numbers, "comments": numbers, "replies": numbers, "rev": numbers})
heart = st.fixed_dictionaries({"liked": st.booleans(), "rev": numbers})
page = st.builds(lambda one, other: {**one, **other}, counts, heart)
case = st.tuples(page, st.none() | counts, st.none() | heart, st.none() | heart)


def twin(page: dict, heard: dict | None, mine: dict | None, optimistic: dict | None) -> list[Any]:
    known = heard if heard and heard["rev"] >= page["rev"] else page
    own = mine if mine and mine["rev"] >= page["rev"] else page
    liked = optimistic["liked"] if optimistic and optimistic["rev"] >= own["rev"] else own["liked"]
    likes = max(0, known["likes"] + liked - own["liked"])
    return [liked, likes, known["comments"], known["replies"], max(known["rev"], own["rev"])]


@settings(max_examples=12)
@given(st.lists(case, min_size=100, max_size=300))
def test_a_heart_believes_what_is_newest_and_hopes_until_it_is_answered(cases: list[Any]) -> None:
    assert run(
        lambda page, heard, mine, optimistic: tuple(believe(page, heard, mine, optimistic)), cases
    ) == [twin(*one) for one in cases]


def test_a_tap_counts_at_once_and_a_newer_answer_ends_it() -> None:
    post = {"liked": False, "likes": 4, "comments": 0, "replies": 0, "rev": 7}

    def seen(*facts: Any) -> Any:
        return call(
            lambda page, heard, mine, optimistic: tuple(believe(page, heard, mine, optimistic)[:2]),
            post,
            *facts,
        )

    assert seen(None, None, None) == [False, 4]
    assert seen(None, None, {"liked": True, "rev": 7}) == [True, 5]
    assert seen({"likes": 5, "rev": 8}, {"liked": True, "rev": 8}, {"liked": True, "rev": 7}) == [True, 5]
    assert seen({"likes": 4, "rev": 9}, {"liked": False, "rev": 9}, {"liked": True, "rev": 7}) == [False, 4]


def test_no_more_are_named_than_like_a_post_besides_the_viewer() -> None:
    people = ["ana", "ben", "cleo", "dee"]
    cases = [
        [people[:known], likes, liked]
        for known in range(5)
        for likes in range(6)
        for liked in (True, False)
    ]
    assert run(others_named, cases) == [
        known[: max(0, min(3, likes - liked))] for known, likes, liked in cases
    ]
