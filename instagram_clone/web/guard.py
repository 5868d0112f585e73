"""The event guard: checks every event's name, arguments, identity and rate.

Reflex trusts what a client sends: any method by name, any type for any argument, any tab by its token.
None of that is trusted here. An event that is dropped as invalid gets no answer that would say why.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable
from itertools import islice
from typing import Any

import reflex as rx

from instagram_clone import live
from instagram_clone.addresses import limit_key
from instagram_clone.config import settings
from instagram_clone.domain.core.rate_limits import in_words
from instagram_clone.domain.core.text.characters import is_encodable
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.credentials import sessions
from instagram_clone.live import fact_keys, reflex_adapter
from instagram_clone.live.reflex_adapter import (
    HYDRATE_AND_LOAD,
    INTERNAL_EVENTS,
    BaseState,
    Event,
    StateUpdate,
)
from instagram_clone.live.tabs import socket_adapter
from instagram_clone.live.tabs.socket_adapter import PassOn
from instagram_clone.rates import Buckets
from instagram_clone.runtime.state_adapter import connection_of, cookies_of
from instagram_clone.web import cookies
from instagram_clone.web.access import Caller, is_open, needs_no_state, rollback_facts
from instagram_clone.web.arguments import arguments as arguments
from instagram_clone.web.arguments import fits, is_sendable
from instagram_clone.web.notices import explain, refuse, toast
from instagram_clone.web.states.session import SessionState

PER_SECOND = 20.0
TOO_FAST = f"That was a little too fast. Try again in {in_words(1 / PER_SECOND)}."
MAX_QUERIES = 20
"""Limit on the query parameters kept from a page's address, as the tab's state stores them all."""

KEY_LENGTH = 64
"""Longest key in characters. Browsers make keys for what they show as pending; answers come under them."""


class Allowance:
    """How much each person may send: a burst, and then a number per second. Visitors are counted by tab."""

    def __init__(self, burst: int, per_second: float) -> None:
        self._people, self._tabs = Buckets(burst, per_second), Buckets(burst, per_second)
        # Anybody can open more tabs, so visitors behind one address share a multiple of a person's.
        self._visitors = Buckets(5 * burst, 2 * per_second)

    def take(self, viewer: Viewer | None, token: str) -> bool:
        """Count something a tab has sent; return False if it is too much."""
        if not settings().limits:
            return True
        if viewer is not None:
            return self._people.take(viewer.id)
        return self._visitors.take(limit_key(live.address_of(token))) and self._tabs.take(token)


_events, _pages = Allowance(120, PER_SECOND), Allowance(40, 6.0)
"""Pages, with all their handlers, are counted apart: a page that is refused stays on its placeholders."""

_call_locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
"""One lock per tab, so that its calls run in the order in which it sent them."""


class Guard(rx.Middleware):
    """Checks every event that needs the tab's state, under its lock, before any state is read or sent."""

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        """Return None to let an event pass, or an empty update to drop it."""
        viewer = await _verify(state)
        connection = connection_of(state)
        token = connection.client_token
        if event.name == HYDRATE_AND_LOAD:
            # When a proxy switches to another process at once, only this shows that events may be lost.
            # Only the viewer's own are sent again: somebody else may have signed in in another tab.
            connected = {fact_keys.connection_key(): connection.session_id}
            live.send_facts(token, {**connected, fact_keys.viewer_key(): viewer.id if viewer else ""})
        if event.name in INTERNAL_EVENTS:
            if _pages.take(viewer, token):
                return None
            live.send_facts(token, toast(TOO_FAST, error=True))
            return StateUpdate()
        handler = _handler(event.name)
        if handler is None or needs_no_state(handler):
            return StateUpdate()
        return None if _passes(handler, event.payload, viewer, token) else StateUpdate()


async def admits(state: BaseState, handler: Callable[..., Any]) -> bool:
    """Return whether a page's load handler may be called for the tab's viewer, who is verified now."""
    viewer = await _verify(state)
    return fits(handler, {}) and _is_permitted(handler, viewer, live.token_of(state))


def _passes(
    handler: Callable[..., Any], payload: dict[str, Any], viewer: Viewer | None, token: str
) -> bool:
    if not fits(handler, payload):
        return False
    why = ""
    if not _events.take(viewer, token):
        why = TOO_FAST
    elif not all(is_sendable(value) for value in payload.values()):
        why = "Your text has a character that cannot be sent. Remove it and try again."
    if why:
        if not _roll_back(handler, payload, token, why):
            live.send_facts(token, toast(why, error=True))
        return False
    return _is_permitted(handler, viewer, token)


