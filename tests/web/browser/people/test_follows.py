"""Whether a person is followed: the rule in node against a twin in Python."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.people.follows import later_than_loaded, reconcile
from tests.web.node_runner import call, run

times = st.integers(0, 4)
fact = st.none() | st.fixed_dictionaries({"on": st.booleans(), "at": times})
relationship = st.fixed_dictionaries({"followed": st.booleans(), "requested": st.booleans()})
tap = st.fixed_dictionaries(
    {"followed": st.booleans(), "requested": st.booleans(), "at": times, "follow": times, "request": times}
)
case = st.tuples(relationship, times, fact, fact, st.none() | tap)


def twin(
    page: dict, read_at: int, follow: dict | None, request: dict | None, tapped: dict | None
) -> list[bool]:
    fact_times = [one["at"] if one else 0 for one in (follow, request)]
    if tapped and tapped["at"] > read_at and [tapped["follow"], tapped["request"]] == fact_times:
        return [tapped["followed"], tapped["requested"] and not tapped["followed"]]
    followed = follow["on"] if follow and follow["at"] > read_at else page["followed"]
    requested = request["on"] if request and request["at"] > read_at else page["requested"]
    return [followed, requested and not followed]


@settings(max_examples=12, deadline=None)
@given(st.lists(case, min_size=100, max_size=300))
def test_a_tap_is_shown_until_answered_and_otherwise_the_latest_fact_and_never_both_states(
    cases: list[Any],
) -> None:
    assert run(reconcile, cases) == [twin(*case) for case in cases]


def test_a_tap_is_later_than_the_page_whatever_the_clock_says() -> None:
    assert call(later_than_loaded, 5, 10) == 11
    assert call(later_than_loaded, 50, 10) == 50


def test_a_tap_that_is_undone_leaves_the_facts_received() -> None:
    page, follow, requested = (
        {"followed": False, "requested": False},
        {"on": False, "at": 2},
        {"on": True, "at": 2},
    )
    tapped = {"followed": False, "requested": False, "at": 3, "follow": 2, "request": 2}
    assert call(reconcile, page, 1, follow, requested, tapped) == [False, False]
    assert call(reconcile, page, 1, follow, requested, None) == [False, True]
