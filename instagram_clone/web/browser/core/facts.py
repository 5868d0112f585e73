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
def fact_store(store: rx.Var[Any], state: rx.Var[str]) -> rx.Var[Any]:
    """The tab's fact store, created once. It takes over a state's deltas from Reflex's own store."""
    return default(js(store).facts, where(_empty(), lambda keeper: _equip(js(store), js(state), keeper)))


def _empty() -> dict[str, Any]:
    maps = {name_: new(_map) for name_ in ("known", "used", "shown", "groups", "retained")}
    return {**maps, "swept": _now()}


def _equip(store: Js, state: Js, keeper: Js) -> list[Any]:
    """Give a keeper its methods.

    `shown` holds the listeners of each key, and those of each group under `prefix*`. `groups` caches the
    value of each group until a key in it changes. `retained` holds the ids (the last part of a key) that
    each owner asks to keep.
    """

    def wake(key: Js) -> Any:
        return keeper.shown.get(key).forEach(lambda listener: listener())

    def each_group(key: Js, do: Callable[[Js], Any]) -> Any:
        return keeper.groups.forEach(lambda _, prefix: when(key.startsWith(prefix), do(prefix)))

    def is_older(entry: Js) -> Js:
        return js(entry[1]).rev < keeper.known.get(entry[0]).rev

    def note(entry: Js) -> list[Any]:
        return [
            keeper.known.set(entry[0], entry[1]),
            keeper.used.set(entry[0], _now()),
            each_group(entry[0], lambda prefix: keeper.groups.set(prefix, name("undefined"))),
        ]

    def tell(entry: Any) -> list[Any]:
        return [wake(entry[0]), each_group(entry[0], lambda prefix: wake(prefix + "*"))]

    def learn(facts: Js) -> Any:
        # Store every fact of a frame before notifying anyone of any of them.
        return where(
            name("Object.entries")(facts).filter(lambda entry: ~is_older(entry)),
            lambda entries: [
                entries.forEach(note),
                entries.forEach(tell),
                when(_now() - keeper.swept > SWEEP_MS, keeper.sweep()),
            ],
        )

    def forget(keys: Js) -> list[Any]:
        return [
            keys.forEach(
                lambda key: [
                    keeper.known.delete(key),
                    keeper.used.delete(key),
                    each_group(key, lambda prefix: keeper.groups.set(prefix, name("undefined"))),
                ]
            ),
            keys.forEach(lambda key: tell((key,))),
        ]

    def listen(key: Js, listener: Js) -> Any:
        return where(
            default(keeper.shown.get(key), new(_set)),
            lambda listeners: [
                keeper.shown.set(key, listeners.add(listener)),
                lambda: [
                    listeners.delete(listener),
                    when((listeners.size == 0) & (keeper.shown.get(key) == listeners), _leave(keeper, key)),
                ],
            ],
        )

    def group(prefix: Js) -> Any:
        found = name("Array.from")(keeper.known).filter(lambda entry: entry[0].startsWith(prefix))
        return default(
            keeper.groups.get(prefix),
            where(name("Object.fromEntries")(found), lambda all_: [keeper.groups.set(prefix, all_), all_]),
        )

    def sweep() -> list[Any]:
        return [
            assign(keeper, swept=_now()),
            name("Array.from")(keeper.used)
            .filter(lambda entry: (_now() - entry[1] > KEPT_MS) & ~_is_shown(keeper, entry[0]))
            .forEach(lambda entry: [keeper.known.delete(entry[0]), keeper.used.delete(entry[0])]),
        ]

    return [
        assign(
            keeper,
            learn=learn,
            forget=forget,
            listen=listen,
            group=group,
            sweep=sweep,
            read=lambda key: keeper.known.get(key),
            retain=lambda owner, ids: keeper.retained.set(owner, new(_set, ids)),
        ),
        name("Object.assign")(store.dispatchers, {state: keeper.learn}),
        assign(store, facts=keeper),
        keeper.learn(store.getSnapshot(state)),
        keeper,
    ]


def _leave(keeper: Js, key: Js) -> list[Any]:
    """Record when a key was last displayed, which starts its KEPT_MS."""
    return [
        keeper.shown.delete(key),
        keeper.groups.delete(key.slice(0, -1)),
        when(keeper.known.has(key), keeper.used.set(key, _now())),
    ]


def _is_shown(keeper: Js, key: Js) -> Js:
    groups, owners = name("Array.from")(keeper.groups.keys()), name("Array.from")(keeper.retained.values())
    return (
        keeper.shown.has(key)
        | groups.some(lambda prefix: key.startsWith(prefix))
        | owners.some(lambda ids: ids.has(key.split("_").at(-1)))
    )


class Facts:
    """The facts that arrive as deltas of a Reflex state. For use in an `rx.memo`."""

    def __init__(self, state: type[rx.State]) -> None:
        self._state = state.get_full_name()

    def keeper(self) -> Js:
        """The store in the browser: `read(key)`, `group(prefix)`, `learn({...})`, `forget([...])`."""
        store = use("useContext", name(adapter.STORE, adapter.REGISTRY))
        return let(fact_store(store=store, state=self._state))

    def one(self, key: Any) -> Js:
        """The latest fact under a key. The component re-renders when it changes."""
        keeper = self.keeper()
        heard = use("useCallback", lambda listener: keeper.listen(key, listener), [keeper, key])
        return use("useSyncExternalStore", heard, lambda: keeper.read(key), _nothing)

    def peek(self, key: Any) -> Js:
        """The latest fact under a key at the moment a step runs, without re-rendering when it changes."""
        return self.keeper().read(key)

    def under(self, prefix: Any) -> Js:
        """All facts whose keys start with a prefix, as an object by key, identical until one changes."""
        keeper, group = self.keeper(), js(prefix) + "*"
        heard = use("useCallback", lambda listener: keeper.listen(group, listener), [keeper, group])
        return default(use("useSyncExternalStore", heard, lambda: keeper.group(prefix), _nothing), {})

    def retain(self, owner: str, ids: Any) -> Js:
        """Keep the facts about some ids (`..._<id>`) while nothing displays them: they will be shown again.

        An effect, to be placed among the children. An owner's later ids replace its earlier ones.
        """
        keeper = self.keeper()
        return effect(lambda: [keeper.retain(owner, ids)], keeper, ids)

    def learn(self, facts: dict[Any, Any]) -> Js:
        """Store some facts in this tab only."""
        return self.keeper().learn(facts)

    def forget(self, keys: Any) -> Js:
        """Drop the facts under some keys, in this tab only."""
        return self.keeper().forget(keys)
