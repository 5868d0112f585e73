"""Which answer is shown while the user types, and where the arrow keys lead, against twins in Python."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.discovery.searching import after_name, moved, results_words, shown
from tests.web.node_runner import call, run

texts, parts = st.sampled_from(["", "a", "an", "ana"]), st.sampled_from(["Top", "People"])
answers = st.none() | st.builds(lambda text, part: {"text": text, "part": part}, texts, parts)


def twin(answer: Any, before: Any, asked: str, part: str) -> Any:
    if not asked:
        return None
    if answer and (answer["text"], answer["part"]) == (asked, part):
        return answer
    return before if before and before["part"] == part else None


@settings(max_examples=8)
@given(st.lists(st.tuples(answers, answers, texts, parts), min_size=20, max_size=60))
def test_an_answer_to_anything_but_what_is_asked_is_never_shown(cases: list[Any]) -> None:
    rule = lambda answer, before, asked, part: shown(answer, before, asked, part)  # noqa: E731
    assert run(rule, cases) == [twin(*one) for one in cases]


def test_an_answer_that_comes_late_leaves_what_is_on_screen() -> None:
    rule = lambda answer, before, asked, part: shown(answer, before, asked, part)  # noqa: E731
    new, old, older = ({"text": text, "part": "Top"} for text in ("ana", "an", "a"))
    assert call(rule, old, older, "ana", "Top") == older
    assert call(rule, new, older, "ana", "Top") == new


def test_arrows_go_through_the_field_and_all_results() -> None:
    for key, count in itertools.product(("ArrowDown", "ArrowUp"), range(4)):
        at, passed = -1, []
        for _ in range(count + 1):
            at = call(lambda key, at, count: moved(key, at, count), key, at, count)
            passed.append(at)
        assert sorted(passed) == list(range(-1, count))
        assert at == -1


def led(key: str, at: int, count: int, columns: int) -> int:
    if key in ("ArrowLeft", "ArrowRight"):
        to = at + (1 if key == "ArrowRight" else -1)
        return to if to < count else -1
    if at < 0:
        return (count - 1) if key == "ArrowUp" else min(0, count - 1)
    row, column = divmod(at, columns)
    row += 1 if key == "ArrowDown" else -1
    rows = [list(range(count))[start : start + columns] for start in range(0, count, columns)]
    return rows[row][min(column, len(rows[row]) - 1)] if 0 <= row < len(rows) else -1


def test_among_tiles_arrows_lead_to_the_one_beside_above_or_below() -> None:
    cases = [
        (key, at, count, columns)
        for key in ("ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight")
        for columns in (1, 3)
        for count in range(9)
        for at in range(0 if key in ("ArrowLeft", "ArrowRight") else -1, count)
    ]
    assert run(lambda key, at, count, columns: moved(key, at, count, columns), cases) == [
        led(*case) for case in cases
    ]


@pytest.mark.parametrize(("count", "words"), [(0, "0 results"), (1, "1 result"), (1200, "1,200 results")])
def test_results_are_counted_in_words(count: int, words: str) -> None:
    assert call(lambda count: results_words(count), count) == words


def test_a_reason_goes_on_after_a_name() -> None:
    assert call(lambda note: after_name(note), "Followed by Ana") == "followed by Ana"
