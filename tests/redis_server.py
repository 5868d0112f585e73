"""A Redis for the tests, installed if the machine has none; the tests are never skipped."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.programs import executable
from tests.server import PATIENCE_SECONDS, free_port


class RedisServer:
    """redis-server on its own port, without persistence; it can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start serving; returns once it accepts connections."""
        options = {"--port": str(self.port), "--bind": "127.0.0.1", "--save": "", "--appendonly": "no"}
        self._process = subprocess.Popen(
            [
                executable("redis-server", "redis-server"),
                *(part for option in options.items() for part in option),
            ],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("redis-server does not answer")

    @property
    def pid(self) -> int:
        """The process id of the most recently started server."""
        assert self._process is not None
        return self._process.pid

    @contextlib.contextmanager
    def suspended(self) -> Iterator[None]:
        """Suspend it until the context ends."""
        self.hang()
        try:
            yield
        finally:
            self.resume()

    def hang(self) -> None:
        """Accept connections but answer nothing, like a machine that is out of memory."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Answer again."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Die without warning, as machines do."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
