"""Overlays that any part of a page may open, held as facts in this tab only so that they open at once."""

from __future__ import annotations

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, when
from instagram_clone.web.browser.page.facts import fact, forget, learn, peek
from instagram_clone.web.device import COMPOSER, SHORTCUTS


def open_state(overlay: str) -> Js:
    """True if the overlay was opened here, false if left, nothing if neither. For use in an `rx.memo`."""
    return fact(fact_keys.open_key(overlay))


def close(overlay: str) -> Js:
    """Close an overlay that was opened here."""
    return forget([fact_keys.open_key(overlay)])


def leave(overlay: str) -> Js:
    """Close an overlay that the address opened, before the address has changed."""
    return learn({fact_keys.open_key(overlay): False})


def reset_after_navigation(overlay: str) -> Js:
    """Once the address has changed, let it open the overlay again."""
    return when(peek(fact_keys.open_key(overlay)) == False, close(overlay))  # noqa: E712 (traced)


def open_shortcuts() -> Js:
    """Show the keyboard shortcuts."""
    return learn({fact_keys.open_key(SHORTCUTS): True})


def open_composer() -> Js:
    """Start a new post."""
    return learn({fact_keys.open_key(COMPOSER): True})
