"""Short messages in the corner: facts under a key each, shown one at a time in the order they came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, js, let, name, when
from instagram_clone.web.browser.page.facts import facts, forget, learn

SHOWN_MS = 5_000
SHOWN_WITH_ACTION_MS = 10_000

MAX_WAITING = 4
"""Of more messages than this the oldest are dropped."""


def announce(text: Any, error: bool = False, label: str = "", act: Callable[[], Any] | None = None) -> Js:
    """Show a message, with a button that does something if it has a `label`; a step, in an `rx.memo`.

    The same message takes the place of one that is still there, and its time begins again.
    """
    toast = {"id": name("performance.now")(), "text": text, "error": error, "label": label, "act": act}
    return learn({fact_keys.toast_key(text): toast})


def waiting() -> Js:
    """The messages that have not been shown to the end, by key. For bodies of `rx.memo`."""
    return let(facts(fact_keys.toast_keys()))


def current(all_: Any) -> Js:
    """The key of the message to show of all that wait, which are in the order they came."""
    return name("Object.keys")(all_).slice(-MAX_WAITING)[0]


def duration(toast: Any) -> Js:
    """How long a message is shown, in milliseconds."""
    return when(js(toast).label, SHOWN_WITH_ACTION_MS, SHOWN_MS)


def dismiss(all_: Any, key: Any) -> Js:
    """Be done with a message, and with those that have been dropped before it."""
    keys = name("Object.keys")(all_)
    return forget(keys.slice(0, keys.indexOf(key) + 1))


def refused(all_: Any) -> Js:
    """The latest message that says why something was not done, nothing if there is none."""
    return name("Object.values")(all_).filter(lambda toast: toast.error).at(-1)
