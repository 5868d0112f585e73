"""Counts and their labels, worded the same on every screen."""

from __future__ import annotations

from typing import Any

from instagram_clone.web.browser.core import Js, js, name, when

FULL_BELOW = 10_000
"""Counts below this are written in full, and the rest are abbreviated: 9,999 and 12.4k."""


def with_commas(count: Any) -> Js:
    """Format 1234567 as 1,234,567."""
    return js(count).toLocaleString("en")


def abbreviated(count: Any) -> Js:
    """Format a count: 9,999 in full, then abbreviated to 12.4k and 1.2m, never rounded up."""
    number = js(count)

    def cut(size: int, unit: str) -> Js:
        return with_commas(name("Math.floor")(number / size * 10) / 10) + unit

    return when(
        number < FULL_BELOW,
        with_commas(number),
        when(number < 1_000_000, cut(1000, "k"), cut(1_000_000, "m")),
    )


def plural_word(count: Any, one: str) -> Js:
    """Return the word after a count: "like", "likes"."""
    return when(js(count) == 1, one, f"{one}s")


def plural(count: Any, one: str) -> Js:
    """Return a count with its word: "1 like", "2 likes"."""
    return with_commas(count) + " " + plural_word(count, one)


def like_words(likes: Any) -> Js:
    """Return the number of likes: "1 like", "12.4k likes"."""
    return when(js(likes) < FULL_BELOW, plural(likes, "like"), abbreviated(likes) + " likes")


def photo_words(likes: Any, comments: Any) -> Js:
    """Return a tile's accessible name: "Photo, 3 likes, 1 comment"."""
    return "Photo, " + plural(likes, "like") + ", " + plural(comments, "comment")


def comments_words(count: Any) -> Js:
    """Return the label of the link to a post's comments."""
    return when(js(count) == 1, "View 1 comment", "View all " + with_commas(count) + " comments")


def replies_words(left: Any, shown: Any) -> Js:
    """Return the label of the button for the replies left to show, given how many are shown."""
    word = when(js(left) == 1, "reply", "replies")
    return "View " + with_commas(left) + " " + when(js(shown) > 0, "more ", "") + word
