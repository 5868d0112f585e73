"""Three tabs connected to fake sockets, so that tests can read what is sent."""

from __future__ import annotations

import json
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from instagram_clone import live
from instagram_clone.live import delivery, editing, online, staleness
from instagram_clone.live.tabs import connections


async def _no_wait() -> None: ...


class Packet(dict[str, Any]):
    """The facts of a frame, in place of its encoded text."""

    def encode(self) -> bytes:
        return json.dumps(self, ensure_ascii=False).encode()


class FakeSockets:
    """A stand-in for socket.io that records which frames were sent to which socket."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Any]] = []
        self.sid_to_token = {"s1": "t1", "s2": "t2", "s3": "t3"}
        records = {token: SimpleNamespace(sid=sid) for sid, token in self.sid_to_token.items()}
        self._token_manager = SimpleNamespace(token_to_socket=records)
        self.namespace = "/_event"
        self.slow: dict[str, Callable[[], Awaitable[Any]]] = {}

    def environ(self, sid: str) -> dict[str, Any]:
        async def send(message: dict[str, Any]) -> None:
            await self.slow.get(sid, _no_wait)()
            self.sent.append((sid, message["text"]))

        return {"asgi.scope": live.with_transport({"type": "websocket"}, send)}

    def on_disconnect(self, sid: str) -> None: ...


@pytest.fixture
async def sockets(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeSockets]:
    """Three connected tabs: two of Ana's, and one of Ben's."""
    fake = FakeSockets()
    environs = {sid: fake.environ(sid) for sid in fake.sid_to_token}
    app = SimpleNamespace(
        event_namespace=fake,
        sio=SimpleNamespace(get_environ=lambda sid, _: environs.get(sid)),
    )
    monkeypatch.setattr(connections, "_app", app)
    monkeypatch.setattr(connections, "_tabs", {})
    monkeypatch.setattr(connections, "_watchers", type(connections._watchers)(set))
    monkeypatch.setattr(connections, "_watched", type(connections._watched)(set))
    monkeypatch.setattr(connections, "_people", type(connections._people)(set))
    monkeypatch.setattr(online, "_online", set())
    monkeypatch.setattr(online, "_leaving", {})
    monkeypatch.setattr(online, "_elsewhere", {})
    monkeypatch.setattr(online, "_unannounced", set())
    monkeypatch.setattr(online, "_on_online", None)
    monkeypatch.setattr(online, "_on_offline", None)
    for name in ("_pending", "_delayed", "_held", "_releasing"):
        monkeypatch.setattr(delivery, name, {})
    for name in ("_priority", "_bulk"):
        monkeypatch.setattr(editing, name, OrderedDict())
    for name in ("_editing", "_requeued", "_after_pause"):
        monkeypatch.setattr(editing, name, {})
    monkeypatch.setattr(editing, "_changes", defaultdict(list))
    monkeypatch.setattr(editing, "_scheduler", None)
    monkeypatch.setattr(editing, "_next_turn", float("-inf"))
    monkeypatch.setattr(delivery, "_recent_keys", set())
    monkeypatch.setattr(delivery, "_pause_timer", None)
    monkeypatch.setattr(delivery, "_flush_handle", None)
    monkeypatch.setattr(delivery, "_packet", Packet)
    monkeypatch.setattr(staleness, "_last_events", OrderedDict())
    monkeypatch.setattr(staleness, "_watched_since", {})
    monkeypatch.setattr(staleness, "_last_evicted", 0)
    for token, user in (("t1", "ana"), ("t2", "ana"), ("t3", "ben")):
        live.identify(token, user, f"session of {user}")
    yield fake
