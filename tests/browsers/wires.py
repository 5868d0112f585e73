"""The connection between a browser and the server, on which messages can be dropped or held back."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from playwright.sync_api import BrowserContext, WebSocketRoute


class Socket(NamedTuple):
    """Both ends of a WebSocket."""

    browser: WebSocketRoute
    server: WebSocketRoute


class Wire:
    """The WebSockets of a browser, in the order it opened them. Create it before the first page."""

    def __init__(self, context: BrowserContext) -> None:
        self.sockets: list[Socket] = []
        self.held: list[tuple[Socket, str | bytes]] = []
        """The messages held back so far, each with the socket it belongs to."""
        self._dropping: list[Socket] = []
        self._is_held: Callable[[str], bool] | None = None
        context.route_web_socket("**/_event/**", self._connect)

    def drop_requests(self) -> None:
        """Drop everything the browser sends from now on over the latest socket, but not over later ones."""
        self._dropping.append(self.sockets[-1])

    def hold(self, is_held: Callable[[str], bool] = lambda message: True) -> None:
        """Hold back what the server sends from now on, or only the messages that `is_held` accepts."""
        self._is_held = is_held

    def release(self) -> None:
        """Deliver the messages held back, in their order, and hold back no more."""
        self._is_held = None
        for socket, message in self.held:
            socket.browser.send(message)
        self.held.clear()

    def close(self) -> None:
        """Close the latest socket at both ends at once: the server may take the next for another tab."""
        latest = self.sockets[-1]
        latest.server.close()
        latest.browser.close()

    def _connect(self, browser: WebSocketRoute) -> None:
        socket = Socket(browser, browser.connect_to_server())
        browser.on_message(lambda message: self._send(socket, message))
        socket.server.on_message(lambda message: self._receive(socket, message))
        self.sockets.append(socket)

    def _send(self, socket: Socket, message: str | bytes) -> None:
        if socket not in self._dropping:
            socket.server.send(message)

    def _receive(self, socket: Socket, message: str | bytes) -> None:
        if self._is_held is not None and self._is_held(str(message)):
            self.held.append((socket, message))
        else:
            socket.browser.send(message)
