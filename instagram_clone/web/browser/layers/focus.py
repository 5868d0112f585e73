"""Moving the focus on when the button that has it is removed."""

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
"""Places in a list: NEXT is the row after what was the last one when the button was pressed. BOX is the
list itself, which may still be scrolling to where the button leads.
"""

_FOCUSABLE = "a, button, [tabindex]"


def handed_on(button: Js, within: Js, rows: Js, place: Js) -> tuple[Callable[[], Any], Js]:
    """Return what a button does when pressed, and the effect that moves its focus when it is removed: to
    the row at a `place`, or to the first focusable element in that row. For use in an `rx.memo`.

    Without this, keyboard and screen reader users start again at the top of the page.
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
        # If the list itself was removed, the code that removed it may have moved the focus already.
        lost = document.activeElement == document.body
        return when(lost, where(find(all_in(box)), focus))

    def leave(pair: Js) -> Js:
        # The rows added by this change are not in the page yet.
        later = name("requestAnimationFrame")(lambda: hand_on(pair[1]))
        return when(document.activeElement == pair[0], later)

    return note, layout_effect(
        lambda: where(
            js([button.current, box_of(button.current)]), lambda pair: [None, lambda: leave(pair)]
        )
    )
