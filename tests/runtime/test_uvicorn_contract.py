"""What the web server relies on in uvicorn, and what would break without it."""

from __future__ import annotations

import asyncio
import inspect
import multiprocessing
import re
from types import SimpleNamespace
from typing import Any

import uvicorn
from uvicorn.protocols.http import httptools_impl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from uvicorn.supervisors.multiprocess import Multiprocess

from instagram_clone.runtime import serve, sockets, uvicorn_adapter
from instagram_clone.runtime.queues import Queue
from tests.contract import relied_on, untested

UVICORN = "uvicorn"
REQUEST = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\n"


class FakeTransport(asyncio.Transport):
    """Records what was written to it."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.7", 5000), "sockname": ("192.0.2.1", 80)})
        self.written, self.closed, self.reading = b"", False, True

    def write(self, data: Any) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def set_protocol(self, protocol: Any) -> None: ...


async def idle(*_: Any) -> None: ...


async def forever(*_: Any) -> None:
    await asyncio.Event().wait()


def config(app: Any) -> uvicorn.Config:
    made = uvicorn.Config(
        lambda: app,
        factory=True,
        http=uvicorn_adapter.HttpConnection,
        ws=uvicorn_adapter.WebSocketConnection,
    )
    made.load()
    return made


def connection(app: Any, kind: Any = uvicorn_adapter.HttpConnection) -> Any:
    made = kind(config(app), ServerState(), {})
    made.connection_made(FakeTransport())
    return made


@relied_on(
    UVICORN,
    uvicorn_adapter.HttpConnection.wrap_app,
    "a connection responds with its `app`, and has `headers` and a `cycle` for each request",
    "headers and bodies have no size or time limits, and files are sent by threads",
)
async def test_a_connection_exposes_its_request_and_response() -> None:
    called, may_respond = asyncio.Event(), asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        called.set()
        await may_respond.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        await send({"type": "http.response.body", "body": b"b"})

    made = connection(idle)
    made.wrap_app(lambda _: app)
    assert made.peer == "192.0.2.7" and not made.is_answering
    made.data_received(REQUEST)
    await called.wait()
    assert made.has_body and not made.waits_for_app and not made.is_answering
    made.cycle.response_started = True
    assert made.is_answering
    made.cycle.response_started = False
    made.data_received(b"abc")
    may_respond.set()
    await asyncio.gather(*made.tasks)
    assert not made.is_answering and b"200 OK" in made.transport.written


@relied_on(
    UVICORN,
    uvicorn_adapter.HttpConnection.refuse,
    "`flow.read_paused` means that the app has yet to take received data, and `send_400_response` refuses",
    "slow apps are mistaken for slow senders, and endless headers are not refused",
)
async def test_a_connection_waits_for_its_app_and_can_be_refused() -> None:
    made = connection(forever)
    made.data_received(REQUEST.replace(b"3", b"1000000") + b"x" * (httptools_impl.HIGH_WATER_LIMIT + 1))
    assert made.waits_for_app and not made.transport.reading
    refused = connection(idle)
    refused.refuse("Too large")
    assert refused.transport.written.startswith(b"HTTP/1.1 400 ") and refused.transport.closed
    for task in made.tasks:
        task.cancel()


@relied_on(
    UVICORN,
    uvicorn_adapter.HttpConnection.on_websocket_upgrade,
    "`handle_websocket_upgrade` is called when a connection becomes a WebSocket",
    "every open tab counts as a connection of its address, or is closed for sending no request",
)
async def test_a_connection_reports_its_upgrade_to_a_websocket() -> None:
    upgraded = []

    class Connection(uvicorn_adapter.HttpConnection):
        def on_websocket_upgrade(self) -> None:
            upgraded.append(self.peer)

    made = connection(idle, Connection)
    made.data_received(
        b"GET / HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
        b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    assert upgraded == ["192.0.2.7"]


@relied_on(
    UVICORN,
    uvicorn_adapter.HttpConnection,
    "httptools' callbacks and asyncio's are methods of the connection",
    "connections have no limits",
)
def test_every_overridden_method_exists() -> None:
    for kind, own in ((HttpToolsProtocol, serve.Requests), (WebSocketsSansIOProtocol, sockets.Socket)):
        adapter = own.__mro__[own.__mro__.index(kind) - 1]
        replaced = {name for name, part in vars(own).items() if inspect.isfunction(part) and name[0] != "_"}
        added = {"write", "disconnect"}
        assert {name for name in replaced - added if not hasattr(adapter, name)} == set()


@relied_on(
    UVICORN,
    uvicorn_adapter.WebSocketConnection.write_encoded,
    "a socket has a scope with extensions, and shows whether it is open and its reader keeps up",
    "no event reaches a tab, or a slow reader can fill any amount of memory",
)
async def test_a_socket_accepts_frames_while_it_is_open() -> None:
    made = connection(idle, uvicorn_adapter.WebSocketConnection)
    assert made.free
    made.pause_writing()
    assert not made.free
    waiting = asyncio.create_task(made.until_free())
    made.resume_writing()
    await waiting
    made.write_encoded(b"early")
    assert made.transport.written == b""
    made.handshake_complete = True
    made.write_encoded(b"frame")
    made.close_sent = True
    made.write_encoded(b"late")
    assert made.transport.written == b"frame"
    source = inspect.getsource(WebSocketsSansIOProtocol)
    assert "self.handshake_complete = True" in source and "self.close_sent = True" in source
    made.scope = {"extensions": {}}
    made.add_extension("extension", made)
    assert made.scope["extensions"]["extension"] is made
    assert '"extensions": {' in source and "self.run_asgi()" in source


@relied_on(
    UVICORN,
    uvicorn_adapter.WebSocketConnection.replace_app,
    "a socket calls its `app`, and uses only those methods of its `queue` that ours has",
    "each open tab takes 7 KB more, or no tab can connect",
)
async def test_a_socket_is_served_by_the_app_it_is_given() -> None:
    called = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["type"] == "websocket.connect"
        called.set()

    made = connection(idle, uvicorn_adapter.WebSocketConnection)
    made.replace_app(app)
    made.scope = {"extensions": {}}
    made.queue.put_nowait({"type": "websocket.connect"})
    running = asyncio.create_task(made.app(made.scope, made.receive, made.send))
    await called.wait()
    await running
    source = inspect.getsource(WebSocketsSansIOProtocol)
    assert "self.app(self.scope, self.receive, self.send)" in source
    used = set(re.findall(r"self\.queue\.(\w+)", source))
    assert used <= {name for name in dir(Queue) if not name.startswith("_")}


@relied_on(
    UVICORN,
    uvicorn_adapter.WebSocketConnection.start_keepalive,
    "a socket starts its keepalive once the handshake is complete, and doesn't use its request afterwards",
    "each open tab keeps 5 KB of headers, or no tab can connect",
)
async def test_a_socket_frees_its_handshake() -> None:
    made = connection(idle, uvicorn_adapter.WebSocketConnection)
    made.request = made.response = SimpleNamespace(headers={"cookie": "a=b"})
    kept = made.request
    made.start_keepalive()
    assert not hasattr(made, "request") and not hasattr(made, "response") and kept.headers == {}
    source = inspect.getsource(WebSocketsSansIOProtocol.send)
    before, _, after = source.partition("self.start_keepalive()")
    assert "self.conn.send_response(self.response)" in before
    assert "self.response" not in after and "self.request" not in source


@relied_on(
    UVICORN,
    uvicorn_adapter.Processes,
    "`Multiprocess` monitors its `processes`, and sets `should_exit` when one cannot start",
    "a server whose workers cannot start exits as if it had been stopped, and nothing restarts it",
)
def test_a_process_that_cannot_start_is_a_failure() -> None:
    made = uvicorn_adapter.Processes.__new__(uvicorn_adapter.Processes)
    made.config = config(idle)
    made.should_exit = multiprocessing.Event()  # pyright: ignore[reportAttributeAccessIssue]
    ended = SimpleNamespace(
        is_alive=lambda timeout: False,
        kill=lambda: None,
        join=lambda: None,
        exitcode=uvicorn_adapter.STARTUP_FAILURE,
        pid=1,
    )
    made.processes = [ended]  # pyright: ignore[reportAttributeAccessIssue]
    made.keep_subprocess_alive()
    assert made.failed and made.should_exit.is_set()
    assert "self.keep_subprocess_alive()" in inspect.getsource(Multiprocess.run)


def test_everything_in_the_adapter_has_a_contract() -> None:
    assert untested(uvicorn_adapter) == set()
