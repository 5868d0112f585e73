"""Text folding, which makes different spellings compare equal, and the words by which a text is found.

Accents, case and the width of letters make no difference. Scripts without spaces are found by each single
character and by each pair of adjacent ones.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

WORD_LENGTH = 64
"""Words are cut to this many characters: a caption may be a single word of two thousand."""

_ASCII_WORDS = re.compile(r"[a-z0-9]+")
_ACCENTS_FROM = 10
"""Marks of lower combining classes are not accents: they make letters of their own, such as voicing in
kana, and nukta and virama in Indic scripts.
"""

_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ŧ": "t"}
)
"""Letters that Unicode does not decompose, with what people type when their keyboard lacks them."""

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff"
    "\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, and the scripts of Chinese and Japanese."""

_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Variation selectors, which choose between the glyphs of a character."""

_SPACE, _WORD, _RUN = range(3)


def fold(text: str) -> str:
    """Return the form of a text that is used for comparing. Idempotent."""
    if text.isascii():
        return text.lower()
    while (folded := _fold_once(text)) != text:
        text = folded
    return text


def _fold_once(text: str) -> str:
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(char for char in text if not _is_ignored(char))
    return unicodedata.normalize("NFC", kept.translate(_PLAIN))


def _is_ignored(char: str) -> bool:
    # A lone surrogate is not a character, and cannot be encoded.
    hidden = unicodedata.category(char) in ("Cf", "Cs") or _VARIANTS.match(char) is not None
    return hidden or unicodedata.combining(char) >= _ACCENTS_FROM


def index_words(text: str) -> list[str]:
    """Return the words by which a text is found, in order, without duplicates."""
    return list(dict.fromkeys(word for kind, run in _runs(text) for word in _pieces(kind, run, [1, 2])))


def query_words(text: str) -> list[str]:
    """Return the words of a search text, all of which have to match."""
    return list(
        dict.fromkeys(word for kind, run in _runs(text) for word in _pieces(kind, run, [min(2, len(run))]))
    )


def join_words(text: str) -> str:
    """Return a text of several words as one word, as typed without the dots or hyphens; "" for one word."""
    words = [run for kind, run in _runs(text) if kind == _WORD]
    return "".join(words)[:WORD_LENGTH] if len(words) > 1 else ""


def name_words(username: str, name: str) -> list[str]:
    """Return the words by which a person is found; `juno.reyes` is also found without the dot."""
    found: dict[str, None] = {}
    for part in (username, *name.split()):
        found |= dict.fromkeys([*index_words(part), join_words(part)])
    found.pop("", None)
    return list(found)


def _pieces(kind: int, run: str, lengths: list[int]) -> list[str]:
    if kind == _WORD:
        return [run[:WORD_LENGTH]]
    return [run[at : at + length] for length in lengths for at in range(len(run) - length + 1)]


def _runs(text: str) -> list[tuple[int, str]]:
    folded = fold(text)
    if folded.isascii():
        return [(_WORD, word) for word in _ASCII_WORDS.findall(folded)]
    runs = ((kind, "".join(run)) for kind, run in groupby(folded, _kind))
    return [(kind, run) for kind, run in runs if kind != _SPACE and any(map(str.isalnum, run))]


def _kind(char: str) -> int:
    if unicodedata.category(char)[0] not in "LNM":
        return _SPACE
    return _RUN if _UNSPACED.match(char) else _WORD
