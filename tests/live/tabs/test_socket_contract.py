"""What tabs' sockets rely on in Reflex, socket.io and engine.io, and what would break without it."""

from __future__ import annotations

import asyncio
import inspect
import re
from types import SimpleNamespace
from typing import Any

import engineio.async_drivers.asgi as driver
import pytest
from engineio.async_socket import AsyncSocket
from reflex.app import EventNamespace, _ContextMiddleware
from reflex.event import Event
from reflex_base.event.processor.base_state_processor import BaseStateEventProcessor
from reflex_base.event.processor.future import EventFuture
from reflex_base.registry import RegistrationContext
from socketio import AsyncServer
from socketio.exceptions import ConnectionRefusedError
from starlette.applications import Starlette
from starlette.routing import Mount

from instagram_clone.instagram_clone import app
from instagram_clone.live.reflex_adapter import HYDRATE_AND_LOAD
from instagram_clone.live.tabs import socket_adapter, transport
from tests.contract import relied_on, untested

REFLEX, SOCKETIO, ENGINEIO = "reflex", "python-socketio", "python-engineio"
EVENT = "timeline_state.like"


class Sockets(EventNamespace):
    """Reflex's namespace, unmodified, in an app of the test's own."""

    def __init__(self) -> None:
        super().__init__("/_event", SimpleNamespace(_state=None, _event_processor=None))  # pyright: ignore[reportArgumentType]
        self.calls: list[str] = []


@pytest.fixture
def sockets(monkeypatch: pytest.MonkeyPatch) -> Sockets:
    for name in ("on_connect", "on_disconnect", "on_event"):
        is_awaited = inspect.iscoroutinefunction(getattr(EventNamespace, name))

        def note(self: Sockets, *args: Any, name: str = name, is_awaited: bool = is_awaited) -> Any:
            self.calls.append(f"{name} {args[0]}")
            return asyncio.sleep(0) if is_awaited else None

        monkeypatch.setattr(Sockets, name, note, raising=False)
    return Sockets()


def app_with(sockets: Any) -> Any:
    return SimpleNamespace(event_namespace=sockets, sio=app.sio)


@relied_on(
    REFLEX,
    socket_adapter.event_app,
    "Reflex mounts the app of its sockets at `/_event` in `App._api`",
    "no tab can connect",
)
async def test_the_sockets_app_is_reached_without_the_layers_around_it() -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"connection", b"upgrade"), (b"upgrade", b"websocket")]
    scope = {"type": "websocket", "path": "/_event/", "headers": headers, "client": ("127.0.0.1", 1)}
    asked = {"query_string": b"EIO=3&transport=websocket", "http_version": "1.1", "subprotocols": []}
    await socket_adapter.event_app(app)({**scope, **asked}, receive, send)
    # Refused by engine.io itself, which speaks a different version of the protocol.
    assert [message["type"] for message in sent] == ["websocket.close"]


@relied_on(
    REFLEX,
    socket_adapter.enter,
    '`App` mounts ours at "" in a Starlette, and prepares each request with `_set_contexts_internal`',
    "each open tab takes 4 KB more, or no event of a tab is recognized",
)
async def test_our_part_of_the_app_is_reached_without_the_layers_around_it() -> None:
    async def ours(*_: Any) -> None: ...

    around = Starlette(routes=[Mount("", app=ours)])
    assert socket_adapter.enter(app, around) is ours
    assert RegistrationContext.get() is app._registration_context
    assert socket_adapter.enter(app, ours) is ours
    assert 'top_asgi_app.mount("", asgi_app)' in inspect.getsource(type(app).__call__)
    middleware = inspect.getsource(_ContextMiddleware)
    assert "self.reflex_app._set_contexts_internal()" in middleware


@relied_on(
    SOCKETIO,
    socket_adapter.refuse_sockets_while,
    "socket.io looks up `on_connect` on the namespace each time, and passes id, environment and auth",
    "tabs are admitted while Redis or MongoDB is down, and miss events",
)
async def test_sockets_are_refused_while_a_dependency_is_unavailable(sockets: Sockets) -> None:
    unavailable = [True]
    socket_adapter.refuse_sockets_while(app_with(sockets), lambda: bool(unavailable))
    with pytest.raises(ConnectionRefusedError):
        await sockets.trigger_event("connect", "s1", {}, None)
    unavailable.clear()
    await sockets.trigger_event("connect", "s1", {}, None)
    assert sockets.calls == ["on_connect s1"]
    given = list(inspect.signature(EventNamespace.on_connect).parameters)
    assert given == ["self", "sid", "environ", "auth"]


class Queue:
    """Records the sockets that wait for admission, and those that have left."""

    def __init__(self) -> None:
        self.turns: list[asyncio.Future[socket_adapter.Leave | None]] = []
        self.is_connected: list[socket_adapter.IsConnected] = []
        self.left: list[int] = []

    def enter(
        self, is_connected: socket_adapter.IsConnected
    ) -> asyncio.Future[socket_adapter.Leave | None]:
        self.turns.append(asyncio.get_running_loop().create_future())
        self.is_connected.append(is_connected)
        return self.turns[-1]

    def admit(self, number: int) -> None:
        self.turns[number].set_result(lambda: self.left.append(number))


