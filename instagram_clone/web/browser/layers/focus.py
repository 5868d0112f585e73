"""Moving the focus on when the element that has it is removed."""

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

_REMOVABLE_ROWS = "li, [data-row]"


def focus_main_if_lost() -> Js:
    """Focus the page's main content if the element that had the focus is gone, without scrolling there."""
    return when(_is_lost(), document.getElementById("main").focus({"preventScroll": True}))


def _is_lost() -> Js:
    return document.activeElement == document.body


def focus_handoff(button: Js, within: Js, rows: Js, place: Js) -> tuple[Callable[[], Any], Js]:
    """Return what a button does when pressed, and the effect that moves its focus when it is removed: to
    the row at a `place`, or to the first focusable element in that row. For use in an `rx.memo`.

    Without this, keyboard and screen reader users start again at the top of the page.
    """
    last = ref("last_row")

    def all_in(box: Js) -> Js:
        return name("Array.from")(box.querySelectorAll(rows))

    def box_of(button: Js) -> Js:
        return when(within, button.closest(within), button.parentElement)

    def remember_last() -> Js:
        return where(all_in(box_of(button.current)), lambda all_: assign(last, current=all_.at(-1)))

    def focus(row: Js) -> Js:
        target = when(row.matches(_FOCUSABLE), row, row.querySelector(_FOCUSABLE))
        return target.focus({"preventScroll": place == BOX})

    def find(all_: Js) -> Js:
        after = default(all_[all_.indexOf(last.current) + 1], all_.at(-1))
        return when(place == LAST, all_.at(-1), when(place == NEXT, after, all_[0]))

    def move_focus(box: Js) -> Js:
        # If the list itself was removed, the code that removed it may have moved the focus already.
        return when(_is_lost(), where(find(all_in(box)), focus))

    def on_remove(pair: Js) -> Js:
        # The rows added by this change are not in the page yet.
        later = name("requestAnimationFrame")(lambda: move_focus(pair[1]))
        return when(document.activeElement == pair[0], later)

    return remember_last, layout_effect(
        lambda: where(
            js([button.current, box_of(button.current)]), lambda pair: [None, lambda: on_remove(pair)]
        )
    )


def focus_neighbour(button: Js) -> Js:
    """Return the effect that moves the focus when a button is removed while it has it: to the next row, or
    else the one before, and if there is none to the dialog or panel, or to the page's main content. For use
    in an `rx.memo`.

    In a row it goes to the link, or to the row itself, so that another Enter decides nothing.
    """

    def move_focus(row: Js, dialog: Js) -> Js:
        target = when(row.isConnected, default(row.querySelector("a"), row), dialog)
        # Whatever closes a dialog or panel returns the focus, and may not have done so yet.
        is_closed = dialog & ~dialog.matches(":popover-open, [open]")
        move = [target.focus({"preventScroll": True}), focus_main_if_lost()]
        return when(_is_lost() & ~is_closed, move)

    def on_remove(button: Js) -> Js:
        row = button.closest(_REMOVABLE_ROWS)
        dialog = button.closest("dialog, [popover]")
        places = js([row.nextElementSibling | row.previousElementSibling, dialog])
        later = where(
            places, lambda places: name("requestAnimationFrame")(lambda: move_focus(places[0], places[1]))
        )
        return when(document.activeElement == button, later)

    return layout_effect(lambda: where(button.current, lambda button: [None, lambda: on_remove(button)]))
