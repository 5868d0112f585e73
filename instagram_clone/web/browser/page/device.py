"""What this device prefers, as its browser keeps it: known before the server answers, and without it."""

from __future__ import annotations

from instagram_clone.web.browser.core import Js, document, name, window
from instagram_clone.web.device import LETTER_KEYS, OFF, ON, REDUCED_MOTION


def has_letter_keys() -> Js:
    """Whether single letters do things here (WCAG 2.1.4)."""
    return stored(LETTER_KEYS) != OFF


def is_still() -> Js:
    """Whether nothing is to move: chosen here, or asked for by the system."""
    return (stored(REDUCED_MOTION) == ON) | name("matchMedia")("(prefers-reduced-motion: reduce)").matches


def apply_motion() -> Js:
    """Have the styles know whether anything may move."""
    return document.documentElement.toggleAttribute("data-still", is_still())


def stored(preference: str) -> Js:
    """What was chosen, nothing if nothing was."""
    return window.localStorage.getItem(preference)
