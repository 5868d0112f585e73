"""Toasts, short messages in the corner: each is a fact with its own key, shown one at a time in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, js, let, name, when
from instagram_clone.web.browser.page.facts import facts, forget, learn

SHOWN_MS = 5_000
SHOWN_WITH_ACTION_MS = 10_000

MAX_WAITING = 4
"""Beyond this many messages, the oldest are dropped."""


def announce(text: Any, error: bool = False, label: str = "", act: Callable[[], Any] | None = None) -> Js:
    """Show a message, with a button that calls `act` if there is a `label`. A step, in an `rx.memo`.

    A repeated message replaces the one that is still there, and its time starts over.
    """
    toast = {"id": name("performance.now")(), "text": text, "error": error, "label": label, "act": act}
    return learn({fact_keys.toast_key(text): toast})


def waiting() -> Js:
    """The messages that have not been shown for their full time, by key. For use in an `rx.memo`."""
    return let(facts(fact_keys.toast_keys()))


def current(all_: Any) -> Js:
    """Return the key of the message to show, given all pending ones in order of arrival."""
    return name("Object.keys")(all_).slice(-MAX_WAITING)[0]


def duration(toast: Any) -> Js:
    """Return how long a message is shown, in milliseconds."""
    return when(js(toast).label, SHOWN_WITH_ACTION_MS, SHOWN_MS)


def dismiss(all_: Any, key: Any) -> Js:
    """Remove a message, and any that were dropped before it."""
    keys = name("Object.keys")(all_)
    return forget(keys.slice(0, keys.indexOf(key) + 1))


def latest_error(all_: Any) -> Js:
    """Return the latest error message, or nothing if there is none."""
    return name("Object.values")(all_).filter(lambda toast: toast.error).at(-1)
