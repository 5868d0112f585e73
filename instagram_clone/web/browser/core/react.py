"""React's hooks from Python, for the bodies of `rx.memo`: what a component remembers, and when it acts."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2s
from typing import Any

import reflex as rx

from .adapter import hook, with_needs
from .tracing import Js, TracingError, fn, is_local, js, name, value, when, where, write


def _hook(line: rx.Var, result: str) -> Js:
    """A line at the top of the component, before what is shown; `result` is what it is known by."""
    if is_local(line):
        raise TracingError("a hook cannot use the parameters of a function: give it to the component")
    return with_needs(Js, result, line, hook(f"{line!s};"))


def let(computed: Any) -> Js:
    """Work a value out once each time the component renders, however often it is used."""
    made = value(computed)
    const = f"let_{blake2s(str(made).encode(), digest_size=5).hexdigest()}"
    return _hook(write(f"const {const} = ", made), const)


def use(hook: str, *arguments: Any, library: str = "react") -> Js:
    """The value of a hook, by its name."""
    return let(name(hook, library)(*arguments))


def state(label: str, first: Any) -> tuple[Js, Js]:
    """What a component remembers under a label of its own: the value now, and the function that sets it.

    `first` may be a function, called once. What is set may be one, given the value before.
    """
    pair = f"{label}_now, {label}_set"
    line = write(f"const [{pair}] = ", name("useState", "react"), "(", value(first), ")")
    now = _hook(line, f"{label}_now")
    return now, with_needs(Js, f"{label}_set", now)


def ref(label: str, first: Any = None) -> Js:
    """A box of the component's own that outlives renders: `.current` is what is in it."""
    line = write(f"const {label}_ref = ", name("useRef", "react"), "(", value(first), ")")
    return _hook(line, f"{label}_ref")


def effect(work: Callable[[], Any], *changes: Any, hook: str = "useEffect") -> Js:
    """Do something once the component is on screen, and again whenever one of the changes has changed.

    Stands among the component's children. Where the last step is a function, it cleans up.
    """
    return _hook(name(hook, "react")(with_cleanup(work), list(changes)), "null")


def with_cleanup(work: Callable[[], Any]) -> Js:
    """The work of an effect, which returns its last step if that is a function, and else nothing.

    React calls whatever an effect returns, be it the promise of an event.
    """
    return fn(lambda: where(js(work)(), lambda last: when(last.call, last)))


def layout_effect(work: Callable[[], Any], *changes: Any) -> Js:
    """The same, before anything is painted."""
    return effect(work, *changes, hook="useLayoutEffect")


def after(milliseconds: Any, work: Callable[[], Any], *changes: Any) -> Js:
    """Do something so long after the component appeared, or a change, unless it has gone by then."""
    return effect(lambda: delay(milliseconds, work), milliseconds, *changes)


def delay(milliseconds: Any, work: Callable[[], Any]) -> Js:
    """Do something so much later. The value is a function that prevents it, as effects give one."""
    return name("clearTimeout.bind")(None, name("setTimeout")(work, milliseconds))


def listen(target: Callable[[], Js], event: str, heard: Callable[..., Any], *changes: Any) -> Js:
    """Hear an event of the window, the document or an element for as long as the component is there."""
    return effect(
        lambda: where(
            (target(), value(heard)),
            lambda pair: [
                pair[0].addEventListener(event, pair[1]),
                lambda: pair[0].removeEventListener(event, pair[1]),
            ],
        ),
        *changes,
    )


def portal(component: rx.Component, into: Any) -> Js:
    """Show a component, an `rx.memo`, in another element than the one it stands in."""
    return name("createPortal", "react-dom")(component, into)


def dom(**props: Any) -> dict[str, Any]:
    """Properties of an element as the browser has them: `ref`, `on_...` with traced functions, `data_...`.

    Use as `rx.el.div(..., **dom(ref=box, on_key_down=lambda event: [...]))`.
    """
    return {"custom_attrs": {_spelled(key): value(one) for key, one in props.items()}}


def _spelled(key: str) -> str:
    first, *others = key.rstrip("_").split("_")
    if first in ("data", "aria"):
        return "-".join([first, *others])
    return first + "".join(one.capitalize() for one in others)
