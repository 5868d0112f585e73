"""Where the focus goes when the button that had it goes away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from instagram_clone.web.browser.core import (
    Js,
    assign,
    default,
    document,
    js,
    layout_effect,
    name,
    ref,
    when,
    where,
)

FIRST, LAST, NEXT, BOX = "first", "last", "next", "box"
"""Places in a list: NEXT is after what was its last row when the button was pressed, BOX the list itself,
which may be on its way to where the button leads.
"""

_FOCUSABLE = "a, button, [tabindex]"


def handed_on(button: Js, within: Js, rows: Js, place: Js) -> tuple[Callable[[], Any], Js]:
    """What a button does as it is pressed, and the effect that hands its focus on when it goes: to the row
    at a `place`, or what of that row takes the focus first. For bodies of `rx.memo`.

    Without it keyboards and screen readers begin again at the top of the page.
    """
    end = ref("end")

    def all_in(box: Js) -> Js:
        return name("Array.from")(box.querySelectorAll(rows))

    def box_of(button: Js) -> Js:
        return when(within, button.closest(within), button.parentElement)

    def note() -> Js:
        return where(all_in(box_of(button.current)), lambda all_: assign(end, current=all_.at(-1)))

    def focus(row: Js) -> Js:
        one = when(row.matches(_FOCUSABLE), row, row.querySelector(_FOCUSABLE))
        return one.focus({"preventScroll": place == BOX})

    def find(all_: Js) -> Js:
        after = default(all_[all_.indexOf(end.current) + 1], all_.at(-1))
        return when(place == LAST, all_.at(-1), when(place == NEXT, after, all_[0]))

    def hand_on(box: Js) -> Js:
        # Unless whoever took the list away has seen to it.
        lost = document.activeElement == document.body
        return when(lost, where(find(all_in(box)), focus))

    def leave(pair: Js) -> Js:
        # The rows that come with this change are not there yet.
        later = name("requestAnimationFrame")(lambda: hand_on(pair[1]))
        return when(document.activeElement == pair[0], later)

    return note, layout_effect(
        lambda: where(
            js([button.current, box_of(button.current)]), lambda pair: [None, lambda: leave(pair)]
        )
    )
