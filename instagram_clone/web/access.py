"""How a handler may be called: by whom, and with what of the tab in hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from instagram_clone import live
from instagram_clone.domain.core.viewer import Viewer

_OPEN = "_open_to_all"
_WITHOUT_STATE = "_without_state"
_TAKEN_BACK = "_taken_back"
_BESIDE = "_beside"
_AT_ONCE = "_at_once"

Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(frozen=True)
class Asking:
    """Who asks, as verified in this very event, and from which tab: all that most verbs need."""

    viewer: Viewer
    token: str


Caller = Asking | Any
"""`Asking`, as a type checker lets it stand in the place of `self`."""


def open_to_all(handler: Handler) -> Handler:
    """Let people call a handler who are not signed in. Goes below `@rx.event`."""
    setattr(handler, _OPEN, True)
    return handler


def is_open(handler: Callable[..., Any]) -> bool:
    """Tell whether a handler is open to people who are not signed in."""
    return getattr(handler, _OPEN, False)


def without_state(handler: Handler) -> Handler:
    """Call a handler with who is `Asking` in place of the state: it changes nothing of its tab's.

    Reflex loads, locks, compares and answers with a state for every event, which costs more than most
    verbs do. What these change comes back as news, like everybody's. Goes below `@rx.event`.
    """
    setattr(handler, _WITHOUT_STATE, True)
    return handler


def taken_back_by(facts: Callable[..., live.Facts]) -> Callable[[Handler], Handler]:
    """Have the tab know some facts when a call is refused or fails: they take back what its browser shows
    as done already. `facts` is given what the handler is given. Goes below `@without_state`.
    """

    def mark(handler: Handler) -> Handler:
        setattr(handler, _TAKEN_BACK, facts)
        return handler

    return mark


def taken_back(handler: Callable[..., Any], payload: dict[str, Any]) -> live.Facts:
    """Return the facts that take back what a browser shows of a call, if it shows anything."""
    facts = getattr(handler, _TAKEN_BACK, None)
    return facts(**payload) if facts is not None else {}


def needs_no_state(handler: Callable[..., Any]) -> bool:
    """Tell whether a handler is called with who is asking in place of the state."""
    return getattr(handler, _WITHOUT_STATE, False)


def beside(handler: Handler) -> Handler:
    """Have what a page begins with sent before this is read, which is not what the page is about.

    Goes below `@rx.event`.
    """
    setattr(handler, _BESIDE, True)
    return handler


def is_beside(handler: Callable[..., Any]) -> bool:
    """Tell whether a page's screen does not wait for a handler."""
    return getattr(handler, _BESIDE, False)


def at_once(handler: Handler) -> Handler:
    """Have a handler that a page begins with be called with those next to it that are marked so: none of
    them needs what another shows, and what they ask the database they ask together. Goes below `@rx.event`.
    """
    setattr(handler, _AT_ONCE, True)
    return handler


def is_at_once(handler: Callable[..., Any]) -> bool:
    """Tell whether a page's handler may be called at the same time as others."""
    return getattr(handler, _AT_ONCE, False)
