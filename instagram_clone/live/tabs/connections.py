"""The connected browser tabs, who they belong to, and what each of them watches.

A tab is identified by Reflex's client token. Its topics are kept by scope, one scope for each part of a
screen, so that each part can change its topics without knowing about the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

import reflex as rx

from instagram_clone.live import channels, online, staleness, topics
from instagram_clone.live.tabs import admission, engine_adapter, socket_adapter
from instagram_clone.live.tabs.transport import PacketQueue, Scope, Transport, transport_in
from instagram_clone.live.topics import Topic, parts_of


@dataclass
class Tab:
    """One connected tab. `user_id` and `session_id` are "" if nobody is signed in."""

    token: str
    transport: Transport | None = None
    user_id: str = ""
    session_id: str = ""
    scopes: dict[str, frozenset[Topic]] = field(default_factory=dict)

    @property
    def topics(self) -> frozenset[Topic]:
        """Everything the tab watches."""
        return frozenset().union(*self.scopes.values())


_tabs: dict[str, Tab] = {}
_people: dict[str, set[str]] = defaultdict(set)
_watchers: dict[Topic, set[str]] = defaultdict(set)
_watched: dict[str, set[str]] = defaultdict(set)
"""The ids in all watched topics, by the prefix of their kind."""

_app: rx.App | None = None


def attach(app: rx.App) -> None:
    """Hook into the sockets of an app's tabs. Call it once, before the app serves."""
    global _app
    _app = app
    engine_adapter.read_without_tasks()
    socket_adapter.queue_packets_in(app, PacketQueue)
    socket_adapter.refuse_sockets_while(app, admission.is_closed)
    socket_adapter.admit_sockets(app, admission.AdmissionQueue().enter)
    socket_adapter.on_socket_closed(app, _on_closed)


def _on_closed(sid: str) -> None:
    if (token := token_at(sid)) is not None and socket_of(token) == sid:
        forget(token)


def app() -> rx.App:
    """Return the app whose tabs these are."""
    assert _app is not None, "live.attach(app) comes first"
    return _app


def socket_of(token: str) -> str:
    """Return the id of a tab's socket, "" if this process has none for it."""
    return socket_adapter.socket_of(app(), token)


def token_at(sid: str) -> str | None:
    """Return the token of the tab with this socket id, None if there is none."""
    return socket_adapter.token_at(app(), sid)


def cookies_of(sid: str) -> str:
    """Return the Cookie header that a tab's socket was opened with, "" if there was none."""
    scope = socket_adapter.scope_at(app(), sid)
    headers = scope["headers"] if scope is not None else []
    return "; ".join(value.decode("latin-1") for name, value in headers if name == b"cookie")


def address_of(token: str) -> str:
    """Return the network address of a tab's socket, "" if this process has none for it."""
    scope = _scope(token)
    return (scope.get("client") or ("",))[0] if scope is not None else ""


def identify(token: str, user_id: str, session_id: str) -> Awaitable[bool]:
    """Record a tab's user and session, as just verified. If they have changed, it watches only its user's
    topic from now on.

    Returns an awaitable to await before reading anything for it.
    """
    own = [topics.user(user_id)] if user_id else []
    tab = _tabs.get(token)
    if tab is not None and tab.user_id == user_id and tab.session_id == session_id:
        return channels.until_subscribed(own)
    if tab is not None:
        forget(token)
    if not socket_of(token):
        return channels.until_subscribed([])
    _tabs[token] = Tab(token, _transport(token), user_id, session_id)
    if user_id:
        watch(token, "person", own)
        _people[user_id].add(token)
        online.connected(user_id)
    return channels.until_subscribed(own)


def watch(
    token: str, scope: str, topics: Iterable[Topic], since: staleness.Moment | None = None
) -> Awaitable[bool]:
    """Subscribe a part of a tab's screen to these topics, replacing its previous ones.

    Returns an awaitable to await before reading, so that no event of any process is missed. It returns True
    if anything read earlier, or after the moment `since`, may be out of date.
    """
    tab = _tabs.get(token)
    if tab is None:
        return channels.until_subscribed([])
    before = tab.topics
    tab.scopes[scope] = wanted = frozenset(topics)
    after = tab.topics
    for topic in before - after:
        _drop(topic, token)
    stale = since is not None and staleness.is_stale(after - before, since)
    for topic in after - before:
        if topic not in _watchers:
            kind, subject = parts_of(topic)
            _watched[kind].add(subject)
            channels.enter(topic)
            staleness.enter(topic)
        _watchers[topic].add(token)
    return channels.until_subscribed(wanted, stale)


def unwatch(token: str, scope: str) -> None:
    """Unsubscribe a part of a tab's screen from all of its topics."""
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
            online.disconnected(tab.user_id)


def tokens(topics: Iterable[Topic]) -> set[str]:
    """Return the tabs that watch any of these topics."""
    found: set[str] = set()
    for topic in topics:
        found |= _watchers.get(topic, set())
    return found


def tokens_of(user_id: str) -> set[str]:
    """Return a user's tabs."""
    return _people.get(user_id, set())


def watches(token: str, topic: Topic) -> bool:
    """Return whether a tab watches a topic."""
    return token in _watchers.get(topic, ())


def watched(kind: Callable[[str], Topic]) -> list[str]:
    """Return the ids in all watched topics of a kind, such as `topics.post`."""
    return list(_watched.get(kind(""), ()))


def watched_topics() -> list[Topic]:
    """Return all watched topics."""
    return list(_watchers)


def watchers(topic: Topic) -> dict[str, str]:
    """Return the tabs that watch a topic, each with its user's id, "" if nobody is signed in."""
    return {token: _tabs[token].user_id for token in _watchers.get(topic, ())}


def withdraw(token: str, *topics: Topic) -> None:
    """Unsubscribe a tab from topics, whichever part of its screen subscribed to them."""
    for scope, before in dict(_tabs[token].scopes if token in _tabs else {}).items():
        watch(token, scope, before.difference(topics))


def is_open(token: str) -> bool:
    """Return whether a tab is connected and identified."""
    return token in _tabs


def close_session(session_id: str) -> list[str]:
    """Remove all tabs of a session that has ended, and return their tokens."""
    ended = [tab.token for tab in _tabs.values() if tab.session_id == session_id]
    for token in ended:
        forget(token)
    return ended


def transport(token: str) -> Transport | None:
    """Return the transport to a tab, None if this process has none."""
    tab = _tabs.get(token)
    return tab.transport if tab is not None else _transport(token)


def all_free() -> bool:
    """Return whether everything written to tabs has been sent."""
    return all(tab.transport.free for tab in _tabs.values() if tab.transport is not None)


def _transport(token: str) -> Transport | None:
    scope = _scope(token)
    return transport_in(scope) if scope is not None else None


def _scope(token: str) -> Scope | None:
    return socket_adapter.scope_at(app(), socket_of(token))


def _drop(topic: Topic, token: str) -> None:
    watchers = _watchers.get(topic)
    if watchers is not None:
        watchers.discard(token)
        if not watchers:
            del _watchers[topic]
            kind, subject = parts_of(topic)
            _watched[kind].discard(subject)
            channels.leave(topic)
            staleness.leave(topic)
