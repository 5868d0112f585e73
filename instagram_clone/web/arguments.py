"""Validation of the arguments a client sends, by the handler's own annotations, before it is called."""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable
from typing import Any, get_type_hints

from instagram_clone.domain.core.text.characters import is_encodable

TEXT_LENGTH = 20_000
"""Longest text argument in characters; limits on individual fields are up to the domain."""

_PLAIN = (str, int, float, bool)


def fits(handler: Callable[..., Any], payload: dict[str, Any]) -> bool:
    """Return whether a payload has the arguments a handler takes, each of its annotated type."""
    wanted, required = arguments(handler)
    if not required <= payload.keys() <= wanted.keys():
        return False
    return all(_matches(value, wanted[name]) for name, value in payload.items())


@functools.cache
def arguments(handler: Callable[..., Any]) -> tuple[dict[str, Any], frozenset[str]]:
    """Return the types of the arguments a client sends to a handler, by name, and the required names."""
    hints = get_type_hints(handler)
    _, *parameters = inspect.signature(handler).parameters.values()
    required = frozenset(one.name for one in parameters if one.default is inspect.Parameter.empty)
    return {one.name: hints.get(one.name) for one in parameters}, required


def is_sendable(value: Any) -> bool:
    """Return whether an argument can be stored and sent on."""
    if type(value) is dict:
        return all(is_encodable(text) for pair in value.items() for text in pair)
    return type(value) is not str or is_encodable(value)


def _matches(value: Any, kind: Any) -> bool:
    if kind is float:
        return type(value) in (int, float) and math.isfinite(value)
    if kind is int:
        return type(value) is int and abs(value) < 2**53
    if kind is str:
        return type(value) is str and len(value) <= TEXT_LENGTH
    if kind == dict[str, str]:
        return (
            type(value) is dict
            and len(value) <= 20
            and all(_matches(key, str) and _matches(text, str) for key, text in value.items())
        )
    return kind in _PLAIN and type(value) is kind
