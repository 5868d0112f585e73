"""A log, which is read from its end: a reader near the end stays there, and anyone else is not moved."""

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
    """Return how many pixels of a box's content lie below its visible part."""
    return box.scrollHeight - box.scrollTop - box.clientHeight


def to_end(box: Js, behavior: str = "auto") -> Js:
    """Scroll to the end of a box."""
    return box.scrollTo({"top": box.scrollHeight, "behavior": behavior})


class Reading(NamedTuple):
    """A reader's position in a log: whether they were near its end at the last render, a function that
    returns whether they are now, one that scrolls there, the handler for scroll events, and the effects
    for the children.
    """

    at_end: Js
    is_at_end: Callable[[], Js]
    to_end: Callable[[], list[Any]]
    on_scroll: Callable[[], Any]
    effects: list[Js]


def reading(box: Js, rows: str, first: Any, last: Any, continues: Any) -> Reading:
    """Keep the reader's place while a log grows at one end and is trimmed at the other.

    Its entries match the selector `rows`; `first` and `last` identify those at its ends. While it
    `continues` beyond the last one, the view never jumps to the end. Starts at the element marked
    `data-start`, or else at the end. For use in an `rx.memo`.
    """
    at_end, set_at_end = state("at_end", True)
    place = ref("place", {"below": 0, "height": 0})
    continued = ref("continued", False)

    def edge(row: Js, side: str) -> Js:
        return row.getBoundingClientRect()[side] - box.current.getBoundingClientRect().top

    def first_visible() -> Js:
        """The first entry that is at least partly visible."""
        all_ = default(box.current.querySelectorAll(rows), ())
        return name("Array.from")(all_).find(lambda row: edge(row, "bottom") > 0)

    def record() -> list[Any]:
        below = from_end(box.current)
        return [
            assign(place.current, below=below, height=box.current.scrollHeight),
            where(first_visible(), lambda row: assign(place.current, row=row, top=edge(row, "top"))),
            set_at_end(below < NEAR_END_PX),
        ]

    def on_scroll() -> Any:
        # If the log has grown, the reader did not scroll: `follow` runs next, and needs the old position.
        return when(box.current.scrollHeight == place.current.height, record())

    def start(line: Js) -> list[Any]:
        return [when(line, line.scrollIntoView({"block": "center"})), *record()]

    def keep() -> Js:
        moved = edge(place.current.row, "top") - place.current.top
        return assign(box.current, scrollTop=box.current.scrollTop + moved)

    def follow() -> list[Any]:
        near = ~continued.current & (place.current.below < NEAR_END_PX)
        kept = when(place.current.row.isConnected, keep())
        return [when(near, to_end(box.current), kept), *record()]

    def keep_place() -> list[Any]:
        return [
            when(place.current.row.isConnected, keep(), to_end(box.current)),
            when(continued.current, record()),
            assign(continued, current=continues),
            # What is updated right after this commit, such as where a group begins, is not painted yet.
            name("requestAnimationFrame")(lambda: when(box.current, follow())),
        ]

    def observe_size() -> Js:
        return where(
            new(name("ResizeObserver"), follow),
            lambda observer: [
                observer.observe(box.current),
                observer.observe(box.current.firstElementChild),
                lambda: observer.disconnect(),
            ],
        )

    return Reading(
        at_end,
        lambda: from_end(box.current) < NEAR_END_PX,
        lambda: [to_end(box.current), *record()],
        on_scroll,
        [
            # Entries added above push everything down, and not every browser compensates by itself.
            layout_effect(keep_place, first, last, continues),
            layout_effect(lambda: where(box.current.querySelector("[data-start]"), start)),
            effect(observe_size),
        ],
    )
