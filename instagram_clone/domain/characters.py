"""Which characters text may have: what can be encoded at all. Knows nothing of what a text is for."""

from __future__ import annotations


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
