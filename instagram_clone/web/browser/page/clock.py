"""Times and dates as text, and the one clock that keeps every "how long ago" on screen up to date."""

from __future__ import annotations

from typing import Any

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, effect, fn, js, let, name, new, when, where
from instagram_clone.web.browser.page.facts import fact, learn

TICK_MS = 30_000

_NOW = name("Date.now")
_UNITS = ((60, 3600, "m"), (3600, 86_400, "h"), (86_400, 604_800, "d"), (604_800, 2_419_200, "w"))
"""The seconds in a unit, the number of seconds below which it is used, and its letter."""

_DAY = {"day": "numeric", "month": "short"}
_MINUTE = {"hour": "2-digit", "minute": "2-digit"}


def ago(then: Any, now: Any) -> Js:
    """Return how long before `now` a time was, both in milliseconds: now, 4m, 2h, 3d, 2w, then the date."""
    then, now = js(then), js(now)

    def words(seconds: Js) -> Js:
        longer = date(then, now)
        for unit, below, letter in reversed(_UNITS):
            longer = when(seconds < below, name("Math.floor")(seconds / unit) + letter, longer)
        return when(seconds < 60, "now", longer)

    return where((now - then) / 1000, words)


def ago_in_words(then: Any, now: Any) -> Js:
    """Return `ago` worded for use in a sentence: a moment ago, 5 min ago, 4 Mar."""

    def words(ago: Js) -> Js:
        unit = js({"m": "min", "h": "h", "d": "d", "w": "w"})[ago.slice(-1)]
        short = ago.slice(0, -1) + " " + unit + " ago"
        return when(ago == "now", "a moment ago", when(unit & (ago.length < 4), short, ago))

    return where(ago(then, now), words)


def date(then: Any, now: Any) -> Js:
    """Return the date, with its year unless that is the current one: 4 Mar, 4 Mar 2024."""
    day, today = _at(then), _at(now)
    year = when(day.getFullYear() == today.getFullYear(), name("undefined"), "numeric")
    return day.toLocaleDateString("en-GB", {**_DAY, "year": year})


def date_and_time(then: Any) -> Js:
    """Return the date and time: 4 Mar, 08:14."""
    return _at(then).toLocaleString("en-GB", {**_DAY, **_MINUTE})


def time_of_day(then: Any) -> Js:
    """Return the time without the date: 08:14."""
    return _at(then).toLocaleTimeString("en-GB", _MINUTE)


def full_date_and_time(then: Any) -> Js:
    """Return the full date and time: 4 March 2024 at 08:14."""
    return _at(then).toLocaleString(
        "en-GB", {"day": "numeric", "month": "long", "year": "numeric", **_MINUTE}
    )


def days_ago(then: Any, now: Any) -> Js:
    """Return how many midnights lie between two times in the reader's time zone; 0 is today."""
    # Rounded, because a day on which the clocks change has 23 or 25 hours.
    return name("Math.round")((_midnight(now) - _midnight(then)) / 86_400_000)


def parse(text: Any) -> Js:
    """Return an ISO 8601 time in milliseconds."""
    return name("Date.parse")(text)


def now() -> Js:
    """The time at the clock's last tick, or nothing before the first. For use in an `rx.memo`."""
    return let(fact(fact_keys.clock_key()))


def run_clock() -> Js:
    """Run the clock. An effect, for the children of the one component that owns it."""

    def tick() -> Js:
        return learn({fact_keys.clock_key(): _NOW()})

    return effect(
        lambda: [tick(), name("clearInterval.bind")(None, name("setInterval")(fn(tick), TICK_MS))]
    )


def _at(time: Any) -> Js:
    return new(name("Date"), time)


def _midnight(time: Any) -> Js:
    return _at(time).setHours(0, 0, 0, 0)
