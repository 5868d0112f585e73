"""Which characters text may have: what can be encoded, and what can be seen."""

from __future__ import annotations

import unicodedata

_BLANK = "\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5"
"""Letters and marks that show nothing: Hangul fillers, the empty Braille cell and their like."""

_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""What sets the direction of the text that follows, to its end and beyond (UAX 9)."""

_JOINERS, _EMOJI_STYLE = "\u200c\u200d", "\ufe0f"
_JOINING_SCRIPTS = frozenset(
    """
    ARABIC SYRIAC DEVANAGARI BENGALI GURMUKHI GUJARATI ORIYA TAMIL TELUGU KANNADA MALAYALAM SINHALA
    MYANMAR KHMER MONGOLIAN
    """.split()
)
"""Scripts in which the joiners change how letters are written."""


def is_encodable(text: str) -> bool:
    """Tell whether a text can be stored and sent.

    JSON can carry half of a surrogate pair ("\\ud800"), which no encoding knows and BSON refuses.
    """
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def one_form(text: str) -> str:
    """Return a text in the one form that looks the same: "é" is one character, not two (NFC)."""
    return unicodedata.normalize("NFC", text)


def is_visible(text: str) -> bool:
    """Tell whether everything in a line of text can be seen, and something is there to be seen.

    What cannot be seen, or turns other text around, makes two names look like one.
    """
    if any(_is_hidden(char) and not _joins(text, number) for number, char in enumerate(text)):
        return False
    return any(unicodedata.category(char)[0] not in "MZ" and char not in _JOINERS for char in text)


def has_controls(text: str) -> bool:
    """Tell whether a text of several lines has characters that turn other text around, or that are none."""
    return any(char in _TURNS or (unicodedata.category(char) == "Cc" and char != "\n") for char in text)


def _is_hidden(char: str) -> bool:
    # Not what is unassigned: emoji are newer than Python's tables. One plane is for what is not shown.
    hidden = unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    return hidden or char in _BLANK or "\U000e0000" <= char <= "\U000e0fff"


def _joins(text: str, number: int) -> bool:
    """Tell whether a character joins or parts its neighbours as their script, or an emoji, needs it to."""
    if text[number] not in _JOINERS or not 0 < number < len(text) - 1:
        return False
    before = text[number - 1]
    if unicodedata.category(before) in ("So", "Sk") or before == _EMOJI_STYLE:
        return unicodedata.category(text[number + 1]) == "So"
    return unicodedata.name(before, "").partition(" ")[0] in _JOINING_SCRIPTS
