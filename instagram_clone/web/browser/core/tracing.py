"""Tracing of Python into JavaScript: browser names, lambdas, and the few forms around them.

A `Js` is a value that exists in the browser. It is used like any Python object, with attributes, calls
and operators; each operation is recorded, and runs in the browser. The templates in this module are the
only places where text becomes code.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import reflex as rx

from .adapter import (
    PROBED_ATTRIBUTES,
    STATE_EVENT_TYPES,
    event_call,
    import_data,
    imports_of,
    literal,
    var_with_data,
)

_NAME = re.compile(r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*")
_PYTHON_METHODS = {
    "append": "concat",
    "endswith": "endsWith",
    "lower": "toLowerCase",
    "startswith": "startsWith",
    "strip": "trim",
    "upper": "toUpperCase",
}
_PARAMETER = re.compile(r"\b\w+\$\d+\b")


class TracingError(TypeError):
    """Raised for a lambda that cannot run in a browser, with its file and line."""


class Js(rx.Var):
    """A value in the browser. Members are accessed with `?.`, so a missing value has undefined members."""

    def __getattr__(self, attribute: str) -> Js:
        if attribute.startswith("__") or attribute in PROBED_ATTRIBUTES:
            raise AttributeError(attribute)
        if attribute in _PYTHON_METHODS:
            raise TypeError(f"Browsers have no .{attribute}: use .{_PYTHON_METHODS[attribute]}")
        return write(self, f"?.{attribute}")

    def __getitem__(self, key: Any) -> Js:
        return write(self, "?.[", value(key), "]")

    def __call__(self, *arguments: Any) -> Js:
        return write(self, "(", *_comma_separated(arguments), ")")

    def __iter__(self):
        raise TypeError("What is in the browser cannot be looped over here: use .map, .filter, .forEach")

    def __eq__(self, other: Any) -> Any:
        return write("(", self, " === ", value(other), ")")

    def __ne__(self, other: Any) -> Any:
        return write("(", self, " !== ", value(other), ")")

    __hash__ = rx.Var.__hash__

    def __and__(self, other: Any) -> Any:
        return write("(", self, " && ", value(other), ")")

    def __or__(self, other: Any) -> Any:
        return write("(", self, " || ", value(other), ")")

    def __rand__(self, other: Any) -> Any:
        return write("(", value(other), " && ", self, ")")

    def __ror__(self, other: Any) -> Any:
        return write("(", value(other), " || ", self, ")")

    def __invert__(self) -> Any:
        return write("(!", self, ")")

    def __neg__(self) -> Js:
        return write("(-", self, ")")

    def __lt__(self, other: Any) -> Js:
        return write("(", self, " < ", value(other), ")")

    def __le__(self, other: Any) -> Js:
        return write("(", self, " <= ", value(other), ")")

    def __gt__(self, other: Any) -> Js:
        return write("(", self, " > ", value(other), ")")

    def __ge__(self, other: Any) -> Js:
        return write("(", self, " >= ", value(other), ")")

    def __add__(self, other: Any) -> Js:
        return write("(", self, " + ", value(other), ")")

    def __radd__(self, other: Any) -> Js:
        return write("(", value(other), " + ", self, ")")

    def __sub__(self, other: Any) -> Js:
        return write("(", self, " - ", value(other), ")")

    def __rsub__(self, other: Any) -> Js:
        return write("(", value(other), " - ", self, ")")

    def __mul__(self, other: Any) -> Js:
        return write("(", self, " * ", value(other), ")")

    def __rmul__(self, other: Any) -> Js:
        return write("(", value(other), " * ", self, ")")

    def __truediv__(self, other: Any) -> Js:
        return write("(", self, " / ", value(other), ")")

    def __rtruediv__(self, other: Any) -> Js:
        return write("(", value(other), " / ", self, ")")

    def __mod__(self, other: Any) -> Js:
        return write("(", self, " % ", value(other), ")")


def write(*parts: str | rx.Var) -> Js:
    """Concatenate text and values, merging the imports and hooks that the values need."""
    return var_with_data(
        Js, "".join(str(part) for part in parts), *(part for part in parts if isinstance(part, rx.Var))
    )


def _comma_separated(values: Any) -> list[str | rx.Var]:
    parts: list[str | rx.Var] = []
    for item in values:
        parts += [value(item), ", "]
    return parts[:-1]


def name(dotted: str, library: str = "") -> Js:
    """Refer to something in the browser or an npm library by name: `name("document.title")`."""
    if not _NAME.fullmatch(dotted):
        raise ValueError(f"Not a name: {dotted!r}")
    needed = [import_data(dotted.split(".", 1)[0], library)] if library else []
    return var_with_data(Js, dotted, *needed)


def value(python: Any) -> rx.Var:
    """Convert a Python value for the browser: functions are traced, and events are sent when reached."""
    if isinstance(python, rx.Var):
        return python
    if isinstance(python, STATE_EVENT_TYPES):
        return write(event_call(python))
    if inspect.isfunction(python) or inspect.ismethod(python):
        return fn(python)
    if isinstance(python, Mapping):
        entries = [
            part for key, item in python.items() for part in ("[", value(key), "]: ", value(item), ", ")
        ]
        return write("({", *entries, "})")
    if isinstance(python, list | tuple):
        return write("[", *_comma_separated(python), "]")
    return literal(python)


def js(python: Any) -> Js:
    """Convert a value, or a Reflex Var, to a `Js` that supports every JavaScript operation."""
    made = value(python)
    return made if isinstance(made, Js) else write("(", made, ")")


_tracing: list[int] = []


def fn(function: Callable[..., Any]) -> Js:
    """Trace a Python function into a browser function. It is called once, here, and recorded.

    It returns either a value or a list of steps (calls, state events, `when`), which run in order and
    return the value of the last one. The browser passes its arguments by position.
    """
    _tracing.append(len(_tracing))
    try:
        # Numbered by depth, so that a nested function never shadows an outer parameter.
        unique = [f"{parameter}${len(_tracing)}" for parameter in inspect.signature(function).parameters]
        body = steps(function(*map(Js, unique)))
    except TracingError:
        raise
    except Exception as error:
        code = function.__code__
        raise TracingError(f"{code.co_filename}:{code.co_firstlineno}: {error}") from error
    finally:
        _tracing.pop()
    return write(f"(({', '.join(unique)}) => ", body, ")")


def steps(given: Any) -> rx.Var:
    """Combine steps into one that runs them in order and has the last one's value. `None` is skipped."""
    if not isinstance(given, list):
        return value(given)
    parts = [part for step in given if step is not None for part in (steps(step), ", ")]
    return write("(", *parts[:-1], ")") if parts else name("undefined")


