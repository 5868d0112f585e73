"""The private parts of Reflex that the core leans on, in one place; a contract test names what changes."""

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


EVENTS_OF_STATES = EventSpec, EventHandler, EventCallback
"""What handlers of states are, with arguments and without."""

ASKED_OF_ANY_VAR = ("_as_var", "_get_all_var_data_cached")
"""What Reflex looks for on whatever it is given: a Var that has every name must not have these."""

Kind = TypeVar("Kind", bound=rx.Var)


def with_needs(kind: type[Kind], text: str, *needed: rx.Var | VarData) -> Kind:
    """Make a Var of text, which needs of its component what some others do, in their order."""
    data = VarData.merge(*(one._get_all_var_data() if isinstance(one, rx.Var) else one for one in needed))
    return kind(text, _var_data=data)


def imported(tag: str, library: str) -> VarData:
    """The need of an import."""
    return VarData(imports={library: [rx.ImportVar(tag=tag)]})


def hook(line: str) -> VarData:
    """The need of a line at the top of the component."""
    return VarData(hooks={line: None})


def imports_of(made: rx.Var) -> set[tuple[str | None, str]]:
    """What a value needs to have imported: names, and of which libraries."""
    data = made._get_all_var_data()
    return {(one.tag, library) for library, tags in (data.imports if data else ()) for one in tags}


def literal(python: Any) -> rx.Var:
    """A plain value of Python's as a Var."""
    return LiteralVar.create(python)


def event_call(event: Any) -> rx.Var:
    """The call that sends an event to its state, once."""
    return LiteralVar.create(EventChain.create(event, _no_arguments)).call()  # pyright: ignore
