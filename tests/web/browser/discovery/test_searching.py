"""Which answer is shown while the user types, and where the arrow keys lead, against twins in Python."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.discovery.searching import (
    after_name,
    answer_to_show,
    next_result,
    results_words,
)
from tests.web.node_runner import call, run

texts, parts = st.sampled_from(["", "a", "an", "ana"]), st.sampled_from(["Top", "People"])
answers = st.none() | st.builds(lambda text, part: {"text": text, "part": part}, texts, parts)


def twin(answer: Any, before: Any, query: str, part: str) -> Any:
    if not query:
        return None
    if answer and (answer["text"], answer["part"]) == (query, part):
        return answer
    return before if before and before["part"] == part else None


@settings(max_examples=8)
@given(st.lists(st.tuples(answers, answers, texts, parts), min_size=20, max_size=60))
def test_only_the_answer_to_the_current_query_is_shown(cases: list[Any]) -> None:
    rule = lambda answer, before, query, part: answer_to_show(answer, before, query, part)  # noqa: E731
    assert run(rule, cases) == [twin(*case) for case in cases]


def test_a_late_answer_does_not_replace_the_one_shown() -> None:
    rule = lambda answer, before, query, part: answer_to_show(answer, before, query, part)  # noqa: E731
    new, old, older = ({"text": text, "part": "Top"} for text in ("ana", "an", "a"))
    assert call(rule, old, older, "ana", "Top") == older
    assert call(rule, new, older, "ana", "Top") == new


def test_arrow_keys_move_through_the_field_and_all_results() -> None:
    for key, count in itertools.product(("ArrowDown", "ArrowUp"), range(4)):
        at, visited = -1, []
        for _ in range(count + 1):
            at = call(lambda key, at, count: next_result(key, at, count), key, at, count)
            visited.append(at)
        assert sorted(visited) == list(range(-1, count))
        assert at == -1


def next_result_twin(key: str, at: int, count: int, columns: int) -> int:
    if key in ("ArrowLeft", "ArrowRight"):
        to = at + (1 if key == "ArrowRight" else -1)
        return to if to < count else -1
    if at < 0:
        return (count - 1) if key == "ArrowUp" else min(0, count - 1)
    row, column = divmod(at, columns)
    row += 1 if key == "ArrowDown" else -1
    rows = [list(range(count))[start : start + columns] for start in range(0, count, columns)]
    return rows[row][min(column, len(rows[row]) - 1)] if 0 <= row < len(rows) else -1


def test_arrow_keys_move_in_all_four_directions_among_tiles() -> None:
    cases = [
        (key, at, count, columns)
        for key in ("ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight")
        for columns in (1, 3)
        for count in range(9)
        for at in range(0 if key in ("ArrowLeft", "ArrowRight") else -1, count)
    ]
    assert run(lambda key, at, count, columns: next_result(key, at, count, columns), cases) == [
        next_result_twin(*case) for case in cases
    ]


@pytest.mark.parametrize(("count", "words"), [(0, "0 results"), (1, "1 result"), (1200, "1,200 results")])
def test_the_number_of_results_is_worded(count: int, words: str) -> None:
    assert call(lambda count: results_words(count), count) == words


def test_a_reason_continues_after_a_name() -> None:
    assert call(lambda note: after_name(note), "Followed by Ana") == "followed by Ana"
