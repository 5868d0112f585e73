"""The app as people run it: built for production, served by `reflex run`, on a port of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
START_SECONDS = 240


@dataclass(frozen=True)
class Server:
    """A running app: its address, and where it writes what it has to say."""

    url: str
    port: int
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def socket_url(self) -> str:
        """The address of its WebSocket."""
        return f"ws://localhost:{self.port}/_event/?EIO=4&transport=websocket"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(data: Path, database: str, **environment: str) -> Iterator[Server]:
    """Build and serve the app until the context ends."""
    port = free_port()
    url = f"http://localhost:{port}"
    log = data / f"server-{port}.log"
    env = {
        **os.environ,
        "DATA_DIR": str(data),
        "DATABASE": database,
        "PUBLIC_URL": url,
        "LIMITS": "off",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        **environment,
    }
    env.pop("PYTEST_CURRENT_TEST", None)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "reflex", "run", "--env", "prod"),
                *("--backend-host", "127.0.0.1", "--frontend-port", str(port), "--backend-port", str(port)),
            ],
            cwd=ROOT,
            env=env,
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        _wait(url, process, log)
        yield Server(url, port, log, process)
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server and everything it has started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/login", timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"The app did not start:\n{log.read_text()[-3000:]}")
