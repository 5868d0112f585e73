"""The production web server: limits on what it reads, and connections that share one frame between many."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
import websockets
from starlette.responses import FileResponse

from instagram_clone import config
from instagram_clone.addresses import ConcurrencyLimit
from instagram_clone.live.tabs import connections, socket_adapter
from instagram_clone.live.tabs.transport import Frame, Transport, transport_in
from instagram_clone.runtime import serve, stalls
from instagram_clone.runtime.sockets import Socket
from tests.server import PATIENCE_SECONDS

pytestmark = pytest.mark.starves

ASK = b"GET /hello HTTP/1.1\r\nHost: x\r\n"


@dataclass
class Running:
    """A server on its own port, and the connections to it."""

    port: int = 0
    sockets: list[Transport] = field(default_factory=list)

    file: Path | None = None
    delay: float = 0
    received: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and self.file is not None:
            await FileResponse(self.file)(scope, receive, send)
            self.ended.set()
            return
        if scope["type"] == "http" and scope["method"] == "POST":
            await asyncio.sleep(self.delay)
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return
                self.received += len(message["body"])
                more = message["more_body"]
        if scope["type"] == "http":
            await send(
                {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
            )
            await send({"type": "http.response.body", "body": b"hi"})
            return
        await receive()
        await send({"type": "websocket.accept"})
        self.sockets.append(transport_in(scope))
        while (await receive())["type"] != "websocket.disconnect":
            pass

    async def raw(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=PATIENCE_SECONDS)

    def socket(self) -> websockets.connect:
        return websockets.connect(
            f"ws://127.0.0.1:{self.port}",
            compression=None,
            max_queue=1,
            open_timeout=None,
            ping_interval=None,
        )

    async def until_connected(self, number: int) -> None:
        while len(self.sockets) < number:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def read_all(reader: asyncio.StreamReader) -> bytes:
    """Return what was received until the server closed the connection, even by a reset during an upload."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while part := await reader.read(65536):
                received += part
    return received


async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> asyncio.Task[bytes]:
    """Write a byte every hundredth of a second until the server closes the connection, and return its
    answer.
    """
    answer = asyncio.create_task(reader.read())
    sent = 0
    while not answer.done():
        assert sent < 1000, "the server is still reading"
        writer.write(b"x")
        sent += 1
        await asyncio.sleep(0.01)
    return answer


def is_rejected(answer: asyncio.Task[bytes], status: bytes) -> bool:
    """Return whether a request was rejected. A client still writing may be cut off before it reads why."""
    return isinstance(answer.exception(), ConnectionResetError) or status in answer.result()


