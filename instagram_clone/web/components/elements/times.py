"""Times on screen, and the clock that moves them."""

from __future__ import annotations

import reflex as rx

from instagram_clone.web.browser.core import let, name, when
from instagram_clone.web.browser.page import clock


@rx.memo
def time_ago(
    *, at: rx.Var[str], exact: rx.Var[bool] = False, in_words: rx.Var[bool] = False
) -> rx.Component:
    """How long ago something was, `in_words` of a sentence, or its `exact` minute; in full as the title.

    Pages are built ahead: the words come with the first tick, as they depend on where the reader is.
    """
    now, then = clock.now(), let(clock.parsed(at))
    words = when(
        exact,
        clock.minute(then),
        when(in_words, clock.ago_in_words(then, now), clock.ago(then, now)),
    )
    return rx.el.time(
        when(now, words, ""),
        date_time=at,
        title=when(now, clock.in_full(then), name("undefined")),
    )


@rx.memo
def ticking_clock() -> rx.Component:
    """The clock of a page."""
    return rx.fragment(clock.ticking())
