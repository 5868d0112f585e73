"""What any part of a page may open: facts of this tab alone, so that it opens at once."""

from __future__ import annotations

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, when
from instagram_clone.web.browser.page.facts import fact, forget, learn, peek
from instagram_clone.web.device import COMPOSER, SHORTCUTS


def opened(overlay: str) -> Js:
    """Whether something was opened here, or left; nothing if neither. For bodies of `rx.memo`."""
    return fact(fact_keys.open_key(overlay))


def close(overlay: str) -> Js:
    """Take away what was opened here."""
    return forget([fact_keys.open_key(overlay)])


def leave(overlay: str) -> Js:
    """Take away what the address has opened, before the address has changed."""
    return learn({fact_keys.open_key(overlay): False})


def left(overlay: str) -> Js:
    """Once it has changed, let it open the same again."""
    return when(peek(fact_keys.open_key(overlay)) == False, close(overlay))  # noqa: E712 (traced)


def open_shortcuts() -> Js:
    """Show which keys do what."""
    return learn({fact_keys.open_key(SHORTCUTS): True})


def open_composer() -> Js:
    """Begin a new post."""
    return learn({fact_keys.open_key(COMPOSER): True})
