"""Lines: how what is told to a tab leaves, past the queues and tasks that a packet of engine.io's takes.

A line is the tab's WebSocket as the web server has it. Production's own takes a frame as bytes
(`instagram_clone.serve`); through any other server's `send` it goes as a message.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from websockets.frames import Frame as WebSocketFrame
from websockets.frames import Opcode

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LINE = "instagram_clone.line"
"""Under which extension of an ASGI scope a web server offers its line."""

log = logging.getLogger(__name__)


@dataclass
class Frame:
    """A text that many tabs get; it is encoded once for all of them."""

    text: str

    @cached_property
    def encoded(self) -> bytes:
        """A whole WebSocket frame (RFC 6455, 5.2): what servers send is not masked, so all get the same."""
        return WebSocketFrame(Opcode.TEXT, self.text.encode()).serialize(mask=False)


class Line(Protocol):
    """Where frames of one tab go. Not free means that its reader has not taken what was written before."""

    @property
    def free(self) -> bool: ...

    async def until_free(self) -> None: ...

    def write(self, frame: Frame) -> None: ...


class AsgiLine:
    """A line over the `send` of any ASGI server."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._writing: asyncio.Task[None] | None = None

    @property
    def free(self) -> bool:
        """Tell whether the server has taken what was written last."""
        return self._writing is None or self._writing.done()

    async def until_free(self) -> None:
        """Wait until it has, or the tab is gone."""
        if self._writing is not None:
            await self._writing

    def write(self, frame: Frame) -> None:
        """Begin to send a frame."""
        self._writing = asyncio.create_task(self._sending(frame.text))

    async def _sending(self, text: str) -> None:
        try:
            await self._send({"type": "websocket.send", "text": text})
        except Exception:
            log.debug("A tab went away while it was told something", exc_info=True)


def with_line(scope: Scope, send: Send) -> Scope:
    """Return a WebSocket's ASGI scope with its line: the web server's own, or one over `send`."""
    offered = scope.get("extensions") or {}
    return scope if LINE in offered else {**scope, "extensions": {**offered, LINE: AsgiLine(send)}}


def line_in(scope: Scope) -> Line:
    """Return the line that a scope was given."""
    return scope["extensions"][LINE]
