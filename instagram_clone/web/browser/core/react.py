"""React's hooks from Python, for the body of an `rx.memo`: local state, refs, effects and listeners."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2s
from typing import Any

import reflex as rx

from .adapter import hook, var_with_data
from .tracing import Js, TracingError, fn, is_local, js, name, value, when, where, write


def _hook(line: rx.Var, result: str) -> Js:
    """Add a line at the top of the component, above what it renders. `result` is the name it defines."""
    if is_local(line):
        raise TracingError("a hook cannot use the parameters of a function: give it to the component")
    return var_with_data(Js, result, line, hook(f"{line!s};"))


def let(computed: Any) -> Js:
    """Compute a value once per render, however often it is used."""
    made = value(computed)
    const = f"let_{blake2s(str(made).encode(), digest_size=5).hexdigest()}"
    return _hook(write(f"const {const} = ", made), const)


def use(hook: str, *arguments: Any, library: str = "react") -> Js:
    """Call a hook by name and return its value."""
    return let(name(hook, library)(*arguments))


def state(label: str, first: Any) -> tuple[Js, Js]:
    """Declare component state under a unique label, and return its current value and its setter.

    `first` may be a function, which is called once. The setter also takes a function of the previous value.
    """
    pair = f"{label}_now, {label}_set"
    line = write(f"const [{pair}] = ", name("useState", "react"), "(", value(first), ")")
    now = _hook(line, f"{label}_now")
    return now, var_with_data(Js, f"{label}_set", now)


def ref(label: str, first: Any = None) -> Js:
    """Declare a ref of the component, which persists across renders; `.current` is its content."""
    line = write(f"const {label}_ref = ", name("useRef", "react"), "(", value(first), ")")
    return _hook(line, f"{label}_ref")


def effect(work: Callable[[], Any], *changes: Any, hook: str = "useEffect") -> Js:
    """Run some work once the component is on screen, and again whenever one of `changes` changes.

    Place it among the component's children. If the last step is a function, it is the cleanup.
    """
    return _hook(name(hook, "react")(with_cleanup(work), list(changes)), "null")


def with_cleanup(work: Callable[[], Any]) -> Js:
    """Make the work of an effect return its last step only if that is a function, and otherwise nothing.

    React calls whatever an effect returns, even the promise of an event.
    """
    return fn(lambda: where(js(work)(), lambda last: when(last.call, last)))


def layout_effect(work: Callable[[], Any], *changes: Any) -> Js:
    """Run some work like `effect`, but before the browser paints."""
    return effect(work, *changes, hook="useLayoutEffect")


def after(milliseconds: Any, work: Callable[[], Any], *changes: Any) -> Js:
    """Run some work a delay after the component mounts or a change happens, unless it has unmounted."""
    return effect(lambda: delay(milliseconds, work), milliseconds, *changes)


def delay(milliseconds: Any, work: Callable[[], Any]) -> Js:
    """Run some work after a delay. The value is a function that cancels it, as an effect's cleanup does."""
    return name("clearTimeout.bind")(None, name("setTimeout")(work, milliseconds))


def listen(target: Callable[[], Js], event: str, handler: Callable[..., Any], *changes: Any) -> Js:
    """Listen to an event of the window, the document or an element while the component is mounted."""
    return effect(
        lambda: where(
            (target(), value(handler)),
            lambda pair: [
                pair[0].addEventListener(event, pair[1]),
                lambda: pair[0].removeEventListener(event, pair[1]),
            ],
        ),
        *changes,
    )


def portal(component: rx.Component, into: Any) -> Js:
    """Render a component (an `rx.memo`) into a different element from the one it is placed in."""
    return name("createPortal", "react-dom")(component, into)


def dom(**props: Any) -> dict[str, Any]:
    """Return an element's native properties: `ref`, `on_...` with traced functions, `data_...`.

    Use as `rx.el.div(..., **dom(ref=box, on_key_down=lambda event: [...]))`.
    """
    return {"custom_attrs": {_react_name(key): value(prop) for key, prop in props.items()}}


def _react_name(key: str) -> str:
    first, *others = key.rstrip("_").split("_")
    if first in ("data", "aria"):
        return "-".join([first, *others])
    return first + "".join(word.capitalize() for word in others)
