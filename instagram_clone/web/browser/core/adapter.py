"""The private parts of Reflex that the core leans on, in one place; a contract test names what changes."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_base.event import EventChain
from reflex_base.vars.base import LiteralVar

STORE = "StateStoreContext"
EVENT_LOOP = "EventLoopContext"
REGISTRY = "$/utils/context-registry"
ADD_EVENTS, CONTEXT = "addEvents", "$/utils/context"
EVENT, EVENTS = "ReflexEvent", "$/utils/state"


def _no_arguments() -> tuple[()]:
    return ()


def literal(python: Any) -> rx.Var:
    """A plain value of Python's as a Var."""
    return LiteralVar.create(python)


def event_call(event: Any) -> rx.Var:
    """The call that sends an event to its state, once."""
    return LiteralVar.create(EventChain.create(event, _no_arguments)).call()  # pyright: ignore
