"""Who may call a handler: everybody who is signed in, or with `open_to_all` everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

_OPEN = "_open_to_all"

Handler = TypeVar("Handler", bound=Callable[..., Any])


def open_to_all(handler: Handler) -> Handler:
    """Let people call a handler who are not signed in. Goes below `@rx.event`."""
    setattr(handler, _OPEN, True)
    return handler


def is_open(handler: Callable[..., Any]) -> bool:
    """Tell whether a handler is open to people who are not signed in."""
    return getattr(handler, _OPEN, False)
