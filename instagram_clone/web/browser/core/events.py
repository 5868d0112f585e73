"""Events whose names the server gave, rather than the page."""

from __future__ import annotations

from typing import Any

from . import adapter
from .tracing import Js, name


def send(event: Any) -> Js:
    """Send an event that the server described, `{"name": ..., "payload": {...}}`, as a click would."""
    return _add(name(adapter.EVENT, adapter.EVENTS)(event.name, event.payload))


def reconnect() -> Js:
    """Connect to the server now, if it is not connected."""
    return _add()


def _add(*events: Js) -> Js:
    return name(adapter.ADD_EVENTS, adapter.CONTEXT)(list(events), [], {})
