"""The state a tab shows for a post: the rule in node against a twin in Python."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.posts.hearts import others_named, reconcile
from tests.web.node_runner import call, run

numbers = st.integers(0, 5)
counts = st.fixed_dictionaries({"likes": numbers, "comments": numbers, "replies": numbers, "rev": numbers})
heart = st.fixed_dictionaries({"liked": st.booleans(), "rev": numbers})
page = st.builds(lambda one, other: {**one, **other}, counts, heart)
case = st.tuples(page, st.none() | counts, st.none() | heart, st.none() | heart)


def twin(page: dict, received: dict | None, mine: dict | None, optimistic: dict | None) -> list[Any]:
    counts = received if received and received["rev"] >= page["rev"] else page
    own = mine if mine and mine["rev"] >= page["rev"] else page
    liked = optimistic["liked"] if optimistic and optimistic["rev"] >= own["rev"] else own["liked"]
    likes = max(0, counts["likes"] + liked - own["liked"])
    return [liked, likes, counts["comments"], counts["replies"], max(counts["rev"], own["rev"])]


@settings(max_examples=12)
@given(st.lists(case, min_size=100, max_size=300))
def test_a_heart_shows_the_newest_state_and_a_tap_until_it_is_answered(cases: list[Any]) -> None:
    assert run(
        lambda page, received, mine, optimistic: tuple(reconcile(page, received, mine, optimistic)), cases
    ) == [twin(*case) for case in cases]


def test_a_tap_counts_at_once_until_a_newer_answer_arrives() -> None:
    post = {"liked": False, "likes": 4, "comments": 0, "replies": 0, "rev": 7}

    def seen(*facts: Any) -> Any:
        return call(
            lambda page, received, mine, optimistic: tuple(reconcile(page, received, mine, optimistic)[:2]),
            post,
            *facts,
        )

    assert seen(None, None, None) == [False, 4]
    assert seen(None, None, {"liked": True, "rev": 7}) == [True, 5]
    assert seen({"likes": 5, "rev": 8}, {"liked": True, "rev": 8}, {"liked": True, "rev": 7}) == [True, 5]
    assert seen({"likes": 4, "rev": 9}, {"liked": False, "rev": 9}, {"liked": True, "rev": 7}) == [False, 4]


def test_no_more_likers_are_named_than_there_are_besides_the_viewer() -> None:
    people = ["ana", "ben", "cleo", "dee"]
    cases = [
        [people[:named], likes, liked]
        for named in range(5)
        for likes in range(6)
        for liked in (True, False)
    ]
    assert run(others_named, cases) == [
        named[: max(0, min(3, likes - liked))] for named, likes, liked in cases
    ]
