"""Menus: the browser's own popovers, positioned next to their button, with arrow keys."""

from __future__ import annotations

from typing import Any

from instagram_clone.web.browser.core import Js, default, document, js, name, when, where, window

GAP = 4
EDGE = 8
_ITEMS = "[role=menuitem], [role=menuitemradio]"


def position(button: Any, menu: Any, area: Any, above: Any, start: Any) -> Js:
    """Return a menu's position as `x` and `y` in the viewport: aligned with a button's end or start, below
    or above it, and entirely within an area if it fits. All three are shaped like a DOMRect.
    """
    button, menu, area = js(button), js(menu), js(area)
    least = name("Math.min")
    wanted = when(start, button.left, button.right - menu.width)
    x = name("Math.max")(area.left + EDGE, least(wanted, area.right - EDGE - menu.width))
    over, under = button.top - GAP - menu.height, button.bottom + GAP
    fits_over, fits_under = over >= area.top + EDGE, under + menu.height <= area.bottom - EDGE
    y = when(above, when(fits_over | ~fits_under, over, under), when(fits_under | ~fits_over, under, over))
    return js({"x": x, "y": y})


def place(menu: Js, above: Any, start: Any) -> Js:
    """Position an open menu next to its button, which is the element before it."""
    screen = {"left": 0, "top": 0, "right": window.innerWidth, "bottom": window.innerHeight}
    button = menu.previousElementSibling.getBoundingClientRect()
    return where(
        position(button, menu.getBoundingClientRect(), screen, above, start),
        lambda at: [
            menu.style.setProperty("--x", f"{at.x + window.scrollX}px"),
            menu.style.setProperty("--y", f"{at.y + window.scrollY}px"),
        ],
    )


def open_in(place: Js) -> Js:
    """Open the menu inside an element. Idempotent."""
    return place.querySelector("[popover]").togglePopover(True)


def focus_first(menu: Js) -> Js:
    """Focus the first item."""
    return menu.querySelector(_ITEMS).focus({"preventScroll": True})


def next_item(key: Any, at: Any, count: Any, columns: Any = 1) -> Js:
    """Return the index of the item that a key moves to from index `at`, wrapping around, or nothing.

    If the items are laid out in several columns, up and down stay within a column.
    """
    at, count, columns = js(at), js(count), js(columns)
    over, under = at - columns, at + columns
    last_below = count - 1 - (count - 1 - at) % columns
    targets = {
        "ArrowDown": when(under < count, under, at % columns),
        "ArrowUp": when(over >= 0, over, last_below),
        "Home": 0,
        "End": count - 1,
    }
    sideways = {"ArrowRight": (at + 1) % count, "ArrowLeft": (at - 1 + count) % count}
    return default(js(targets)[key], when(columns > 1, js(sideways)[key]))


def walk(event: Js) -> Js:
    """Move among the items of the menu with the keyboard; Tab closes it."""

    def focus(item: Js) -> list[Any]:
        # After a click, Safari shows no focus ring for a focus moved by script unless asked to.
        return [event.preventDefault(), item.focus({"focusVisible": True})]

    def move(items: Js) -> Any:
        columns = items.filter(lambda item: item.offsetTop == items[0].offsetTop).length
        to = next_item(event.key, items.indexOf(document.activeElement), items.length, columns)
        return where(default(to, -1), lambda to: when(to >= 0, focus(items[to])))

    items = name("Array.from")(event.currentTarget.querySelectorAll(_ITEMS))
    return when(event.key == "Tab", event.currentTarget.hidePopover(), where(items, move))


def close_after_choice(event: Js) -> Js:
    """Close the menu once one of its items has been chosen."""
    return when(event.target.closest(_ITEMS), event.currentTarget.hidePopover())
