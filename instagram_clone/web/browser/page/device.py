"""This device's preferences, which are stored by its browser and never sent to the server.

If they were, the server's answer to an older choice could overwrite a newer one.
"""

from __future__ import annotations

from typing import Any

from instagram_clone.web.browser.core import Js, document, name, new, use, window
from instagram_clone.web.device import LETTER_KEYS, OFF, ON, REDUCED_MOTION


def has_letter_keys() -> Js:
    """Return whether single-letter shortcuts are enabled on this device (WCAG 2.1.4)."""
    return stored(LETTER_KEYS) != OFF


def is_motion_off() -> Js:
    """Return whether animation is off, either by choice on this device or by a system setting."""
    return (stored(REDUCED_MOTION) == ON) | name("matchMedia")("(prefers-reduced-motion: reduce)").matches


def apply_motion() -> Js:
    """Tell the stylesheet, through an attribute of the document, whether animation is off."""
    return document.documentElement.toggleAttribute("data-still", is_motion_off())


def choose(preference: Any, choice: Any) -> list[Js]:
    """Store a choice. Browsers notify only the other tabs, so this tab dispatches the same event itself."""
    return [
        window.localStorage.setItem(preference, choice),
        window.dispatchEvent(new(name("StorageEvent"), "storage", {"key": preference})),
    ]


def latest_choice(preference: Any) -> Js:
    """The latest choice made in any tab, or nothing if there is none. For use in an `rx.memo`."""
    subscribe = use(
        "useCallback",
        lambda listener: [
            window.addEventListener("storage", listener),
            lambda: window.removeEventListener("storage", listener),
        ],
        [],
    )
    return use("useSyncExternalStore", subscribe, lambda: stored(preference), lambda: None)


def stored(preference: Any) -> Js:
    """Return the stored choice, or nothing if there is none."""
    return window.localStorage.getItem(preference)