@pytest.fixture
async def running(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    monkeypatch.setattr(serve, "_connections", ConcurrencyLimit())
    # Sockets are served by `made` itself, whether or not this process has a Reflex app.
    monkeypatch.setattr(connections, "_app", object())
    monkeypatch.setattr(socket_adapter, "enter", lambda _, served: served)
    made = Running()
    options = {
        **serve.OPTIONS,
        "http": serve.Requests,
        "ws": Socket,
        "lifespan": "off",
        "interface": "asgi3",
    }
    server = uvicorn.Server(uvicorn.Config(made.app, host="127.0.0.1", port=0, **options))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    made.port = server.servers[0].sockets[0].getsockname()[1]
    yield made
    server.should_exit = True
    await serving


@pytest.fixture
def header_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the server wait for headers for only tenths of a second."""
    monkeypatch.setattr(serve, "HEADER_SECONDS", 0.3)


async def test_a_connection_is_reused_however_long_it_was_idle(
    running: Running, header_timeout: None
) -> None:
    reader, writer = await running.raw()
    for _ in range(2):
        writer.write(ASK + b"\r\n")
        assert (await reader.readuntil(b"hi")).startswith(b"HTTP/1.1 200")
        await asyncio.sleep(2 * serve.HEADER_SECONDS)
    writer.close()


async def test_a_file_arrives_completely(running: Running, tmp_path: Path) -> None:
    running.file = tmp_path / "large"
    running.file.write_bytes(os.urandom(3 * serve.FILE_BYTES + 17))
    async with running.http() as client:
        assert (await client.get("/")).content == running.file.read_bytes()
        assert (await client.get("/", headers={"range": "bytes=3-5"})).content == running.file.read_bytes()[
            3:6
        ]
        assert (await client.head("/")).headers["content-length"] == str(running.file.stat().st_size)


async def test_headers_that_trickle_in_are_rejected(running: Running, header_timeout: None) -> None:
    reader, writer = await running.raw()
    writer.write(ASK)
    assert is_rejected(await trickle(reader, writer), b"400")
    writer.close()


async def test_a_silent_connection_is_closed_without_a_response(
    running: Running, header_timeout: None
) -> None:
    reader, writer = await running.raw()
    assert await read_all(reader) == b""
    writer.close()


async def test_endless_headers_are_rejected(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "HEADER_SECONDS", 10 * PATIENCE_SECONDS)
    reader, writer = await running.raw()
    writer.write(ASK + b"X: " + b"x" * (serve.MAX_HEADER_BYTES + 1))
    assert (await read_all(reader)).startswith(b"HTTP/1.1 400")
    writer.close()


async def test_a_body_does_not_count_as_headers_of_the_next_request(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "MAX_HEADER_BYTES", 1000)
    reader, writer = await running.raw()
    post = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n"
    writer.write(post + b"x" * 5000 + ASK)
    assert (await reader.readuntil(b"hi")).startswith(b"HTTP/1.1 200")
    writer.write(b"\r\n")
    assert (await reader.readuntil(b"hi")).startswith(b"HTTP/1.1 200")
    writer.close()


async def test_one_frame_reaches_all_sockets(running: Running) -> None:
    async with running.socket() as first, running.socket() as second:
        await running.until_connected(2)
        frame = Frame('42["event",{"text":"héllo 🌊"}]')
        for socket in running.sockets:
            socket.write(frame)
        assert [await one.recv() for one in (first, second)] == [frame.text] * 2
    while not all(socket.transport.is_closing() for socket in running.sockets):  # pyright: ignore # noqa: ASYNC110
        await asyncio.sleep(0.01)
    for socket in running.sockets:
        socket.write(frame)


async def test_a_socket_knows_when_its_reader_falls_behind_and_catches_up(running: Running) -> None:
    async with running.socket() as slow:
        await running.until_connected(1)
        [socket] = running.sockets
        written = 0
        while socket.free:
            socket.write(Frame(f"{written:06}" + "x" * 60_000))
            written += 1
            await asyncio.sleep(0)
        catching_up = asyncio.create_task(socket.until_free())
        got = [int((await slow.recv())[:6]) for _ in range(written)]
        await asyncio.wait_for(catching_up, PATIENCE_SECONDS)
        assert socket.free and got == list(range(written))


@pytest.fixture
def body_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the server wait for bodies for tenths of a second, not a quarter of an hour."""
    for name, value in (("TICK", 0.05), ("GRACE", 0.2)):
        monkeypatch.setattr(serve, f"BODY_{name}_SECONDS", value)


BODY = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"


async def test_a_body_that_never_arrives_is_rejected(running: Running, body_timeouts: None) -> None:
    reader, writer = await running.raw()
    writer.write(BODY)
    assert b"408" in await read_all(reader)
    writer.close()


async def test_a_body_that_trickles_in_is_rejected(running: Running, body_timeouts: None) -> None:
    reader, writer = await running.raw()
    writer.write(BODY)
    assert is_rejected(await trickle(reader, writer), b"408")
    writer.close()


async def test_a_body_has_a_time_limit_however_fast_it_arrives(
    running: Running, body_timeouts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "BODY_SECONDS", 0.5)
    reader, writer = await running.raw()
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    answer = asyncio.create_task(reader.read())
    while not answer.done():
        writer.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
        await asyncio.sleep(0.01)
    assert is_rejected(answer, b"408")
    writer.close()


async def test_a_steady_body_arrives_even_if_the_app_is_slow(running: Running, body_timeouts: None) -> None:
    running.delay = 1.0
    reader, writer = await running.raw()
    writer.write(BODY)
    for _ in range(100):
        writer.write(b"x" * 10_000)
        await writer.drain()
    assert (await asyncio.wait_for(reader.readuntil(b"hi"), PATIENCE_SECONDS)).startswith(b"HTTP/1.1 200")
    assert running.received == 1_000_000
    writer.close()


async def test_a_client_that_does_not_read_the_response_is_disconnected(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stalls, "STALL_SECONDS", 0.2)
    running.file = tmp_path / "large"
    running.file.write_bytes(bytes(50_000_000))
    reader, writer = await running.raw()
    writer.write(ASK + b"\r\n")
    await reader.readuntil(b"\r\n\r\n")
    await asyncio.wait_for(running.ended.wait(), PATIENCE_SECONDS)
    monkeypatch.setattr(stalls, "STALL_SECONDS", 30)
    async with running.http() as client:
        assert len((await client.get("/")).content) == 50_000_000
    writer.close()


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A function that changes the server's settings."""

    def limit(**changed: Any) -> None:
        chosen = dataclasses.replace(config.settings(), **changed)
        monkeypatch.setattr(serve, "settings", lambda: chosen)

    return limit


async def test_the_connections_of_an_address_are_limited(
    running: Running, limited: Callable[..., None]
) -> None:
    limited(limits=True, connections_per_address=3, trusted_proxies=())
    held = [await running.raw() for _ in range(3)]
    for reader, writer in held:
        writer.write(ASK + b"\r\n")
        await reader.readuntil(b"hi")
    refused, writer = await running.raw()
    assert b"429" in await read_all(refused)
    writer.close()
    for _, one in held[:2]:
        one.close()
    while serve._connections._held["127.0.0.1"] > 1:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    reader, writer = await running.raw()
    writer.write(ASK + b"\r\n")
    assert (await reader.readuntil(b"hi")).startswith(b"HTTP/1.1 200")
    # Sockets are counted separately, once their user is known.
    async with running.socket(), running.socket(), running.socket():
        pass
    for _, one in [*held, (reader, writer)]:
        one.close()
    while len(serve._connections):  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def test_the_connections_of_a_trusted_proxy_are_unlimited(
    running: Running, limited: Callable[..., None]
) -> None:
    limited(limits=True, connections_per_address=1, trusted_proxies=(ip_network("127.0.0.0/8"),))
    for reader, writer in [await running.raw() for _ in range(5)]:
        writer.write(ASK + b"\r\n")
        assert (await reader.readuntil(b"hi")).startswith(b"HTTP/1.1 200")
        writer.close()


def test_the_file_limit_is_raised_where_the_system_reports_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resource = pytest.importorskip("resource")
    limits = [(256, resource.RLIM_INFINITY)]

    def like_macos(_: int, wanted: tuple[int, int]) -> None:
        if wanted[0] == resource.RLIM_INFINITY:
            raise ValueError("current limit exceeds maximum limit")
        limits.append(wanted)

    monkeypatch.setattr(resource, "getrlimit", lambda _: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", like_macos)
    serve.raise_file_limit()
    assert limits[-1] == (serve.MACOS_FILES, resource.RLIM_INFINITY)
