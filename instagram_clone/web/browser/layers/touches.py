"""Touch gestures: the long press, where a mouse would hover, and dragging and pinching."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from instagram_clone.web.browser.core import Js, assign, js, name, new, ref, when, where

LONG_PRESS_MS = 450
MOVE_TOLERANCE_PX = 10


def long_press(open_menu: Callable[[Js], Any]) -> dict[str, Any]:
    """Return the event handlers for an element whose menu opens on a long press.

    For use in an `rx.memo`.
    """
    touch = ref("touch", {})

    def on_down(event: Js) -> Any:
        hold = [assign(touch.current, held=True), open_menu(touch.current.on)]
        timer = name("setTimeout")(lambda: hold, LONG_PRESS_MS)
        return [
            assign(touch.current, on=event.currentTarget, x=event.clientX, y=event.clientY, held=False),
            when(
                (event.pointerType == "touch") & ~event.target.closest("[popover]"),
                assign(touch.current, timer=timer),
            ),
        ]

    def cancel() -> Any:
        return name("clearTimeout")(touch.current.timer)

    def on_move(event: Js) -> Any:
        moved = name("Math.hypot")(event.clientX - touch.current.x, event.clientY - touch.current.y)
        return when(moved > MOVE_TOLERANCE_PX, cancel())

    def keep_open() -> Js:
        # A finger lifted outside the open menu would close it, just as a tap does.
        return name("requestAnimationFrame")(lambda: open_menu(touch.current.on))

    def on_up() -> Any:
        return [cancel(), when(touch.current.held, keep_open())]

    def on_click(event: Js) -> Any:
        # Lifting the finger must not click the link it was held on, or whatever has opened under it. The
        # click, which would also close the menu, may come a frame after the finger is lifted, or never.
        by_finger = touch.current.held & (event.detail > 0)  # a key's click has no detail
        return when(by_finger, [event.preventDefault(), event.stopPropagation(), keep_open()])

    return {
        "on_pointer_down": on_down,
        "on_pointer_move": on_move,
        "on_pointer_up": on_up,
        "on_pointer_cancel": cancel,
        "on_click_capture": on_click,
        "on_context_menu": lambda event: when(
            event.nativeEvent.pointerType == "touch", event.preventDefault()
        ),
    }


def drag_and_pinch(drag: Callable[[Js], Any], pinch: Callable[[Js], Any]) -> dict[str, Any]:
    """Return the event handlers for dragging with one pointer and pinching with two fingers.

    `drag` is given each event, and `pinch` the factor by which the distance between the fingers changed.
    For use in an `rx.memo`.
    """
    fingers = ref("fingers", new(name("Map")))
    down = fingers.current

    def current_distance() -> Js:
        return distance(name("Array.from")(down.values()))

    def track(event: Js) -> Js:
        return down.set(event.pointerId, {"x": event.clientX, "y": event.clientY})

    def on_move(event: Js) -> Js:
        # Computed now, because the fingers will have moved by the time it is used.
        pinch_by = where(
            current_distance(), lambda before: [track(event), where(current_distance() / before, pinch)]
        )
        return when(down.has(event.pointerId), when(down.size > 1, pinch_by, [track(event), drag(event)]))

    def on_up(event: Js) -> Js:
        return down.delete(event.pointerId)

    def on_down(event: Js) -> list[Js]:
        return [event.currentTarget.setPointerCapture(event.pointerId), track(event)]

    return {
        "on_pointer_down": on_down,
        "on_pointer_move": on_move,
        "on_pointer_up": on_up,
        "on_pointer_cancel": on_up,
    }


def distance(points: Any) -> Js:
    """Return the distance between the first two of some points, in pixels; never 0."""
    one, other = js(points)[0], js(points)[1]
    return name("Math.max")(1, name("Math.hypot")(one.x - other.x, one.y - other.y))
