"""Whether the server can be heard, and what is said of it."""

from __future__ import annotations

from typing import Any, NamedTuple

from instagram_clone.web.browser.core import (
    EVENT_LOOP,
    REGISTRY,
    Js,
    assign,
    delay,
    effect,
    js,
    let,
    listen,
    name,
    reconnect,
    ref,
    state,
    use,
    when,
    window,
)

OFFLINE, RECONNECTING, BACK = "offline", "reconnecting", "back"

LATE_MS = 2_000
"""A connection that is back before this was never gone."""

BACK_MS = 3_000

_PING = "/ping"


def banner(offline: Any, late: Any, back: Any) -> Js:
    """What is said: that nothing can be reached, that the server cannot, that all is well again, or ""."""
    return when(js(offline), OFFLINE, when(js(late), RECONNECTING, when(js(back), BACK, "")))


class Connection(NamedTuple):
    """What is said, what a component's children need for it, and a function that tries at once."""

    says: Js
    watching: list[Js]
    retry: Any


def is_broken() -> Js:
    """Whether the socket is known to be dead: what is sent now waits. For bodies of `rx.memo`."""
    return let(use("useContext", name(EVENT_LOOP, REGISTRY))[1].length > 0)


def connection() -> Connection:
    """Follow the connection. For bodies of `rx.memo`."""
    offline, set_offline = state("offline", False)
    late, set_late = state("late", False)
    back, set_back = state("back", False)
    was_gone = ref("was_gone", False)
    broken = is_broken()
    gone = let(offline | late)

    def look() -> Js:
        return set_offline(~name("navigator").onLine)

    def retry() -> list[Any]:
        # Browsers that believe to be offline may be wrong: what answers can be reached.
        reached, failed = lambda: set_offline(False), look
        return [name("fetch")(_PING, {"cache": "no-store"}).then(reached, failed), reconnect()]

    return Connection(
        let(banner(offline, late, back)),
        [
            effect(look),
            listen(lambda: window, "online", look),
            listen(lambda: window, "offline", look),
            effect(lambda: when(broken, delay(LATE_MS, lambda: set_late(True)), set_late(False)), broken),
            effect(
                lambda: [
                    when(gone | was_gone.current, set_back(~gone)),
                    assign(was_gone, current=gone),
                ],
                gone,
            ),
            effect(lambda: when(back, delay(BACK_MS, lambda: set_back(False))), back),
        ],
        retry,
    )
