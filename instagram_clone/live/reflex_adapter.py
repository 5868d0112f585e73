"""What a running server uses of Reflex's events that it does not document.

No other module touches these parts; each function says what it relies on, and a contract test
(`tests/live/test_reflex_contract.py`) names what a new version has changed. For the sockets of tabs see
`live/tabs/socket_adapter.py`, for their states `runtime/state_adapter.py`, for uvicorn
`runtime/uvicorn_adapter.py`, for the build `web/build_adapter.py`, for what is compiled into pages
`web/browser/core/adapter.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx
from reflex.event import Event
from reflex.state import BaseState, StateUpdate
from reflex_base.constants.compiler import CompileVars
from reflex_base.event.context import EventContext
from reflex_base.registry import RegistrationContext

__all__ = ["BaseState", "Event", "StateUpdate"]

_ROOT = rx.State.get_full_name()
HYDRATE_AND_LOAD = f"{_ROOT}.{CompileVars.HYDRATE_AND_LOAD}"
"""The event with which a page begins."""

INTERNAL_EVENTS: dict[str, tuple[str, ...]] = {
    f"{_ROOT}.{CompileVars.HYDRATE}": (),
    HYDRATE_AND_LOAD: ("hashes",),
    f"{_ROOT}.{CompileVars.ON_LOAD_INTERNAL}": (),
}
"""The events that Reflex's own script sends, with what they may carry: hashes of what a
browser holds. Names and arguments are no interface of Reflex's."""


def handlers() -> dict[str, Callable[..., Any]]:
    """Every method of a state that Reflex would let a client call, by the name it is called."""
    return {name: one.handler.fn for name, one in RegistrationContext.get().event_handlers.items()}


def handler(name: str) -> Callable[..., Any] | None:
    """The method of a state that has a name of an event's."""
    registered = RegistrationContext.get().event_handlers.get(name)
    return registered.handler.fn if registered is not None else None


def described(event: Any) -> dict[str, Any]:
    """The name and payload of an event that was made with its arguments."""
    [sent] = Event.from_event_type(event)
    return {"name": sent.name, "payload": sent.payload}


def token_of_failed_event() -> str:
    """The token of the tab whose event has failed, where Reflex calls to say so."""
    return EventContext.get().token


def reset_all(state: BaseState) -> None:
    """Have a tab's state be as that of a new one: `reset` of the root of its tree reaches all of it."""
    state._get_root_state().reset()


def unwrap_proxy(value: Any) -> Any:
    """Return a list or dict of a state's as it is, for reading: a proxy around each of its items takes
    10 us, and kept in a new list it would stay there. Reflex's proxies are `wrapt`'s.
    """
    return getattr(value, "__wrapped__", value)


def leave_out_overlay(app: rx.App) -> None:
    """Leave out what Reflex shows over pages while the server is away; `app_wraps` has it by name."""
    app.app_wraps = {key: wrap for key, wrap in app.app_wraps.items() if key[1] != "Overlay"}