def _is_permitted(handler: Callable[..., Any], viewer: Viewer | None, token: str) -> bool:
    if viewer is None and not is_open(handler):
        live.send_facts(token, {fact_keys.signed_out_key(): True})
        return False
    return True


def _roll_back(handler: Callable[..., Any], payload: dict[str, Any], token: str, why: str = "") -> bool:
    """Roll back what a browser shows as done or pending; True if the reason is shown there too."""
    if not fits(handler, payload):
        return False
    facts = {key: value for key, value in rollback_facts(handler, payload).items() if is_encodable(key)}
    if facts:
        live.send_facts(token, facts)
    key = payload.get("key")
    if type(key) is not str or not 0 < len(key) <= KEY_LENGTH or not is_encodable(key):
        return False
    refuse(token, key, why)
    return True


def client_callable() -> dict[str, Callable[..., Any]]:
    """Return every handler a client may call, by the name it is called under."""
    return {name: fn for name, fn in reflex_adapter.handlers().items() if _handler(name) is not None}


def intercept_events(app: rx.App) -> None:
    """Drop invalid events before Reflex sees and logs them, and handle those that need no state."""

    async def receive(sid: str, data: tuple[Any, ...], pass_on: PassOn) -> None:
        event = _sanitize(data[0]) if len(data) == 1 else None
        if event is None:
            return
        handler = _handler(event["name"])
        if handler is not None and needs_no_state(handler):
            await _call(sid, handler, event["payload"])
        else:
            await pass_on(sid, event)

    socket_adapter.on_incoming_event(app, receive)


async def _call(sid: str, handler: Callable[..., Any], payload: dict[str, Any]) -> None:
    """Check and call a handler that needs no state, once the tab's earlier calls are done."""
    token = live.token_at(sid)
    if token is None:
        return
    lock = _call_locks.get(token)
    if lock is None:
        lock = _call_locks[token] = asyncio.Lock()
    async with lock:
        try:
            viewer = await sessions.viewer(cookies.token_in(live.cookies_of(sid)))
            await live.identify(token, viewer.id if viewer else "", viewer.session_id if viewer else "")
            if _passes(handler, payload, viewer, token) and viewer is not None:
                await handler(Caller(viewer, token), **payload)
        except Exception as error:
            _roll_back(handler, payload, token)
            explain(error, token)


def _sanitize(data: Any) -> dict[str, Any] | None:
    if not isinstance(data, dict):
        return None
    name, payload = data.get("name"), data.get("payload")
    if not isinstance(name, str) or not isinstance(payload if payload is not None else {}, dict):
        return None
    if name not in INTERNAL_EVENTS and _handler(name) is None:
        return None
    given = data.get("router_data")
    router = given if isinstance(given, dict) else {}
    query = router.get("query")
    return {
        "name": name,
        "payload": _internal_payload(name, payload or {}) if name in INTERNAL_EVENTS else payload or {},
        "router_data": {
            "pathname": _truncate(router.get("pathname"), 500, "/"),
            "asPath": _truncate(router.get("asPath"), 1000, "/"),
            "query": {
                _truncate(key, 50): _truncate(value, 500)
                for key, value in islice((query if isinstance(query, dict) else {}).items(), MAX_QUERIES)
                if isinstance(value, str)
            },
        },
    }


def _truncate(text: Any, length: int, default: str = "") -> str:
    return text[:length] if isinstance(text, str) and is_encodable(text) else default


def _internal_payload(name: str, payload: dict[str, Any]) -> dict[str, Any]:
    hashes = payload.get("hashes")
    if "hashes" not in INTERNAL_EVENTS[name] or not isinstance(hashes, list) or len(hashes) >= 200:
        return {}
    return {"hashes": hashes} if all(_truncate(one, 100) == one for one in hashes) else {}


def _handler(name: str) -> Callable[..., Any] | None:
    fn = reflex_adapter.handler(name)
    if fn is None or name.endswith(".setvar"):
        return None
    return fn if (fn.__module__ or "").startswith("instagram_clone.") else None


async def _verify(state: BaseState) -> Viewer | None:
    """Return the viewer, identified only by the cookie, and make the tab's state theirs."""
    viewer = await sessions.viewer(cookies.token_in(cookies_of(state)))
    session = await state.get_state(SessionState)
    owner = viewer.session_id if viewer else ""
    if session._owner is not None and session._owner != owner:
        # Another session, or a stolen tab token: what this tab held is not for the current viewer.
        reflex_adapter.reset_all(state)
    if session._owner is None:
        # If the state has been evicted, the screen must not fall back to the signed-out version.
        session._assume(viewer)
    session._owner = owner
    session._viewer = viewer
    await live.identify(live.token_of(state), viewer.id if viewer else "", owner)
    return viewer
