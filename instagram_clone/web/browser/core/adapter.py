"""The private parts of Reflex that the core depends on. A contract test reports any that change."""

from __future__ import annotations

from typing import Any, TypeVar

import reflex as rx
from reflex_base.event import EventCallback, EventChain, EventHandler, EventSpec
from reflex_base.vars import VarData
from reflex_base.vars.base import LiteralVar

STORE = "StateStoreContext"
EVENT_LOOP = "EventLoopContext"
REGISTRY = "$/utils/context-registry"
ADD_EVENTS, CONTEXT = "addEvents", "$/utils/context"
EVENT, EVENTS = "ReflexEvent", "$/utils/state"


def _no_arguments() -> tuple[()]:
    return ()


STATE_EVENT_TYPES = EventSpec, EventHandler, EventCallback
"""The types of state event handlers, with and without arguments."""

PROBED_ATTRIBUTES = ("_as_var", "_get_all_var_data_cached")
"""Attributes Reflex probes for on any value. A Var that answers to every name must not have these."""

Kind = TypeVar("Kind", bound=rx.Var)


def var_with_data(kind: type[Kind], text: str, *needed: rx.Var | VarData) -> Kind:
    """Make a Var from text that carries the imports and hooks of some other Vars, in their order."""
    data = VarData.merge(
        *(item._get_all_var_data() if isinstance(item, rx.Var) else item for item in needed)
    )
    return kind(text, _var_data=data)


def import_data(tag: str, library: str) -> VarData:
    """Return the Var data for an import."""
    return VarData(imports={library: [rx.ImportVar(tag=tag)]})


def hook(line: str) -> VarData:
    """Return the Var data for a line at the top of the component."""
    return VarData(hooks={line: None})


def imports_of(made: rx.Var) -> set[tuple[str | None, str]]:
    """Return the imports a value needs, as (name, library) pairs."""
    data = made._get_all_var_data()
    return {(item.tag, library) for library, items in (data.imports if data else ()) for item in items}


def literal(python: Any) -> rx.Var:
    """Return a plain Python value as a Var."""
    return LiteralVar.create(python)


def event_call(event: Any) -> rx.Var:
    """Return the call that sends an event to its state once."""
    return LiteralVar.create(EventChain.create(event, _no_arguments)).call()  # pyright: ignore
