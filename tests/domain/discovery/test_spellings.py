"""Typing errors: what counts as one, and that the lookups miss none."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.domain.core import db
from instagram_clone.domain.discovery import spellings

WORDS = st.text("abcé", max_size=10)


def distance(one: str, other: str) -> int:
    """Return how many insertions, deletions, substitutions and swaps turn one word into the other."""
    rows = [list(range(len(other) + 1))]
    for at, char in enumerate(one, 1):
        row = [at]
        for place, wanted in enumerate(other, 1):
            best = min(rows[-1][place] + 1, row[-1] + 1, rows[-1][place - 1] + (char != wanted))
            if at > 1 and place > 1 and (one[at - 2], char) == (wanted, other[place - 2]):
                best = min(best, rows[-2][place - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


@given(WORDS, WORDS)
@settings(max_examples=500)
def test_the_rule_is_an_edit_distance_of_one(one: str, other: str) -> None:
    assert spellings.within_one_error(one, other) == (distance(one, other) <= 1)


@given(WORDS, WORDS)
@settings(max_examples=500)
def test_a_word_is_near_if_a_prefix_differs_by_at_most_one_error(typed: str, word: str) -> None:
    has_near_prefix = any(distance(typed, word[:end]) <= 1 for end in range(len(word) + 1))
    assert spellings.is_near(typed, word) == (len(typed) >= spellings.FUZZY_MIN_LENGTH and has_near_prefix)


@given(WORDS, WORDS)
@settings(max_examples=500)
def test_the_stored_rows_find_a_word_from_every_spelling_with_one_error(typed: str, word: str) -> None:
    if not spellings.is_near(typed, word) or word.startswith(typed):
        return
    stored = [spellings.row(one) for one in spellings.prefixes([word])]
    probes = {typed[: spellings.REACH]} | spellings._deletions(typed[: spellings.REACH])
    found = [one["_id"] for one in stored if probes & set(one["near"])]  # pyright: ignore[reportArgumentType]
    assert any(spellings._is_candidate(typed, one) for one in found)  # pyright: ignore[reportArgumentType]


async def test_learning_words_twice_stores_them_once(database: None) -> None:
    for _ in range(2):
        await spellings.learn(["marianne", "maria"])
    assert await db.spellings.count_documents({}) == len(spellings.prefixes(["marianne", "maria"])) == 5
    assert await spellings.near(["mraia", "mri"]) == {"mraia": ["maria"]}
