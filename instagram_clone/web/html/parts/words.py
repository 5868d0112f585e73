"""Counts and times in words, worded exactly as `words.py` and `clock.py` in `web/browser/page` do it."""

from __future__ import annotations

from datetime import datetime

from instagram_clone.web.browser.page.words import FULL_BELOW

_UNITS = ((60, 3600, "m"), (3600, 86_400, "h"), (86_400, 604_800, "d"), (604_800, 2_419_200, "w"))
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec")


def like_words(likes: int) -> str:
    """Return a count of likes: 1 like, 9,999 likes, 12.4k likes."""
    return "1 like" if likes == 1 else f"{short(likes)} likes"


def pluralize(count: int, noun: str) -> str:
    """Return the word after a count: "like", "likes"."""
    return noun if count == 1 else f"{noun}s"


def short(count: int) -> str:
    """Return counts up to 9,999 in full and larger ones as 12.4k or 1.2m, never rounded up."""
    if count < FULL_BELOW:
        return f"{count:,}"
    size, unit = (1000, "k") if count < 1_000_000 else (1_000_000, "m")
    return f"{count * 10 // size / 10:,.1f}".removesuffix(".0") + unit


def ago(then: datetime, now: datetime) -> str:
    """Return how long ago something was: now, 4m, 2h, 3d, 2w, then the date."""
    seconds = (now - then).total_seconds()
    if seconds < 60:
        return "now"
    for size, below, letter in _UNITS:
        if seconds < below:
            return f"{int(seconds // size)}{letter}"
    day = f"{then.day} {_MONTHS[then.month - 1]}"
    return day if then.year == now.year else f"{day} {then.year}"
