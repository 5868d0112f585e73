"""Events whose names the server gave, rather than the page."""

from __future__ import annotations

from typing import Any

from . import adapter
from .tracing import Js, name


def send(event: Any) -> Js:
    """Send an event that the server described, `{"name": ..., "payload": {...}}`, as a click would."""
    made = name(adapter.EVENT, adapter.EVENTS)(event.name, event.payload)
    return name(adapter.ADD_EVENTS, adapter.CONTEXT)([made], [], {})
