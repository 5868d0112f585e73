"""Text folding: different spellings of a text compare equal, whatever was typed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from instagram_clone.domain.discovery import folding

ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
LETTERS = st.text(st.characters(categories=("Lu", "Ll"), max_codepoint=0x17F), min_size=1, max_size=20)


@given(ANY)
@example("ΐ")
@example("\ud800")
@example("ｶﾞ")
def test_folding_is_idempotent(text: str) -> None:
    folded = folding.fold(text)
    assert folding.fold(folded) == folded
    folded.encode()


@given(LETTERS)
def test_accents_case_and_width_make_no_difference(text: str) -> None:
    folded = folding.fold(text)
    wide = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)
    for other in (
        text.lower(),
        text.title(),
        wide,
        unicodedata.normalize("NFD", text),
        "".join(f"{char}\u0301" for char in text),
    ):
        assert folding.fold(other) == folded


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Zoë  MÜLLER-Łódź", ["zoe", "muller", "lodz"]),
        ("@juno.reyes_2", ["juno", "reyes", "2"]),
        ("Straße, 100%!", ["strasse", "100"]),
        ("☕️🦊 👩‍👩‍👧", []),
        ("$where .* [a-z]+ \x00\ud800", ["where", "a", "z"]),
        ("हिन्दी", ["हिन्दी"]),
        ("がか", ["が", "か", "がか"]),
        ("ｶﾞﾝﾀﾞﾑ", ["ガ", "ン", "ダ", "ム", "ガン", "ンダ", "ダム"]),
        ("한국 사진", ["한국", "사진"]),
    ],
)
def test_a_text_is_found_by_its_words(text: str, words: list[str]) -> None:
    assert folding.index_words(text) == words


@given(ANY)
def test_every_query_word_of_a_text_is_one_of_its_index_words(text: str) -> None:
    assert set(folding.query_words(text)) <= set(folding.index_words(text))


def test_scripts_without_spaces_are_queried_by_adjacent_pairs() -> None:
    assert folding.query_words("京") == ["京"]
    assert folding.query_words("東京都 tokyo") == ["東京", "京都", "tokyo"]
