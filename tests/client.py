"""A tab without a browser: Reflex's protocol over a raw WebSocket, for attacks and measurements."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from instagram_clone.live.delivery import LiveState
from instagram_clone.web.states.posts.composer import ComposerState
from instagram_clone.web.states.posts.detail import DetailState
from tests.server import PATIENCE_SECONDS

HYDRATE = "reflex___state____state.hydrate_and_load"
STATE = "reflex___state____state"

_HALF = "\ud800"
"""Half a surrogate pair. Any event with it is refused in its turn, with a reply under the event's key."""

_WHOLE = {"x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0}


def event_name(state: type, handler: str) -> str:
    """Return the name under which a client calls a handler of a state class."""
    return f"{state.get_full_name()}.{handler}"  # pyright: ignore[reportAttributeAccessIssue]


class RawTab:
    """One connected tab; `frames` is everything it was sent, in order, `arrived` when the last one came."""

    def __init__(self, socket: ClientConnection, token: str) -> None:
        self.socket = socket
        self.token = token
        self.frames: list[dict[str, Any]] = []
        self.arrived = 0.0
        self._reader: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()
        self._pong = asyncio.Event()
        self._marks: dict[str, asyncio.Event] = {}
        self._has_asked = True

    @classmethod
    async def open(
        cls,
        url: str,
        origin: str,
        cookie: str = "",
        token: str = "",
        path: str = "/",
        query: dict[str, str] | None = None,
        **more: Any,
    ) -> RawTab:
        """Connect as a browser does, with the page's first event in the handshake."""
        token = token or secrets.token_hex(16)
        headers = {"Cookie": cookie} if cookie else {}
        socket = await connect(
            f"{url}&token={token}", origin=origin or None,  # pyright: ignore[reportArgumentType]
            additional_headers=headers, max_size=None,
            open_timeout=PATIENCE_SECONDS, ping_interval=None, **more,
        )  # fmt: skip
        tab = cls(socket, token)
        await socket.recv()
        boot = {"event": {"name": HYDRATE, "payload": {}, "router_data": tab._router_data(path, query)}}
        await socket.send(f"40/_event,{json.dumps(boot)}")
        tab._reader = asyncio.create_task(tab._read())
        return tab

    async def call(self, name: str, payload: Any = None, path: str = "/", **more: Any) -> None:
        """Send any event."""
        event = {"name": name, "payload": payload, "router_data": self._router_data(path, None), **more}
        await self.raw(["event", event])

    async def raw(self, data: Any) -> None:
        """Send anything as a socket.io event."""
        self._has_asked = True
        await self._send(data)

    async def settle(self, seconds: float = 0.15) -> RawTab:
        """Wait until the server has processed everything this tab sent, and nothing more arrives for a
        short time.

        That time is longer on a machine that is slow to reply. For what must arrive, use `until`.
        """
        before, clock = -1, asyncio.get_running_loop().time
        while before != len(self.frames):
            before = len(self.frames)
            asked = clock()
            # A tab that only listens sends nothing: an event would remind the server whose tab it is.
            if self._has_asked:
                await asyncio.gather(
                    self._mark(DetailState, "comment", post_id="", text=_HALF, answering=""),
                    self._mark(ComposerState, "share", media_id="", caption=_HALF, alt="", **_WHOLE),
                )
            await self.ping()
            await asyncio.sleep(max(seconds, min(3.0, 10 * (clock() - asked))))
            await self.ping()
        self._has_asked = False
        return self

    @staticmethod
    async def settle_all(tabs: Iterable[RawTab], seconds: float = 0.15) -> None:
        """Settle several tabs, all at the same time."""
        await asyncio.gather(*(tab.settle(seconds) for tab in tabs))

    async def ping(self) -> None:
        """Wait until the server has received everything that was sent."""
        self._pong.clear()
        with contextlib.suppress(ConnectionClosed):
            await self._send(["ping"])
            await self._wait_for(self._pong)

    async def _mark(self, state: type, handler: str, **payload: Any) -> None:
        """Send an event that is refused once everything sent before it has been processed."""
        payload["key"] = key = f"mark-{secrets.token_hex(8)}"
        self._marks[key] = asyncio.Event()
        with contextlib.suppress(ConnectionClosed):
            event = {"name": event_name(state, handler), "payload": payload}
            await self._send(["event", {**event, "router_data": self._router_data("/", None)}])
            await self._wait_for(self._marks[key])
        del self._marks[key]

    async def _send(self, data: Any) -> None:
        # As browsers do: anything sent before the reply to CONNECT is lost.
        await self._wait_for(self._connected)
        await self.socket.send(f"42/_event,{json.dumps(data)}")

    async def _wait_for(self, event: asyncio.Event) -> None:
        """Wait for a reply, or until the server has disconnected."""
        if event.is_set():
            return
        waiting = asyncio.ensure_future(event.wait())
        await asyncio.wait(
            {waiting, *([self._reader] if self._reader else [])},
            timeout=PATIENCE_SECONDS,
            return_when=asyncio.FIRST_COMPLETED,
        )
        waiting.cancel()

    async def until(
        self, happened: Callable[[], bool | Awaitable[bool]], seconds: float = PATIENCE_SECONDS
    ) -> None:
        """Wait for something to become true of what this tab was sent, or in the database."""
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            found = happened()
            if (await found) if inspect.isawaitable(found) else found:
                return
            assert asyncio.get_running_loop().time() < deadline, self.frames[-3:]
            await asyncio.sleep(0.02)

    def value(self, state: type, var: str) -> Any:
        """Return the last value this tab was sent for a var, or None."""
        name = state.get_full_name()  # pyright: ignore[reportAttributeAccessIssue]
        for frame in reversed(self.frames):
            values = (frame.get("delta") or {}).get(name, {})
            for key in (f"{var}_rx_state_", var):
                if key in values:
                    return values[key]
        return None

    @property
    def text(self) -> str:
        """Everything that was received, as text."""
        return json.dumps(self.frames)

    @property
    def closed(self) -> bool:
        """Whether the server has disconnected."""
        return self.socket.close_code is not None

    async def close(self) -> None:
        """Disconnect."""
        if self._reader:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._reader
        await self.socket.close()

    def _router_data(self, path: str, query: dict[str, str] | None) -> dict[str, Any]:
        tail = "&".join(f"{key}={value}" for key, value in (query or {}).items())
        return {"pathname": path, "asPath": f"{path}?{tail}" if tail else path, "query": query or {}}

    async def _read(self) -> None:
        with contextlib.suppress(Exception):
            async for message in self.socket:
                if message == "2":
                    await self.socket.send("3")
                elif isinstance(message, str) and message.startswith(("40/_event,", "44/_event,")):
                    self._connected.set()
                elif isinstance(message, str) and message.startswith("42/_event,"):
                    name, data = json.loads(message[len("42/_event,") :])
                    if name == "ping":
                        self._pong.set()
                    elif name == "event" and not self._is_mark(data):
                        self.arrived = time.perf_counter()
                        self.frames.append(data)

    def _is_mark(self, frame: dict[str, Any]) -> bool:
        """Remove the replies to marks from a frame, and return whether it contains nothing else."""
        delta = frame.get("delta") or {}
        facts = delta.get(LiveState.get_full_name()) or {}
        marks = {key: mark for key, mark in self._marks.items() for fact in facts if key in fact}
        for fact in [fact for fact in facts if any(key in fact for key in marks)]:
            del facts[fact]
        for mark in marks.values():
            mark.set()
        return bool(marks) and not facts and len(delta) == 1
