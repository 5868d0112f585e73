"""A connection to the world that can be cut: a SOCKS5 proxy for one browser."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator

CHUNK = 65536
CONNECTED = b"\x05\x00\x00\x01" + bytes(6)
ADDRESS, NAME = 1, 3


class Connection(socketserver.ThreadingTCPServer):
    """Carries what a browser sends, to this machine only, until it is cut."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.port: int = self.server_address[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._is_cut = False

    def cut(self) -> None:
        """Break what is open and let nothing new through."""
        with self._lock:
            self._is_cut = True
            broken, self._open = self._open, set()
        for one in broken:
            _close(one)

    def restore(self) -> None:
        """Let everything through again."""
        with self._lock:
            self._is_cut = False

    def admit(self, *ends: socket.socket) -> bool:
        """Remember the ends of a tunnel, to break them when the connection is cut. False while it is."""
        with self._lock:
            if not self._is_cut:
                self._open.update(ends)
            return not self._is_cut

    def forget(self, *ends: socket.socket) -> None:
        """Close the ends of a tunnel that nobody needs any more."""
        with self._lock:
            self._open.difference_update(ends)
        for end in ends:
            _close(end)


class _Tunnel(socketserver.StreamRequestHandler):
    """One TCP connection of the browser's, as RFC 1928 has it."""

    server: Connection  # pyright: ignore[reportIncompatibleVariableOverride]

    def handle(self) -> None:
        near = self.connection
        with contextlib.suppress(OSError, struct.error), socket.create_connection(self._wanted()) as far:
            if not self.server.admit(near, far):
                return
            near.sendall(CONNECTED)
            answers = threading.Thread(target=_carry, args=(far, near), daemon=True)
            answers.start()
            _carry(near, far)
            answers.join()
            self.server.forget(near, far)

    def _wanted(self) -> tuple[str, int]:
        """Shake hands and read where the browser wants to go."""
        _, methods = self.rfile.read(2)
        self.rfile.read(methods)
        self.connection.sendall(b"\x05\x00")
        *_, kind = self.rfile.read(4)
        if kind == ADDRESS:
            host = socket.inet_ntoa(self.rfile.read(4))
        else:
            host = self.rfile.read(self.rfile.read(1)[0]).decode() if kind == NAME else ""
        (port,) = struct.unpack(">H", self.rfile.read(2))
        if host not in ("localhost", "127.0.0.1"):
            raise ConnectionRefusedError(host)
        return "127.0.0.1", port


def _carry(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(CHUNK):
            target.sendall(chunk)
    # Whoever waits at the other end hears that nothing more comes.
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextlib.contextmanager
def connection() -> Iterator[Connection]:
    """A connection that lasts as long as the context."""
    with Connection() as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        try:
            yield made
        finally:
            made.cut()
            made.shutdown()
