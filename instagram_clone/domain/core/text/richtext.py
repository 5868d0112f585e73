"""User-written text: tidied, and split into pieces that a page shows as text and links."""

from __future__ import annotations

import re
from dataclasses import dataclass

from instagram_clone import routes

LONG_CHARACTERS = 120

_LINK = re.compile(
    r"(?P<url>https?://[^\s<>\"]{3,2000}(?![^\s<>\"]))"
    # A name that goes on with another letter, or an accent, is somebody else's or nobody's.
    r"|(?<![\w@.])@(?P<name>[A-Za-z0-9](?:[A-Za-z0-9_.]{1,28})[A-Za-z0-9])(?![^\W_]|[\u0300-\u036f])"
)
_TRAILING = ".,;:!?)]}'\""
_OPENING = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True)
class Piece:
    """A stretch of text. With an `href` it is a link; `is_external` means that the link leaves the site."""

    text: str
    href: str = ""
    is_external: bool = False


def tidy(text: str) -> str:
    """Trim a text and the ends of its lines, keep at most one blank line in a row, and drop characters that
    cannot be shown or stored.
    """
    if text.isprintable():
        # Most messages are a single line with nothing to drop.
        return text.strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "ignore").decode()
    text = "".join(char for char in text if char in "\n\t" or char >= " ")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip()


def pieces(text: str) -> list[Piece]:
    """Split a text into plain stretches, web addresses and @names. Joined, they make up the text."""
    found: list[Piece] = []
    at = 0
    for match in _LINK.finditer(text):
        shown = _trim(match.group())
        if shown.endswith("//"):
            continue
        if match.start() > at:
            found.append(Piece(text[at : match.start()]))
        if match.group("url"):
            found.append(Piece(shown, shown, is_external=True))
        else:
            found.append(Piece(shown, routes.profile_url(shown[1:])))
        at = match.start() + len(shown)
    if at < len(text):
        found.append(Piece(text[at:]))
    return found


def _trim(link: str) -> str:
    """Remove the punctuation after a link, but not a bracket that closes one in it."""
    trimmed = link.rstrip(_TRAILING)
    for char in link[len(trimmed) :]:
        opening = _OPENING.get(char)
        if opening is None or trimmed.count(opening) <= trimmed.count(char):
            break
        trimmed += char
    return trimmed


def is_long(text: str) -> bool:
    """Return whether a caption is long enough to be folded to two lines."""
    return len(text) > LONG_CHARACTERS or text.count("\n") > 1
