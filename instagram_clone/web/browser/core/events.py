"""Events named at run time by the server rather than when the page is built, and reconnecting."""

from __future__ import annotations

from typing import Any

from . import adapter
from .tracing import Js, name


def send(event: Any) -> Js:
    """Send an event described by the server, `{"name": ..., "payload": {...}}`, just as a click would."""
    return _add(name(adapter.EVENT, adapter.EVENTS)(event.name, event.payload))


def reconnect() -> Js:
    """Connect to the server now, unless already connected."""
    return _add()


def _add(*events: Js) -> Js:
    return name(adapter.ADD_EVENTS, adapter.CONTEXT)(list(events), [], {})
