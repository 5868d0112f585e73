"""Whether somebody is followed: the rule in node against the rule in Python."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.follows import believe, newer
from tests.web.node_runner import call, run

times = st.integers(0, 4)
fact = st.none() | st.fixed_dictionaries({"on": st.booleans(), "at": times})
standing = st.fixed_dictionaries({"followed": st.booleans(), "requested": st.booleans()})
case = st.tuples(standing, times, fact, fact)


def twin(page: dict, read_at: int, follow: dict | None, asked: dict | None) -> list[bool]:
    followed = follow["on"] if follow and follow["at"] > read_at else page["followed"]
    requested = asked["on"] if asked and asked["at"] > read_at else page["requested"]
    return [followed, requested and not followed]


@settings(max_examples=12, deadline=None)
@given(st.lists(case, min_size=100, max_size=300))
def test_what_was_heard_after_the_page_was_read_is_believed_and_never_both(cases: list[Any]) -> None:
    assert run(believe, cases) == [twin(*one) for one in cases]


def test_a_tap_is_newer_than_the_page_and_than_what_was_heard_whatever_the_clock_says() -> None:
    assert call(newer, 5, 10, None) == 11
    assert call(newer, 5, 10, {"on": True, "at": 30}) == 31
    assert call(newer, 50, 10, {"on": True, "at": 30}) == 50