def when(test: Any, then: Any, otherwise: Any = None) -> Js:
    """Choose between two values, or two lists of steps, by a condition with JavaScript's truthiness."""
    last = name("undefined") if otherwise is None else steps(otherwise)
    return write("(", value(test), " ? ", steps(then), " : ", last, ")")


def default(wanted: Any, otherwise: Any) -> Js:
    """Return a value, or another if it is `null` or `undefined`."""
    return write("(", value(wanted), " ?? ", value(otherwise), ")")


def where(given: Any, body: Callable[..., Any]) -> Js:
    """Bind a value inside a function, so that it is computed once: `where(x, lambda x: ...)`."""
    return fn(body)(given)


def assign(thing: Any, **values: Any) -> Js:
    """Set properties of a browser object: `assign(box.current, scrollTop=0)`."""
    return name("Object.assign")(thing, values)


def new(constructor: Js, *arguments: Any) -> Js:
    """Construct a browser object: `new(name("URL"), text)`."""
    return write("(new ", constructor, "(", *_comma_separated(arguments), "))")


def merged(*things: Any) -> Js:
    """Merge several objects into a new one. For a repeated key, the last value wins."""
    return name("Object.assign")({}, *things)


def module(exported: Any) -> str:
    """Return the source of a JavaScript module, for the browser or the build, that exports a value and
    imports whatever that needs.
    """
    made = value(exported)
    needed = sorted(imports_of(made))
    imports = [f"import {{ {tag} }} from {json.dumps(library)};\n" for tag, library in needed]
    return "".join((*imports, f"export default {made!s};\n"))


def is_local(made: rx.Var) -> bool:
    """Return whether a value uses a parameter of a function that is currently being traced."""
    return bool(_tracing and _PARAMETER.search(str(made)))
