"""How long ago something was: the rule in node against a twin in Python."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.page import clock
from tests.web.node_runner import call, run

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec")
MINUTE, HOUR, DAY, WEEK = 60_000, 3_600_000, 86_400_000, 604_800_000
NOW = int(datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp()) * 1000

moments = st.integers(NOW - 3 * 365 * DAY, NOW + HOUR)
boundaries = st.builds(
    lambda unit, count, off: NOW - unit * count + off,
    st.sampled_from([MINUTE, HOUR, DAY, WEEK]),
    st.integers(1, 60),
    st.integers(-1000, 1000),
)


def twin(then: int, now: int) -> str:
    past = now - then
    if past < MINUTE:
        return "now"
    for unit, below, letter in (
        (MINUTE, HOUR, "m"),
        (HOUR, DAY, "h"),
        (DAY, WEEK, "d"),
        (WEEK, 4 * WEEK, "w"),
    ):
        if past < below:
            return f"{past // unit}{letter}"
    day, today = datetime.fromtimestamp(then / 1000), datetime.fromtimestamp(now / 1000)
    words = f"{day.day} {MONTHS[day.month - 1]}"
    return words if day.year == today.year else f"{words} {day.year}"


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(moments | boundaries, st.just(NOW)), min_size=100, max_size=300))
def test_recent_times_are_short_and_become_dates_after_four_weeks(cases: list[Any]) -> None:
    assert run(clock.ago, cases) == [twin(*case) for case in cases]


def test_a_time_in_a_sentence_is_worded_as_past() -> None:
    past = {
        0: "a moment ago",
        5 * MINUTE: "5 min ago",
        11 * HOUR: "11 h ago",
        3 * DAY: "3 d ago",
        WEEK: "1 w ago",
    }
    assert run(clock.ago_in_words, [(NOW - age, NOW) for age in past]) == list(past.values())
    then = NOW - 9 * WEEK
    assert call(clock.ago_in_words, then, NOW) == call(clock.ago, then, NOW)


def test_a_time_ahead_of_this_clock_is_shown_as_now() -> None:
    assert call(clock.ago, NOW + 90_000, NOW) == "now"


def test_a_title_has_the_full_date() -> None:
    then = call(clock.parse, "2024-03-04T12:00:00+00:00")
    assert then == int(datetime(2024, 3, 4, 12, tzinfo=UTC).timestamp()) * 1000
    assert re.fullmatch(r"[345] March 2024 at \d\d:00", call(clock.full_date_and_time, then))
    assert re.fullmatch(r"[345] Mar, \d\d:00", call(clock.date_and_time, then))
