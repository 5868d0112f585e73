"""What any part of a page may open: facts of this tab alone, so that it opens at once."""

from __future__ import annotations

from instagram_clone.web.browser.core import Js, fn, let
from instagram_clone.web.browser.facts import fact, forget, learn

COMPOSER, SHORTCUTS = "composer_open", "shortcuts_open"


def is_open(overlay: str) -> Js:
    """Whether something is open. For bodies of `rx.memo`."""
    return let(fact(overlay))


def closing(overlay: str) -> Js:
    """A function that closes something. For bodies of `rx.memo`."""
    return fn(lambda: forget([overlay]))


def open_shortcuts() -> Js:
    """Show which keys do what."""
    return learn({SHORTCUTS: True})


def open_composer() -> Js:
    """Begin a new post."""
    return learn({COMPOSER: True})
