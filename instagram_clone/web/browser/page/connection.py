"""Whether the server can be heard, and what is said of it."""

from __future__ import annotations

from typing import Any, NamedTuple

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import (
    EVENT_LOOP,
    REGISTRY,
    Js,
    assign,
    default,
    delay,
    effect,
    js,
    let,
    listen,
    merged,
    name,
    reconnect,
    ref,
    state,
    use,
    when,
    where,
    window,
)
from instagram_clone.web.browser.page.facts import fact, facts, forget

OFFLINE, RECONNECTING, BACK = "offline", "reconnecting", "back"

LATE_MS = 2_000
"""A connection that is back before this was never gone."""

BACK_MS = 3_000

_PING = "/ping"


def banner(offline: Any, late: Any, back: Any) -> Js:
    """What is said: that nothing can be reached, that the server cannot, that all is well again, or ""."""
    return when(js(offline), OFFLINE, when(js(late), RECONNECTING, when(js(back), BACK, "")))


LOST_MS = 2_000
"""What was tapped before a connection was lost, and is not answered so long after, was lost with it."""


class Connection(NamedTuple):
    """What is said, what a component's children need for it, and a function that tries at once."""

    says: Js
    watching: list[Js]
    retry: Any


def is_broken() -> Js:
    """Whether the socket is known to be dead: what is sent now waits. For bodies of `rx.memo`."""
    return let(use("useContext", name(EVENT_LOOP, REGISTRY))[1].length > 0)


def connected() -> Js:
    """Which connection the tab has, "" before the first. What was sent in an earlier one may be lost, also
    where it was never broken to see: a proxy may find another process at once. For bodies of `rx.memo`.
    """
    return let(default(fact(fact_keys.connection_key()), ""))


def lost_taps(before: Any, now: Any) -> Js:
    """The keys of what was tapped before, `[key, fact]` each, and still waits for an answer."""
    return js(before).filter(lambda one: js(now)[one[0]] == one[1]).map(lambda one: one[0])


def _forget_lost_taps() -> list[Js]:
    """Believe no tap whose answer went with a connection: the page has been read again since."""
    which, earlier, latest = connected(), ref("earlier", ""), ref("taps")
    taps = let(merged({}, facts(fact_keys.optimistic_keys()), facts(fact_keys.saving_keys())))

    def look(was: Js) -> list[Js]:
        lost = delay(LOST_MS, lambda: forget(lost_taps(was[1], latest.current)))
        return [assign(earlier, current=which), when(was[0] & (was[0] != which), lost)]

    return [
        effect(lambda: assign(latest, current=taps), taps),
        effect(lambda: where((earlier.current, name("Object.entries")(latest.current)), look), which),
    ]


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
            *_forget_lost_taps(),
        ],
        retry,
    )
