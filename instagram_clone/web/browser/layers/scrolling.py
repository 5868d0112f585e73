"""A log, which is read from its end: who is near the end stays there, and nobody else is moved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from instagram_clone.web.browser.core import (
    Js,
    assign,
    default,
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
    that tells whether they are now, one that takes them there, what to do when the log scrolls, and the
    effects for the children.
    """

    at_end: Js
    is_at_end: Callable[[], Js]
    to_end: Callable[[], list[Any]]
    scrolled: Callable[[], Any]
    effects: list[Js]


def reading(box: Js, rows: str, first: Any, last: Any, goes_on: Any) -> Reading:
    """Keep what is read in its place while a log grows at one end, and is cut at the other.

    Its entries fit the selector `rows`; `first` and `last` name those at its ends. Where it `goes_on` below
    the last, nobody is taken to its end. Starts at the element marked `data-start`, or else at the end.
    For bodies of `rx.memo`.
    """
    at_end, set_at_end = state("at_end", True)
    place = ref("place", {"below": 0, "height": 0})
    went_on = ref("went_on", False)

    def edge(row: Js, side: str) -> Js:
        return row.getBoundingClientRect()[side] - box.current.getBoundingClientRect().top

    def seen() -> Js:
        """The first entry of which something is seen."""
        all_ = default(box.current.querySelectorAll(rows), ())
        return name("Array.from")(all_).find(lambda row: edge(row, "bottom") > 0)

    def note() -> list[Any]:
        below = from_end(box.current)
        return [
            assign(place.current, below=below, height=box.current.scrollHeight),
            where(seen(), lambda row: assign(place.current, row=row, top=edge(row, "top"))),
            set_at_end(below < NEAR_END_PX),
        ]

    def scrolled() -> Any:
        # A log that has grown was not scrolled by its reader: `follow` comes, and goes by what was before.
        return when(box.current.scrollHeight == place.current.height, note())

    def start(line: Js) -> list[Any]:
        return [when(line, line.scrollIntoView({"block": "center"})), *note()]

    def keep() -> Js:
        moved = edge(place.current.row, "top") - place.current.top
        return assign(box.current, scrollTop=box.current.scrollTop + moved)

    def follow() -> list[Any]:
        near = ~went_on.current & (place.current.below < NEAR_END_PX)
        kept = when(place.current.row.isConnected, keep())
        return [when(near, to_end(box.current), kept), *note()]

    def keep_place() -> list[Any]:
        return [
            when(place.current.row.isConnected, keep(), to_end(box.current)),
            when(went_on.current, note()),
            assign(went_on, current=goes_on),
            # What is put right after this commit, such as where a group begins, is not painted yet.
            name("requestAnimationFrame")(lambda: when(box.current, follow())),
        ]

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
        lambda: [to_end(box.current), *note()],
        scrolled,
        [
            # What came above pushes everything down: not every browser makes up for that by itself.
            layout_effect(keep_place, first, last, goes_on),
            layout_effect(lambda: where(box.current.querySelector("[data-start]"), start)),
            effect(watch),
        ],
    )
