"""The undocumented parts of Reflex's states that a running server uses. The rest is in `reflex_adapter.py`.

No other module touches these parts. Each function says what it relies on, and a contract test
(`tests/runtime/test_state_contract.py`) shows what a new version has changed.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import AsyncIterator, Callable
from typing import Any

import reflex as rx
import reflex.state
from reflex.istate.data import ReflexURL, SessionData
from reflex.istate.manager.memory import StateManagerMemory
from reflex.state import BaseState, OnLoadInternalState
from reflex_base.registry import RegistrationContext

_ON_LOAD = "on_load_internal"

# The tab and page that a state belongs to. `state.router` would assemble them from five parts, each in a
# proxy, on every access: thirty times for a page.


def connection_of(state: BaseState) -> SessionData:
    """Return the tab that a state belongs to, and the id of its socket; a field of the root state."""
    return state.get_value("rx_router_session")


def token_of(state: BaseState) -> str:
    """Return the client token of the tab a state belongs to."""
    return connection_of(state).client_token


def url_of(state: BaseState) -> ReflexURL:
    """Return the URL of the page that a tab shows; a field of the root state."""
    return state.get_value("rx_router_url").href


def cookies_of(state: BaseState) -> str:
    """Return the Cookie header that a tab's socket was opened with; a field of the root state."""
    return state.get_value("rx_router_headers").cookie


Loader = tuple[type[BaseState], Callable[..., Any]]
"""A page's load handler, and the state it is called on."""


def load_pages_with(load: Callable[[BaseState, list[Loader]], AsyncIterator[Any]]) -> None:
    """Run all of a page's load handlers through one function, in a single event.

    Reflex creates an event for each, and another to signal that they are done. It looks up its handler in
    the registry and on the class; if that is a generator, it sends what has changed at each `yield`.
    """
    original = OnLoadInternalState.event_handlers[_ON_LOAD]

    @functools.wraps(original.fn)
    async def on_load_internal(self: BaseState) -> AsyncIterator[Any]:
        app = RegistrationContext.get().app
        loaders = [(one.state, one.fn) for one in app.get_load_events(url_of(self).path)]  # pyright: ignore
        async for event in load(self, loaders):  # pyright: ignore[reportArgumentType]
            yield event

    handler = dataclasses.replace(original, fn=on_load_internal)
    OnLoadInternalState.event_handlers[_ON_LOAD] = handler
    registered = RegistrationContext.get().event_handlers
    name = f"{OnLoadInternalState.get_full_name()}.{_ON_LOAD}"
    registered[name] = dataclasses.replace(registered[name], handler=handler)


# Substates, created on demand.


class _DefaultValues(dict[str, Any]):
    """The values of a substate that has not been created."""


class _Placeholder:
    """Stands in for a substate that has not been created: its vars all have their defaults."""

    substates: dict[str, Any] = {}

    def __init__(self, state: type[BaseState]) -> None:
        self._vars = state(_reflex_internal_init=True).dict()

    def dict(self, **_: Any) -> dict[str, Any]:
        return {name: _DefaultValues(values) for name, values in self._vars.items()}

    def reset(self) -> None: ...

    def _reset_client_storage(self) -> None: ...


_placeholder = functools.cache(_Placeholder)


class _LazySubstates(dict[str, Any]):
    """The substates of a tab by name, each created on first access."""

    def __init__(self, root: BaseState) -> None:
        super().__init__()
        self._root = root
        self._classes = _substate_classes(type(root))

    def __contains__(self, name: object) -> bool:
        return name in self._classes

    def __missing__(self, name: str) -> BaseState:
        substate = self[name] = self._classes[name](parent_state=self._root, _reflex_internal_init=True)
        return substate

    def values(self) -> Any:
        """Return all substates, with stand-ins for those not created yet."""
        return [self.get(name) or _placeholder(cls) for name, cls in self._classes.items()]


@functools.cache
def _substate_classes(root: type[BaseState]) -> dict[str, type[BaseState]]:
    return {cls.get_name(): cls for cls in root.get_substates()}


def create_substates_lazily(app: rx.App) -> None:
    """Create only the states that a tab's page uses, rather than those of every page.

    Reflex's in-memory manager creates all of them on the first event; with several processes, Redis holds
    only those that were stored. Reflex accesses `substates` by name, and iterates over all of them to reset
    them and to return their values.
    """
    manager = app.state_manager
    if not isinstance(manager, StateManagerMemory):
        return

    def get_or_create(token: Any) -> Any:
        if token.cache_key not in manager.states:
            root = token.cls.get_root_state()(init_substates=False, _reflex_internal_init=True)
            substates = _LazySubstates(root)
            object.__setattr__(root, "substates", substates)
            for name, cls in _substate_classes(type(root)).items():
                # Computed vars and browser storage differ from tab to tab from the start.
                if cls.computed_vars or any(map(cls._is_client_storage, cls.base_vars)):
                    substates[name]
            manager.states[token.cache_key] = root
        return manager.states[token.cache_key]

    manager._get_or_create_state = get_or_create
    reflex.state._diff_against_initial_state = _diff_lazily


_diff: Callable[..., Any] = reflex.state._diff_against_initial_state


async def _diff_lazily(
    root: type[BaseState], values: dict[str, dict[str, Any]], hashes: list[str]
) -> dict[str, dict[str, Any]]:
    """Return what a browser lacks of its tab's state, by the hashes of what is compiled into pages.

    Reflex encodes every var of every page to compare it with its default. A substate that has not been
    created has only defaults, so comparing the hash is enough. Hydration looks this function up in its
    module.
    """
    compared = {name: {} if type(part) is _DefaultValues else part for name, part in values.items()}
    found = await _diff(root, compared, hashes)
    return {
        name: values[name] if type(values[name]) is _DefaultValues else part for name, part in found.items()
    }
