"""The facts the server sends this tab, each stored under a key and evicted once nothing displays it.

Facts arrive as deltas of a Reflex state. Reflex would copy the whole state for each delta and re-render
every component that reads any of it; here a key re-renders only the components that display that key.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from . import adapter
from .react import effect, let, use
from .tracing import Js, assign, default, fn, js, name, new, when, where

KEPT_MS = 300_000
"""How long a fact is kept once nothing on screen displays it, so that returning to a page finds it."""

SWEEP_MS = 30_000

_now = name("Date.now")
_nothing = fn(lambda: name("undefined"))
_map, _set = name("Map"), name("Set")


@rx.memo
def fact_store(state_store: rx.Var[Any], state: rx.Var[str]) -> rx.Var[Any]:
    """The tab's fact store, created once. It takes over a state's deltas from Reflex's own store."""
    return default(
        js(state_store).facts,
        where(_empty(), lambda store: _add_methods(js(state_store), js(state), store)),
    )


def _empty() -> dict[str, Any]:
    maps = {name_: new(_map) for name_ in ("values", "used", "listeners", "groups", "retained")}
    return {**maps, "swept": _now()}


def _add_methods(state_store: Js, state: Js, store: Js) -> list[Any]:
    """Give a store its methods.

    `listeners` holds those of each key, and those of each group under `prefix*`. `groups` caches the value
    of each group until a key in it changes. `retained` holds the ids (the last part of a key) that each
    owner asks to keep.
    """

    def wake(key: Js) -> Any:
        return store.listeners.get(key).forEach(lambda listener: listener())

    def each_group(key: Js, do: Callable[[Js], Any]) -> Any:
        return store.groups.forEach(lambda _, prefix: when(key.startsWith(prefix), do(prefix)))

    def is_older(entry: Js) -> Js:
        return js(entry[1]).rev < store.values.get(entry[0]).rev

    def put(entry: Js) -> list[Any]:
        return [
            store.values.set(entry[0], entry[1]),
            store.used.set(entry[0], _now()),
            each_group(entry[0], lambda prefix: store.groups.set(prefix, name("undefined"))),
        ]

    def notify(entry: Any) -> list[Any]:
        return [wake(entry[0]), each_group(entry[0], lambda prefix: wake(prefix + "*"))]

    def learn(facts: Js) -> Any:
        # Store every fact of a frame before notifying anyone of any of them.
        return where(
            name("Object.entries")(facts).filter(lambda entry: ~is_older(entry)),
            lambda entries: [
                entries.forEach(put),
                entries.forEach(notify),
                when(_now() - store.swept > SWEEP_MS, store.sweep()),
            ],
        )

    def forget(keys: Js) -> list[Any]:
        return [
            keys.forEach(
                lambda key: [
                    store.values.delete(key),
                    store.used.delete(key),
                    each_group(key, lambda prefix: store.groups.set(prefix, name("undefined"))),
                ]
            ),
            keys.forEach(lambda key: notify((key,))),
        ]

    def listen(key: Js, listener: Js) -> Any:
        return where(
            default(store.listeners.get(key), new(_set)),
            lambda listeners: [
                store.listeners.set(key, listeners.add(listener)),
                lambda: [
                    listeners.delete(listener),
                    when(
                        (listeners.size == 0) & (store.listeners.get(key) == listeners),
                        _stop_displaying(store, key),
                    ),
                ],
            ],
        )

    def group(prefix: Js) -> Any:
        found = name("Array.from")(store.values).filter(lambda entry: entry[0].startsWith(prefix))
        return default(
            store.groups.get(prefix),
            where(name("Object.fromEntries")(found), lambda all_: [store.groups.set(prefix, all_), all_]),
        )

    def sweep() -> list[Any]:
        return [
            assign(store, swept=_now()),
            name("Array.from")(store.used)
            .filter(lambda entry: (_now() - entry[1] > KEPT_MS) & ~_is_in_use(store, entry[0]))
            .forEach(lambda entry: [store.values.delete(entry[0]), store.used.delete(entry[0])]),
        ]

    return [
        assign(
            store,
            learn=learn,
            forget=forget,
            listen=listen,
            group=group,
            sweep=sweep,
            read=lambda key: store.values.get(key),
            retain=lambda owner, ids: store.retained.set(owner, new(_set, ids)),
        ),
        name("Object.assign")(state_store.dispatchers, {state: store.learn}),
        assign(state_store, facts=store),
        store.learn(state_store.getSnapshot(state)),
        store,
    ]


def _stop_displaying(store: Js, key: Js) -> list[Any]:
    """Record when a key was last displayed, which starts its KEPT_MS."""
    return [
        store.listeners.delete(key),
        store.groups.delete(key.slice(0, -1)),
        when(store.values.has(key), store.used.set(key, _now())),
    ]


def _is_in_use(store: Js, key: Js) -> Js:
    groups, owners = name("Array.from")(store.groups.keys()), name("Array.from")(store.retained.values())
    return (
        store.listeners.has(key)
        | groups.some(lambda prefix: key.startsWith(prefix))
        | owners.some(lambda ids: ids.has(key.split("_").at(-1)))
    )


class Facts:
    """The facts that arrive as deltas of a Reflex state. For use in an `rx.memo`."""

    def __init__(self, state: type[rx.State]) -> None:
        self._state = state.get_full_name()

    def store(self) -> Js:
        """The store in the browser: `read(key)`, `group(prefix)`, `learn({...})`, `forget([...])`."""
        state_store = use("useContext", name(adapter.STORE, adapter.REGISTRY))
        return let(fact_store(state_store=state_store, state=self._state))

    def fact(self, key: Any) -> Js:
        """The latest fact under a key. The component re-renders when it changes."""
        store = self.store()
        subscribe = use("useCallback", lambda listener: store.listen(key, listener), [store, key])
        return use("useSyncExternalStore", subscribe, lambda: store.read(key), _nothing)

    def peek(self, key: Any) -> Js:
        """The latest fact under a key at the moment a step runs, without re-rendering when it changes."""
        return self.store().read(key)

    def facts(self, prefix: Any) -> Js:
        """All facts whose keys start with a prefix, as an object by key, identical until one changes."""
        store, group = self.store(), js(prefix) + "*"
        subscribe = use("useCallback", lambda listener: store.listen(group, listener), [store, group])
        return default(use("useSyncExternalStore", subscribe, lambda: store.group(prefix), _nothing), {})

    def retain(self, owner: str, ids: Any) -> Js:
        """Keep the facts about some ids (`..._<id>`) while nothing displays them: they will be shown again.

        An effect, to be placed among the children. An owner's later ids replace its earlier ones.
        """
        store = self.store()
        return effect(lambda: [store.retain(owner, ids)], store, ids)

    def learn(self, facts: dict[Any, Any]) -> Js:
        """Store some facts in this tab only."""
        return self.store().learn(facts)

    def forget(self, keys: Any) -> Js:
        """Drop the facts under some keys, in this tab only."""
        return self.store().forget(keys)
