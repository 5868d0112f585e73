"""Typing errors: what counts as one, and that the lookups miss none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.domain.core import db
from instagram_clone.domain.discovery import spellings

pytestmark = pytest.mark.anyio

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
def test_a_word_is_near_when_it_begins_so_but_for_one_error(typed: str, word: str) -> None:
    begun = any(distance(typed, word[:end]) <= 1 for end in range(len(word) + 1))
    assert spellings.is_near(typed, word) == (len(typed) >= spellings.FUZZY_MIN_LENGTH and begun)


@given(WORDS, WORDS)
@settings(max_examples=500)
def test_what_is_stored_of_a_word_leads_to_it_from_every_spelling_with_one_error(
    typed: str, word: str
) -> None:
    if not spellings.is_near(typed, word) or word.startswith(typed):
        return
    stored = [spellings.row(one) for one in spellings.beginnings([word])]
    probes = {typed[: spellings.REACH]} | spellings._without_one(typed[: spellings.REACH])
    found = [one["_id"] for one in stored if probes & set(one["near"])]  # pyright: ignore[reportArgumentType]
    assert any(spellings._may_be_meant(typed, one) for one in found)  # pyright: ignore[reportArgumentType]


async def test_what_is_learnt_twice_is_stored_once(database: None) -> None:
    for _ in range(2):
        await spellings.learn(["marianne", "maria"])
    assert await db.spellings.count_documents({}) == len(spellings.beginnings(["marianne", "maria"])) == 5
    assert await spellings.near(["mraia", "mri"]) == {"mraia": ["maria"]}
