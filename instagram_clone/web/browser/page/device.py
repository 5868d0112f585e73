"""What this device prefers: its browser keeps the choice, and the server does not know it.

An answer of the server's to an older choice would be written over a newer one.
"""

from __future__ import annotations

from typing import Any

from instagram_clone.web.browser.core import Js, document, name, new, use, window
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


def choose(preference: Any, choice: Any) -> list[Js]:
    """Keep a choice. Browsers tell only their other tabs of it; this one is told the same way."""
    return [
        window.localStorage.setItem(preference, choice),
        window.dispatchEvent(new(name("StorageEvent"), "storage", {"key": preference})),
    ]


def chosen(preference: Any) -> Js:
    """What was chosen last, in any tab, nothing if nothing was. For bodies of `rx.memo`."""
    heard = use(
        "useCallback",
        lambda listener: [
            window.addEventListener("storage", listener),
            lambda: window.removeEventListener("storage", listener),
        ],
        [],
    )
    return use("useSyncExternalStore", heard, lambda: stored(preference), lambda: None)


def stored(preference: Any) -> Js:
    """What was chosen, nothing if nothing was."""
    return window.localStorage.getItem(preference)
