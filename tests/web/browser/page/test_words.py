"""The wording of counts: the rules in node against twins in Python."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.page.words import (
    abbreviated,
    comments_words,
    photo_words,
    plural,
    replies_words,
)
from tests.web.node_runner import call, run

edges = st.sampled_from([0, 1, 2, 999, 1000, 9_999, 10_000, 12_449, 12_450, 99_999, 999_999, 1_000_000])
counts = st.lists(st.integers(0, 10**10) | st.integers(0, 10**6) | edges, min_size=50, max_size=200)


def abbreviated_twin(number: int) -> str:
    if number < 10_000:
        return f"{number:,}"
    size, unit = (1000, "k") if number < 10**6 else (10**6, "m")
    whole, tenth = divmod(number * 10 // size, 10)
    return f"{whole:,}.{tenth}{unit}" if tenth else f"{whole:,}{unit}"


@settings(max_examples=12, deadline=None)
@given(counts)
def test_counts_are_written_in_full_and_abbreviated_from_ten_thousand(numbers: list[int]) -> None:
    assert run(abbreviated, [[number] for number in numbers]) == [
        abbreviated_twin(number) for number in numbers
    ]


@settings(max_examples=4, deadline=None)
@given(counts)
def test_a_count_has_its_word_in_singular_or_plural(numbers: list[int]) -> None:
    words = [f"{number:,} {'post' if number == 1 else 'posts'}" for number in numbers]
    assert run(lambda number: plural(number, "post"), [[number] for number in numbers]) == words


def test_links_to_hidden_content_name_its_count() -> None:
    assert call(photo_words, 1, 1200) == "Photo, 1 like, 1,200 comments"
    assert [call(comments_words, number) for number in (1, 1200)] == [
        "View 1 comment",
        "View all 1,200 comments",
    ]
    left_and_shown = ((1, 0), (2, 0), (1, 3), (1200, 20))
    assert run(replies_words, left_and_shown) == [
        "View 1 reply",
        "View 2 replies",
        "View 1 more reply",
        "View 1,200 more replies",
    ]
