"""Decorators that say who may call a handler, and how much of the tab's state it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from instagram_clone import live
from instagram_clone.domain.core.viewer import Viewer

_OPEN = "_open_to_all"
_WITHOUT_STATE = "_without_state"
_ROLLBACK = "_rollback"
_DEFERRED = "_deferred"
_CONCURRENT = "_concurrent"

Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(frozen=True)
class Caller:
    """The viewer, verified for this very event, and the tab it came from: all that most handlers need."""

    viewer: Viewer
    token: str


CallerSelf = Caller | Any
"""`Caller`, in a form that type checkers accept in place of `self`."""


def open_to_all(handler: Handler) -> Handler:
    """Let people who are not signed in call a handler. Goes below `@rx.event`."""
    setattr(handler, _OPEN, True)
    return handler


def is_open(handler: Callable[..., Any]) -> bool:
    """Return whether people who are not signed in may call a handler."""
    return getattr(handler, _OPEN, False)


def without_state(handler: Handler) -> Handler:
    """Call a handler with a `Caller` in place of the state, which it neither reads nor changes.

    For every event, Reflex loads, locks, diffs and sends back a state, which costs more than most handlers
    do. What these change reaches their own tab as a live update, like anybody's. Goes below `@rx.event`.
    """
    setattr(handler, _WITHOUT_STATE, True)
    return handler


def rolled_back_by(facts: Callable[..., live.Facts]) -> Callable[[Handler], Handler]:
    """Send the tab some facts when a call is refused or fails: they roll back the optimistic update that
    its browser already shows. `facts` takes the same arguments as the handler. Goes below `@without_state`.
    """

    def mark(handler: Handler) -> Handler:
        setattr(handler, _ROLLBACK, facts)
        return handler

    return mark


def rollback_facts(handler: Callable[..., Any], payload: dict[str, Any]) -> live.Facts:
    """Return the facts that roll back a call's optimistic update, none if it has no such update."""
    facts = getattr(handler, _ROLLBACK, None)
    return facts(**payload) if facts is not None else {}


def needs_no_state(handler: Callable[..., Any]) -> bool:
    """Return whether a handler is called with a `Caller` in place of the state."""
    return getattr(handler, _WITHOUT_STATE, False)


def deferred(handler: Handler) -> Handler:
    """Mark a load handler as secondary: what the page has loaded so far is sent before it runs.

    Goes below `@rx.event`.
    """
    setattr(handler, _DEFERRED, True)
    return handler


def is_deferred(handler: Callable[..., Any]) -> bool:
    """Return whether a page is shown without waiting for a handler."""
    return getattr(handler, _DEFERRED, False)


def concurrent(handler: Handler) -> Handler:
    """Run a page's load handler concurrently with its neighbours that are marked the same way: none of them
    needs what another has loaded, and their database queries are batched. Goes below `@rx.event`.
    """
    setattr(handler, _CONCURRENT, True)
    return handler


def is_concurrent(handler: Callable[..., Any]) -> bool:
    """Return whether a page's load handler may run concurrently with others."""
    return getattr(handler, _CONCURRENT, False)
