"""A log, which is read from its end: who is near the end stays there, and nobody else is moved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from instagram_clone.web.browser.core import (
    Js,
    assign,
    effect,
    layout_effect,
    name,
    new,
    ref,
    state,
    when,
    where,
)

NEAR_END_PX = 120


def from_end(box: Js) -> Js:
    """How many pixels of a box are below what is seen of it."""
    return box.scrollHeight - box.scrollTop - box.clientHeight


def to_end(box: Js, behavior: str = "auto") -> Js:
    """Scroll to the end of a box."""
    return box.scrollTo({"top": box.scrollHeight, "behavior": behavior})


class Reading(NamedTuple):
    """Where somebody reads in a log: whether they are near its end as of the last render, a function
    that tells whether they are now, what to do when the log scrolls, and the effects for the children.
    """

    at_end: Js
    is_at_end: Callable[[], Js]
    scrolled: Callable[[], Any]
    effects: list[Js]


def reading(box: Js, first: Any) -> Reading:
    """Keep what is read in its place while a log grows at either end. `first` names its first entry.

    Starts at the element marked `data-start`, or else at the end. For bodies of `rx.memo`.
    """
    at_end, set_at_end = state("at_end", True)
    place = ref("place", {"below": 0, "height": 0})

    def note() -> list[Any]:
        below = from_end(box.current)
        return [
            assign(place.current, below=below, height=box.current.scrollHeight),
            set_at_end(below < NEAR_END_PX),
        ]

    def scrolled() -> Any:
        # A log that has grown was not scrolled by its reader: `follow` comes, and goes by what was before.
        return when(box.current.scrollHeight == place.current.height, note())

    def start(line: Js) -> list[Any]:
        return [when(line, line.scrollIntoView({"block": "center"})), *note()]

    def follow() -> list[Any]:
        return [when(place.current.below < NEAR_END_PX, to_end(box.current)), *note()]

    def keep_place() -> Any:
        shown = box.current
        return assign(shown, scrollTop=shown.scrollHeight - shown.clientHeight - place.current.below)

    def watch() -> Js:
        return where(
            new(name("ResizeObserver"), follow),
            lambda watcher: [
                watcher.observe(box.current),
                watcher.observe(box.current.firstElementChild),
                lambda: watcher.disconnect(),
            ],
        )

    return Reading(
        at_end,
        lambda: from_end(box.current) < NEAR_END_PX,
        scrolled,
        [
            # What came above pushes everything down: not every browser makes up for that by itself.
            layout_effect(keep_place, first),
            layout_effect(lambda: where(box.current.querySelector("[data-start]"), start)),
            effect(watch),
        ],
    )
