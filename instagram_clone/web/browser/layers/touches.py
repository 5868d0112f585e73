"""Fingers: one that stays, as a mouse hovers, and two that pinch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from instagram_clone.web.browser.core import Js, assign, js, name, new, ref, when, where

LONG_MS = 450
MOVED_PX = 10


def long_press(open_menu: Callable[[Js], Any]) -> dict[str, Any]:
    """The events of an element that has a menu, which opens when a finger is held on the element.

    For bodies of `rx.memo`.
    """
    touch = ref("touch", {})

    def begin(event: Js) -> Any:
        held = [assign(touch.current, held=True), open_menu(touch.current.on)]
        wait = name("setTimeout")(lambda: held, LONG_MS)
        return [
            assign(touch.current, on=event.currentTarget, x=event.clientX, y=event.clientY, held=False),
            when(
                (event.pointerType == "touch") & ~event.target.closest("[popover]"),
                assign(touch.current, timer=wait),
            ),
        ]

    def end() -> Any:
        return name("clearTimeout")(touch.current.timer)

    def moved(event: Js) -> Any:
        far = name("Math.hypot")(event.clientX - touch.current.x, event.clientY - touch.current.y)
        return when(far > MOVED_PX, end())

    def keep_open() -> Js:
        # Lifted beside what has opened, a finger would close it as a tap does.
        return name("requestAnimationFrame")(lambda: open_menu(touch.current.on))

    def lifted() -> Any:
        return [end(), when(touch.current.held, keep_open())]

    def held_on(event: Js) -> Any:
        # Lifting it is no click, on a link that it was held on or on what has opened under it. The click
        # may come a frame after the finger has gone, or not at all, and what closes comes with it.
        by_finger = touch.current.held & (event.detail > 0)  # a key's click has no detail
        return when(by_finger, [event.preventDefault(), event.stopPropagation(), keep_open()])

    return {
        "on_pointer_down": begin,
        "on_pointer_move": moved,
        "on_pointer_up": lifted,
        "on_pointer_cancel": end,
        "on_click_capture": held_on,
        "on_context_menu": lambda event: when(
            event.nativeEvent.pointerType == "touch", event.preventDefault()
        ),
    }


def dragged_or_pinched(drag: Callable[[Js], Any], pinch: Callable[[Js], Any]) -> dict[str, Any]:
    """The events of an element that one pointer drags, and two fingers pinch. For bodies of `rx.memo`.

    `drag` is given each event, `pinch` how many times as far apart the fingers are as they were before it.
    """
    fingers = ref("fingers", new(name("Map")))
    down = fingers.current

    def apart() -> Js:
        return spread(name("Array.from")(down.values()))

    def put(event: Js) -> Js:
        return down.set(event.pointerId, {"x": event.clientX, "y": event.clientY})

    def moved(event: Js) -> Js:
        # Worked out now: the fingers will have moved on when it is used.
        two = where(apart(), lambda before: [put(event), where(apart() / before, pinch)])
        return when(down.has(event.pointerId), when(down.size > 1, two, drag(event)))

    def lifted(event: Js) -> Js:
        return down.delete(event.pointerId)

    def begun(event: Js) -> list[Js]:
        return [event.currentTarget.setPointerCapture(event.pointerId), put(event)]

    return {
        "on_pointer_down": begun,
        "on_pointer_move": moved,
        "on_pointer_up": lifted,
        "on_pointer_cancel": lifted,
    }


def spread(points: Any) -> Js:
    """How far apart the first two of some points are, in pixels; never 0."""
    one, other = js(points)[0], js(points)[1]
    return name("Math.max")(1, name("Math.hypot")(one.x - other.x, one.y - other.y))
