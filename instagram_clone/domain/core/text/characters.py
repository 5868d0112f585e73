"""Which characters text may contain: only those that can be encoded and seen."""

from __future__ import annotations

import unicodedata

_BLANK = "\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5"
"""Letters and marks that render as nothing: Hangul fillers, the blank Braille pattern and the like."""

_DIRECTION_CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Controls that set the direction of the text after them, to its end and beyond (UAX 9)."""

_JOINERS, _EMOJI_STYLE = "\u200c\u200d", "\ufe0f"
_JOINING_SCRIPTS = frozenset(
    """
    ARABIC SYRIAC DEVANAGARI BENGALI GURMUKHI GUJARATI ORIYA TAMIL TELUGU KANNADA MALAYALAM SINHALA
    MYANMAR KHMER MONGOLIAN
    """.split()
)
"""Scripts in which the joiners change how letters are written."""


def is_encodable(text: str) -> bool:
    """Return whether a text can be stored and sent.

    JSON can carry half of a surrogate pair ("\\ud800"), which no encoding can represent and BSON refuses.
    """
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def normalize(text: str) -> str:
    """Return a text in NFC, so that texts that look alike are equal: "é" is one character, not two."""
    return unicodedata.normalize("NFC", text)


def is_visible(text: str) -> bool:
    """Return whether a line of text has something to see, and every character in it is visible.

    Characters that are invisible or reverse other text make two different names look the same.
    """
    if any(_is_hidden(char) and not _joins(text, number) for number, char in enumerate(text)):
        return False
    return any(unicodedata.category(char)[0] not in "MZ" and char not in _JOINERS for char in text)


def has_controls(text: str) -> bool:
    """Return whether a multi-line text contains control characters or ones that reverse other text."""
    return any(
        char in _DIRECTION_CONTROLS or (unicodedata.category(char) == "Cc" and char != "\n")
        for char in text
    )


def _is_hidden(char: str) -> bool:
    # Unassigned characters are fine: emoji are newer than Python's tables. Plane 14 is for characters that
    # are never shown.
    hidden = unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    return hidden or char in _BLANK or "\U000e0000" <= char <= "\U000e0fff"


def _joins(text: str, number: int) -> bool:
    """Return whether a character joins or separates its neighbours as their script, or an emoji, needs."""
    if text[number] not in _JOINERS or not 0 < number < len(text) - 1:
        return False
    before = text[number - 1]
    if unicodedata.category(before) in ("So", "Sk") or before == _EMOJI_STYLE:
        return unicodedata.category(text[number + 1]) == "So"
    return unicodedata.name(before, "").partition(" ")[0] in _JOINING_SCRIPTS
