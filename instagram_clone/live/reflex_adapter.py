"""The undocumented parts of Reflex's events that a running server uses.

No other module touches these parts. Each function says what it relies on, and a contract test
(`tests/live/test_reflex_contract.py`) shows what a new version has changed. For the sockets of tabs see
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
"""The first event of a page."""

INTERNAL_EVENTS: dict[str, tuple[str, ...]] = {
    f"{_ROOT}.{CompileVars.HYDRATE}": (),
    HYDRATE_AND_LOAD: ("hashes",),
    f"{_ROOT}.{CompileVars.ON_LOAD_INTERNAL}": (),
}
"""The events that Reflex's own script sends, and the arguments each may have: hashes of what the browser
holds. Neither names nor arguments are part of Reflex's public API."""


def handlers() -> dict[str, Callable[..., Any]]:
    """Return every state method that Reflex would let a client call, by event name."""
    return {name: one.handler.fn for name, one in RegistrationContext.get().event_handlers.items()}


def handler(name: str) -> Callable[..., Any] | None:
    """Return the state method registered under an event name, None if there is none."""
    registered = RegistrationContext.get().event_handlers.get(name)
    return registered.handler.fn if registered is not None else None


def describe(event: Any) -> dict[str, Any]:
    """Return the name and payload of an event that was created with its arguments."""
    [sent] = Event.from_event_type(event)
    return {"name": sent.name, "payload": sent.payload}


def token_of_failed_event() -> str:
    """Return the token of the tab whose event failed. Call it within Reflex's exception handler."""
    return EventContext.get().token


def reset_all(state: BaseState) -> None:
    """Reset a tab's state to that of a new tab: `reset` on the root of its tree reaches all of it."""
    state._get_root_state().reset()


def unwrap_proxy(value: Any) -> Any:
    """Return a state's list or dict without its proxy, for reading: a proxy around each item takes 10 us,
    and would persist if the item were put into a new list. Reflex's proxies come from `wrapt`.
    """
    return getattr(value, "__wrapped__", value)


def remove_overlay(app: rx.App) -> None:
    """Remove the overlay Reflex shows while the server is unreachable; `app_wraps` lists it by name."""
    app.app_wraps = {key: wrap for key, wrap in app.app_wraps.items() if key[1] != "Overlay"}
