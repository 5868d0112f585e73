"""A tab without a browser: Reflex's protocol over a raw WebSocket, for attacks and measurements."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

HYDRATE = "reflex___state____state.hydrate_and_load"
STATE = "reflex___state____state"


def event_name(state: type, handler: str) -> str:
    """The name under which a client calls a handler of a state class."""
    return f"{state.get_full_name()}.{handler}"  # pyright: ignore[reportAttributeAccessIssue]


class RawTab:
    """One connected tab; `frames` is everything it was sent, in order, `arrived` when the last came."""

    def __init__(self, socket: ClientConnection, token: str) -> None:
        self.socket = socket
        self.token = token
        self.frames: list[dict[str, Any]] = []
        self.arrived = 0.0
        self._reader: asyncio.Task[None] | None = None
        self._pong = asyncio.Event()

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
            f"{url}&token={token}", origin=origin or None, additional_headers=headers, max_size=None, **more  # pyright: ignore
        )  # fmt: skip
        tab = cls(socket, token)
        await socket.recv()
        boot = {"event": {"name": HYDRATE, "payload": {}, "router_data": tab._where(path, query)}}
        await socket.send(f"40/_event,{json.dumps(boot)}")
        tab._reader = asyncio.create_task(tab._read())
        return tab

    async def call(self, name: str, payload: Any = None, path: str = "/", **more: Any) -> None:
        """Send an event, whatever it is."""
        event = {"name": name, "payload": payload, "router_data": self._where(path, None), **more}
        await self.raw(["event", event])

    async def raw(self, data: Any) -> None:
        """Send anything as a socket.io event."""
        await self.socket.send(f"42/_event,{json.dumps(data)}")

    async def settle(self, seconds: float = 0.15) -> RawTab:
        """Wait until nothing has come for a while, in which the server had time to answer.

        A server that is slow to answer a ping is given longer, up to a second.
        """
        before, clock = -1, asyncio.get_running_loop().time
        while before != len(self.frames):
            before = len(self.frames)
            asked = clock()
            await self._ping()
            await asyncio.sleep(max(seconds, min(1.0, 10 * (clock() - asked))))
            await self._ping()
        return self

    async def _ping(self) -> None:
        self._pong.clear()
        answered = asyncio.ensure_future(self._pong.wait())
        with contextlib.suppress(ConnectionClosed):
            await self.raw(["ping"])
            await asyncio.wait(
                {answered, *([self._reader] if self._reader else [])},
                timeout=10,
                return_when=asyncio.FIRST_COMPLETED,
            )
        answered.cancel()

    async def until(self, happened: Callable[[], bool], seconds: float = 20) -> None:
        """Wait for something to come true of what this tab was sent."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not happened():
            assert asyncio.get_running_loop().time() < deadline, self.frames[-3:]
            await asyncio.sleep(0.02)

    def known(self, state: type, var: str) -> Any:
        """The last value this tab was sent for a var, None if none."""
        name = state.get_full_name()  # pyright: ignore[reportAttributeAccessIssue]
        for frame in reversed(self.frames):
            values = (frame.get("delta") or {}).get(name, {})
            for key in (f"{var}_rx_state_", var):
                if key in values:
                    return values[key]
        return None

    @property
    def text(self) -> str:
        """Everything that came, as text."""
        return json.dumps(self.frames)

    @property
    def closed(self) -> bool:
        """Whether the server has hung up."""
        return self.socket.close_code is not None

    async def close(self) -> None:
        """Hang up."""
        if self._reader:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._reader
        await self.socket.close()

    def _where(self, path: str, query: dict[str, str] | None) -> dict[str, Any]:
        tail = "&".join(f"{key}={value}" for key, value in (query or {}).items())
        return {"pathname": path, "asPath": f"{path}?{tail}" if tail else path, "query": query or {}}

    async def _read(self) -> None:
        with contextlib.suppress(Exception):
            async for message in self.socket:
                if message == "2":
                    await self.socket.send("3")
                elif isinstance(message, str) and message.startswith("42/_event,"):
                    name, data = json.loads(message[len("42/_event,") :])
                    if name == "ping":
                        self._pong.set()
                    elif name == "event":
                        self.arrived = time.perf_counter()
                        self.frames.append(data)
