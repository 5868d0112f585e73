"""Whether a person is followed: the rule in node against a twin in Python."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.people.follows import believe, newer
from tests.web.node_runner import call, run

times = st.integers(0, 4)
fact = st.none() | st.fixed_dictionaries({"on": st.booleans(), "at": times})
relationship = st.fixed_dictionaries({"followed": st.booleans(), "requested": st.booleans()})
tap = st.fixed_dictionaries(
    {"followed": st.booleans(), "requested": st.booleans(), "at": times, "follow": times, "asked": times}
)
case = st.tuples(relationship, times, fact, fact, st.none() | tap)


def twin(
    page: dict, read_at: int, follow: dict | None, asked: dict | None, tapped: dict | None
) -> list[bool]:
    heard = [one["at"] if one else 0 for one in (follow, asked)]
    if tapped and tapped["at"] > read_at and [tapped["follow"], tapped["asked"]] == heard:
        return [tapped["followed"], tapped["requested"] and not tapped["followed"]]
    followed = follow["on"] if follow and follow["at"] > read_at else page["followed"]
    requested = asked["on"] if asked and asked["at"] > read_at else page["requested"]
    return [followed, requested and not followed]


@settings(max_examples=12, deadline=None)
@given(st.lists(case, min_size=100, max_size=300))
def test_a_tap_is_shown_until_it_is_answered_else_what_was_heard_or_read_and_never_both(
    cases: list[Any],
) -> None:
    assert run(believe, cases) == [twin(*one) for one in cases]


def test_a_tap_is_newer_than_the_page_whatever_the_clock_says() -> None:
    assert call(newer, 5, 10) == 11
    assert call(newer, 50, 10) == 50


def test_a_tap_that_is_taken_back_leaves_what_was_heard() -> None:
    page, follow, asked = (
        {"followed": False, "requested": False},
        {"on": False, "at": 2},
        {"on": True, "at": 2},
    )
    tapped = {"followed": False, "requested": False, "at": 3, "follow": 2, "asked": 2}
    assert call(believe, page, 1, follow, asked, tapped) == [False, False]
    assert call(believe, page, 1, follow, asked, None) == [False, True]