async def let_tasks_run() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def connecting(sockets: Sockets, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Queue, list[str]]:
    """Return an app with a socket.io server, the queue in front of it, and the packets it has sent."""
    server, queue, sent = AsyncServer(async_mode="asgi", namespaces="*"), Queue(), []
    server.register_namespace(sockets)

    async def on_connect(sid: str, *_: Any) -> None:
        sockets.calls.append(f"on_connect {sid}")

    async def send(eio_sid: str, packet: Any) -> None:
        sent.append(f"{packet.packet_type} {eio_sid}")

    monkeypatch.setattr(sockets, "on_connect", on_connect)
    monkeypatch.setattr(server, "_send_packet", send)
    served = app_with(sockets)
    served.sio, served.event_processor = server, BaseStateEventProcessor()
    socket_adapter.admit_sockets(served, queue.enter)
    return served, queue, sent


@relied_on(
    SOCKETIO,
    socket_adapter.admit_sockets,
    "socket.io passes a CONNECT packet from engine.io to `_handle_connect`, and awaits it; "
    "`environ` has the connected sockets",
    "when a process dies, another reads the pages of all its tabs at once, and none is ready for a minute",
)
async def test_a_connecting_socket_waits_for_its_turn_and_blocks_nothing_else(
    sockets: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    served, queue, sent = connecting(sockets, monkeypatch)
    for eio_sid in ("e1", "e2"):
        await served.sio._handle_eio_connect(eio_sid, {})
        await served.sio._handle_eio_message(eio_sid, "0/_event,{}")
        await served.sio._handle_eio_message(eio_sid, "0/_event,{}")
    assert len(queue.turns) == 2, "a socket is queued only once"
    assert sent == [] and sockets.calls == [] and all(is_connected() for is_connected in queue.is_connected)
    queue.admit(1)
    await let_tasks_run()
    assert sent == ["0 e2"] and len(sockets.calls) == 1 and queue.left == [1], "no page load has started"
    await served.sio._handle_eio_message("e2", "0/_event,{}")
    assert len(queue.turns) == 2, "nor is one that has been admitted queued again"
    await served.sio._handle_eio_disconnect("e1", "gone")
    assert not queue.is_connected[0]()
    queue.turns[0].set_result(None)
    await let_tasks_run()
    assert sent == ["0 e2"] and len(queue.left) == 1


@relied_on(
    REFLEX,
    socket_adapter.admit_sockets,
    "the futures of a tab's first events are in `_pending_hydrates`, and wait for their follow-up events",
    "the pages of all reconnecting tabs are read at once, and none is ready before nearly all are",
)
async def test_a_place_is_held_until_a_page_has_been_read(
    sockets: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    served, queue, sent = connecting(sockets, monkeypatch)
    hydrate, load = EventFuture(txid="1"), EventFuture(txid="2")

    async def on_connect(sid: str, *_: Any) -> None:
        sockets.sid_to_token[sid] = "t1"
        event = Event(name=HYDRATE_AND_LOAD)
        served.event_processor._supersede_previous(token="t1", event=event, tracked=hydrate)

    monkeypatch.setattr(sockets, "on_connect", on_connect)
    hydrate.add_child(load)
    await served.sio._handle_eio_connect("e1", {})
    await served.sio._handle_eio_message("e1", "0/_event,{}")
    queue.admit(0)
    await let_tasks_run()
    hydrate.set_result(None)
    await let_tasks_run()
    assert sent == ["0 e1"] and queue.left == []
    load.cancel()
    await let_tasks_run()
    assert queue.left == [0]


@relied_on(
    REFLEX,
    socket_adapter.drop_unused_headers,
    "the namespace builds what it keeps of a socket's request with `_build_static_router_data`, once",
    "an open tab keeps its headers five times, and its browser gets them too; or nobody is signed in",
)
def test_only_the_used_headers_of_a_socket_are_kept() -> None:
    made = EventNamespace("/_event", app)
    socket_adapter.drop_unused_headers(app_with(made))
    headers = [(b"cookie", b"a=b"), (b"origin", b"http://x"), (b"user-agent", b"Some browser")]
    scope = {"type": "websocket", "headers": headers, "client": ("127.0.0.1", 5)}
    environ = {"asgi.scope": scope, "HTTP_USER_AGENT": "Some browser"}
    data = made._build_static_router_data("s1", environ)
    assert data["headers"] == {"cookie": "a=b", "origin": "http://x"} and data["ip"] == "127.0.0.1"
    assert environ == {"asgi.scope": scope} and scope["headers"] == [(b"cookie", b"a=b")]
    source = inspect.getsource(EventNamespace.on_connect)
    _, _, after = source.partition("self._build_static_router_data(sid, environ)")
    assert after and "environ" not in after


@relied_on(
    SOCKETIO,
    socket_adapter.on_socket_closed,
    "socket.io looks up `on_disconnect` on the namespace each time, and passes the id and a reason",
    "closed tabs are never forgotten: people stay online, and memory grows",
)
async def test_a_closing_socket_is_reported_before_reflex_forgets_it(sockets: Sockets) -> None:
    socket_adapter.on_socket_closed(app_with(sockets), lambda sid: sockets.calls.append(f"closed {sid}"))
    await sockets.trigger_event("disconnect", "s1", "transport close")
    assert sockets.calls == ["closed s1", "on_disconnect s1"]


@relied_on(
    SOCKETIO,
    socket_adapter.on_incoming_event,
    "socket.io looks up `on_event` on the namespace each time, and so does Reflex for a connection's event",
    "no event is checked: any name, any argument and any tab's token is accepted",
)
async def test_every_event_passes_the_guard(sockets: Sockets) -> None:
    async def guard(sid: str, data: tuple[Any, ...], pass_on: socket_adapter.PassOn) -> None:
        sockets.calls.append(f"guard {len(data)}")
        await pass_on(sid, {})

    socket_adapter.on_incoming_event(app_with(sockets), guard)
    await sockets.trigger_event("event", "s1", {"name": EVENT}, "more")
    assert sockets.calls == ["guard 2", "on_event s1"]
    assert "await self.on_event(sid, boot_event)" in inspect.getsource(EventNamespace.on_connect)
    handled = {name for name in vars(EventNamespace) if name.startswith("on_")}
    assert handled == {"on_connect", "on_disconnect", "on_event", "on_ping", "on_client_error"}


@relied_on(
    ENGINEIO,
    socket_adapter.queue_packets_in,
    "each socket takes its queue from its server's `create_queue`",
    "a client that doesn't read can fill any amount of memory",
)
async def test_a_sockets_packets_are_queued_in_our_queue() -> None:
    assert app.sio is not None and app.sio.eio.create_queue is transport.PacketQueue
    transport.with_transport({"type": "websocket"}, lambda _: asyncio.sleep(0))  # pyright: ignore[reportArgumentType]
    assert isinstance(AsyncSocket(app.sio.eio, "e1").queue, transport.PacketQueue)
    used = set(re.findall(r"self\.queue\.(\w+)", inspect.getsource(AsyncSocket)))
    assert used <= {name for name in dir(transport.PacketQueue) if not name.startswith("_")}


@relied_on(
    REFLEX,
    socket_adapter.socket_of,
    "the namespace's `_token_manager.token_to_socket` has a record with a `sid` for each token",
    "no tab is known, so no event reaches any screen",
)
async def test_a_tabs_socket_is_found_by_its_token() -> None:
    made = EventNamespace("/_event", app)
    await made._token_manager.link_token_to_sid("t1", "s1")
    assert socket_adapter.socket_of(app_with(made), "t1") == "s1"
    assert socket_adapter.socket_of(app_with(made), "t2") == ""


@relied_on(
    REFLEX,
    socket_adapter.token_at,
    "the namespace's `sid_to_token` has a token for each socket",
    "closed tabs are not forgotten, and likes and messages are not accepted",
)
async def test_a_tab_is_found_by_its_socket() -> None:
    made = EventNamespace("/_event", app)
    await made._token_manager.link_token_to_sid("t1", "s1")
    assert socket_adapter.token_at(app_with(made), "s1") == "t1"
    assert socket_adapter.token_at(app_with(made), "s2") is None


@relied_on(
    ENGINEIO,
    socket_adapter.scope_at,
    "a socket's environment has its ASGI scope under `asgi.scope`",
    "no socket's cookie or address is known, and no fact can be sent to a tab",
)
async def test_a_socket_has_the_scope_it_was_opened_with() -> None:
    server = app.sio
    assert server is not None
    scope = {"type": "websocket", "headers": [(b"cookie", b"a=b")]}
    server.environ["e1"] = {"asgi.scope": scope}
    server.manager.set_server(server)
    sid = await server.manager.connect("e1", "/_event")
    try:
        assert socket_adapter.scope_at(app, sid) is scope
        assert socket_adapter.scope_at(app, "") is None and socket_adapter.scope_at(app, "s2") is None
    finally:
        await server.manager.disconnect(sid, "/_event")
        del server.environ["e1"]
    assert "'asgi.scope': scope" in inspect.getsource(driver.translate_request)


@relied_on(
    REFLEX,
    socket_adapter.reload_page,
    "`emit_update` sends events to a tab, and `hydrate_and_load` is the event with which a page begins",
    "a tab whose state could not be edited, or was evicted, stays out of date",
)
async def test_a_page_reloads_when_its_first_event_is_sent_to_it() -> None:
    sent = []

    async def emit_update(update: Any, token: str) -> None:
        sent.append((token, [event.name for event in update.events]))

    assert list(inspect.signature(EventNamespace.emit_update).parameters) == ["self", "update", "token"]
    await socket_adapter.reload_page(app_with(SimpleNamespace(emit_update=emit_update)), "t1")
    assert sent == [("t1", [HYDRATE_AND_LOAD])]


def test_everything_in_the_adapter_has_a_contract() -> None:
    assert untested(socket_adapter) == set()
