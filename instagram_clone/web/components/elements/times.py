"""Times on screen, and the clock that updates them."""

from __future__ import annotations

import reflex as rx

from instagram_clone.web.browser.core import let, name, when
from instagram_clone.web.browser.page import clock


@rx.memo
def time_ago(
    *, at: rx.Var[str], exact: rx.Var[bool] = False, in_words: rx.Var[bool] = False
) -> rx.Component:
    """How long ago something was, phrased for a sentence (`in_words`) or to the minute (`exact`).

    The full time is the title. Pages are prerendered, and the words depend on the reader's time zone, so
    they appear with the first tick.
    """
    now, then = clock.now(), let(clock.parse(at))
    words = when(
        exact,
        clock.date_and_time(then),
        when(in_words, clock.ago_in_words(then, now), clock.ago(then, now)),
    )
    return rx.el.time(
        when(now, words, ""),
        date_time=at,
        title=when(now, clock.full_date_and_time(then), name("undefined")),
    )


@rx.memo
def ticking_clock() -> rx.Component:
    """The clock of a page."""
    return rx.fragment(clock.run_clock())
