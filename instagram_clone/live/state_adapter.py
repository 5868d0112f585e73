"""What a running server uses of Reflex's states that it does not document; the rest is `reflex_adapter.py`.

No other module touches these parts; each function says what it relies on, and a contract test
(`tests/live/test_tab_states_contract.py`) names what a new version has changed.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import AsyncIterator, Callable
from typing import Any

from reflex.istate.data import ReflexURL, SessionData
from reflex.state import BaseState, OnLoadInternalState
from reflex_base.registry import RegistrationContext

_ON_LOAD = "on_load_internal"

# Of whom and what page a tab's state is. `state.router` would put it together of five parts, each in a
# proxy, with every question: thirty times for a page.


def connection_of(state: BaseState) -> SessionData:
    """Return which tab a state is of, and the id of its socket; a field of the root's."""
    return state.get_value("rx_router_session")


def address_of(state: BaseState) -> ReflexURL:
    """Return the address of the page that a tab shows; a field of the root's."""
    return state.get_value("rx_router_url").href


def cookies_of(state: BaseState) -> str:
    """Return the Cookie header that a tab's socket was opened with; a field of the root's."""
    return state.get_value("rx_router_headers").cookie


Loader = tuple[type[BaseState], Callable[..., Any]]
"""A handler that a page begins with, and the state it is called on."""


def load_pages_with(load: Callable[[BaseState, list[Loader]], AsyncIterator[Any]]) -> None:
    """Have everything that a page begins with done by one function, in one event.

    Reflex makes an event of each, and one more to say that they are done. It finds its handler in the
    registry and on the class, and of one that is a generator sends what has changed with each `yield`.
    """
    before = OnLoadInternalState.event_handlers[_ON_LOAD]

    @functools.wraps(before.fn)
    async def on_load_internal(self: BaseState) -> AsyncIterator[Any]:
        app = RegistrationContext.get().app
        loaders = [(one.state, one.fn) for one in app.get_load_events(address_of(self).path)]  # pyright: ignore
        async for event in load(self, loaders):  # pyright: ignore[reportArgumentType]
            yield event

    handler = dataclasses.replace(before, fn=on_load_internal)
    OnLoadInternalState.event_handlers[_ON_LOAD] = handler
    registered = RegistrationContext.get().event_handlers
    name = f"{OnLoadInternalState.get_full_name()}.{_ON_LOAD}"
    registered[name] = dataclasses.replace(registered[name], handler=handler)
