"""Which browser tabs are connected, whose they are, and what each of them shows.

A tab is known by Reflex's client token. What it watches is kept by scope, one scope for each part
of a screen, so that a part can change its mind without knowing about the others.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

import reflex as rx


@dataclass
class Tab:
    """One connected tab. `user_id` and `session_id` are "" for somebody who is not signed in."""

    token: str
    user_id: str = ""
    session_id: str = ""
    scopes: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def topics(self) -> frozenset[str]:
        """Everything the tab watches."""
        return frozenset().union(*self.scopes.values())


GRACE_SECONDS = 5.0
"""A person without a tab for so long has gone; reloading a page takes less."""

Notice = Callable[[str], Coroutine[Any, Any, None]]

_tabs: dict[str, Tab] = {}
_people: dict[str, set[str]] = defaultdict(set)
_here: set[str] = set()
_notices: set[asyncio.Task[None]] = set()
_came: Notice | None = None
_went: Notice | None = None
_watchers: dict[str, set[str]] = defaultdict(set)
_app: rx.App | None = None


def attach(app: rx.App) -> None:
    """Hear of this app's tabs as they go; called once, before it serves."""
    global _app
    _app = app
    namespace = app.event_namespace
    assert namespace is not None
    leave = namespace.on_disconnect

    # Reflex has no hook for a closed tab; socket.io calls this with (sid, reason).
    def on_disconnect(sid: str, *_: Any) -> Any:
        token = namespace.sid_to_token.get(sid)
        if token is not None and namespace.token_to_sid.get(token) == sid:
            forget(token)
        return leave(sid)

    namespace.on_disconnect = on_disconnect  # pyright: ignore[reportAttributeAccessIssue]


def on_presence(came: Notice, went: Notice) -> None:
    """Call coroutine functions with the id of each person who comes, and goes for good."""
    global _came, _went
    _came, _went = came, went


def app() -> rx.App:
    """Return the app whose tabs these are."""
    assert _app is not None, "live.attach(app) comes first"
    return _app


def token_of(state: rx.State) -> str:
    """Return the client token of the tab a state belongs to."""
    return state.router.session.client_token


def identify(token: str, user_id: str, session_id: str) -> None:
    """Note whose tab this is, as verified a moment ago; a tab that changes hands shows nothing yet."""
    tab = _tabs.get(token)
    if tab is not None and tab.user_id == user_id and tab.session_id == session_id:
        return
    if tab is not None:
        forget(token)
    if not _connected(token):
        return
    _tabs[token] = Tab(token, user_id, session_id)
    if user_id:
        watch(token, "person", [f"user:{user_id}"])
        _people[user_id].add(token)
        if user_id not in _here:
            _here.add(user_id)
            _notify(_came, user_id)


def watch(token: str, scope: str, topics: Iterable[str]) -> None:
    """Have a part of a tab's screen hear of these topics, instead of those before. Call before reading."""
    tab = _tabs.get(token)
    if tab is None:
        return
    before = tab.topics
    tab.scopes[scope] = frozenset(topics)
    after = tab.topics
    for topic in before - after:
        _drop(topic, token)
    for topic in after - before:
        _watchers[topic].add(token)


def unwatch(token: str, scope: str) -> None:
    """Let a part of a tab's screen hear of nothing more."""
    watch(token, scope, ())


def forget(token: str) -> None:
    """Remove a tab; nothing is delivered to it from now on."""
    tab = _tabs.pop(token, None)
    if tab is None:
        return
    for topic in tab.topics:
        _drop(topic, token)
    if tab.user_id:
        _people[tab.user_id].discard(token)
        if not _people[tab.user_id]:
            del _people[tab.user_id]
            asyncio.get_running_loop().call_later(GRACE_SECONDS, _leave, tab.user_id)


def tokens(topics: Iterable[str]) -> set[str]:
    """Return the tabs that watch any of some topics."""
    found: set[str] = set()
    for topic in topics:
        found |= _watchers.get(topic, set())
    return found


def watches(token: str, topic: str) -> bool:
    """Tell whether a tab hears of a topic."""
    return token in _watchers.get(topic, ())


def is_open(token: str) -> bool:
    """Tell whether a tab is connected and known."""
    return token in _tabs


async def online() -> set[str]:
    """Return the ids of everybody who is here, in whatever process."""
    return set(_here)


def close_session(session_id: str) -> list[str]:
    """Take everything away from the tabs of a session that has ended; returns their tokens."""
    ended = [tab.token for tab in _tabs.values() if tab.session_id == session_id]
    for token in ended:
        forget(token)
    return ended


def _leave(user_id: str) -> None:
    if user_id in _here and user_id not in _people:
        _here.discard(user_id)
        _notify(_went, user_id)


def _notify(notice: Notice | None, user_id: str) -> None:
    if notice is not None:
        task = asyncio.get_running_loop().create_task(notice(user_id))
        _notices.add(task)
        task.add_done_callback(_notices.discard)


def _connected(token: str) -> bool:
    namespace = app().event_namespace
    return namespace is not None and token in namespace.token_to_sid


def _drop(topic: str, token: str) -> None:
    watchers = _watchers.get(topic)
    if watchers is not None:
        watchers.discard(token)
        if not watchers:
            del _watchers[topic]
