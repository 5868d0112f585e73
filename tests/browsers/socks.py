"""A network connection that can be cut: a SOCKS5 proxy for one browser."""

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
    """Forwards a browser's traffic, to this machine only, until it is cut."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.port: int = self.server_address[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._is_cut = False

    def cut(self) -> None:
        """Break all open connections, and refuse new ones."""
        with self._lock:
            self._is_cut = True
            broken, self._open = self._open, set()
        for one in broken:
            _close(one)

    def restore(self) -> None:
        """Accept connections again."""
        with self._lock:
            self._is_cut = False

    def register(self, *ends: socket.socket) -> bool:
        """Register a tunnel's ends, to break them on a cut; return False if the connection is cut
        already.
        """
        with self._lock:
            if not self._is_cut:
                self._open.update(ends)
            return not self._is_cut

    def forget(self, *ends: socket.socket) -> None:
        """Close the ends of a tunnel that is no longer needed."""
        with self._lock:
            self._open.difference_update(ends)
        for end in ends:
            _close(end)


class _Tunnel(socketserver.StreamRequestHandler):
    """One of the browser's TCP connections, according to RFC 1928."""

    server: Connection  # pyright: ignore[reportIncompatibleVariableOverride]

    def handle(self) -> None:
        client = self.connection
        with (
            contextlib.suppress(OSError, struct.error),
            socket.create_connection(self._requested()) as server,
        ):
            if not self.server.register(client, server):
                return
            client.sendall(CONNECTED)
            responses = threading.Thread(target=_forward, args=(server, client), daemon=True)
            responses.start()
            _forward(client, server)
            responses.join()
            self.server.forget(client, server)

    def _requested(self) -> tuple[str, int]:
        """Perform the handshake, and return the address that the browser wants to connect to."""
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


def _forward(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(CHUNK):
            target.sendall(chunk)
    # Signals the end of the stream to the peer.
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextlib.contextmanager
def connection() -> Iterator[Connection]:
    """Provide a connection for the duration of the context."""
    with Connection() as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        try:
            yield made
        finally:
            made.cut()
            made.shutdown()
