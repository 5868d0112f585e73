"""The state of the connection to the server, and what the user is told about it."""

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
"""An interruption shorter than this is not shown."""

BACK_MS = 3_000

_PING = "/ping"


def banner(offline: Any, late: Any, back: Any) -> Js:
    """Return which banner to show: offline, server unreachable, back online, or "" for none."""
    return when(js(offline), OFFLINE, when(js(late), RECONNECTING, when(js(back), BACK, "")))


LOST_MS = 2_000
"""A tap sent over an earlier connection that is still unanswered this long into the next one is lost."""


class Connection(NamedTuple):
    """The banner to show, the effects it needs among the children, and a function that retries at once."""

    banner: Js
    effects: list[Js]
    retry: Any


def is_broken() -> Js:
    """Whether the socket is known to be down, so that events are queued. For use in an `rx.memo`."""
    return let(use("useContext", name(EVENT_LOOP, REGISTRY))[1].length > 0)


def connection_id() -> Js:
    """The id of the tab's connection, "" before the first. Anything sent over an earlier one may be lost,
    even if no break was visible: a proxy may switch to another process at once. For use in an `rx.memo`.
    """
    return let(default(fact(fact_keys.connection_key()), ""))


def viewer_id() -> Js:
    """The id of who is signed in on the tab's connection, "" if nobody is. It may have changed with the
    connection, as all tabs share the session's cookie. For use in an `rx.memo`.
    """
    return let(default(fact(fact_keys.viewer_key()), ""))


def lost_taps(before: Any, now: Any) -> Js:
    """Return the keys of earlier taps, given as `[key, fact]` pairs, that are still unanswered."""
    return js(before).filter(lambda tap: js(now)[tap[0]] == tap[1]).map(lambda tap: tap[0])


def _forget_lost_taps() -> list[Js]:
    """Drop optimistic facts whose answer was lost with a connection: the page's data was reloaded since."""
    current, earlier, latest = connection_id(), ref("earlier", ""), ref("taps")
    taps = let(merged({}, facts(fact_keys.optimistic_keys()), facts(fact_keys.saving_keys())))

    def on_change(before: Js) -> list[Js]:
        lost = delay(LOST_MS, lambda: forget(lost_taps(before[1], latest.current)))
        return [assign(earlier, current=current), when(before[0] & (before[0] != current), lost)]

    return [
        effect(lambda: assign(latest, current=taps), taps),
        effect(
            lambda: where((earlier.current, name("Object.entries")(latest.current)), on_change), current
        ),
    ]


def connection() -> Connection:
    """Track the connection. For use in an `rx.memo`."""
    offline, set_offline = state("offline", False)
    late, set_late = state("late", False)
    back, set_back = state("back", False)
    was_gone = ref("was_gone", False)
    broken = is_broken()
    gone = let(offline | late)

    def check() -> Js:
        return set_offline(~name("navigator").onLine)

    def retry() -> list[Any]:
        # A browser that reports being offline may be wrong: if the server answers, it is reachable.
        reached, failed = lambda: set_offline(False), check
        return [name("fetch")(_PING, {"cache": "no-store"}).then(reached, failed), reconnect()]

    return Connection(
        let(banner(offline, late, back)),
        [
            effect(check),
            listen(lambda: window, "online", check),
            listen(lambda: window, "offline", check),
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
