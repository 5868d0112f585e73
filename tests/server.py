"""The app as people run it: built for production, served by Reflex's own server, on its own port.

A test run builds once, with `reflex run`; servers started or restarted later serve that build.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).parent.parent
START_SECONDS = 900
PATIENCE_SECONDS = 120
"""How long tests wait for what must happen: nobody knows how long it takes on a busy machine."""

RUN = Path(os.environ.get("TEST_RUN") or tempfile.mkdtemp(prefix="instaclone-tests-"))
"""The folder of this test run, shared by all its processes."""
os.environ["TEST_RUN"] = str(RUN)

SERVE = """
import sys
sys.path.insert(0, ".")
from instagram_clone.runtime import serve
serve.run("127.0.0.1", int(sys.argv[1]))
"""
WITHOUT_BUILDING = {
    "REFLEX_ENV_MODE": "prod",
    "__REFLEX_SKIP_COMPILE": "true",
    "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The app on its own port; it can be killed and started again. `root` is the checkout to run."""

    def __init__(
        self,
        data: Path,
        database: str,
        *,
        development: bool = False,
        root: Path = ROOT,
        **environment: str,
    ) -> None:
        self.port = free_port()
        self.development = development
        self._root = root
        self._built = RUN / f"built-{str(root.resolve()).replace(os.sep, '-')}"
        self.url = f"http://localhost:{self.port}"
        self.socket_url = f"ws://localhost:{self.port}/_event/?EIO=4&transport=websocket"
        self.log = data / f"server-{self.port}.log"
        self.given = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {
            **os.environ,
            "DATA_DIR": str(data),
            "DATABASE": database,
            "PUBLIC_URL": self.url,
            "LIMITS": "off",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            **environment,
        }
        self._environment.pop("PYTEST_CURRENT_TEST", None)

    def start(self) -> None:
        """Start serving, after building if necessary; returns once it answers."""
        # One at a time: they all build their pages in the same folder.
        with FileLock(RUN / "building"):
            if self._built.exists() and not self.development:
                self._serve(["-c", SERVE, str(self.port)], self.port, **WITHOUT_BUILDING)
                return
            # In development Vite serves the pages and forwards the rest to a backend on another port.
            mode = () if self.development else ("--env", "prod")
            backend_port = free_port() if self.development else self.port
            self._serve(
                [
                    *("-m", "reflex", "run", *mode, "--backend-host", "127.0.0.1"),
                    *("--frontend-port", str(self.port), "--backend-port", str(backend_port)),
                ],
                backend_port,
            )
            if not self.development:
                self._built.touch()

    def _serve(self, command: list[str], backend_port: int, **environment: str) -> None:
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, *command],
                cwd=self._root,
                env={**self._environment, **environment},
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._wait(self._process, f"http://localhost:{backend_port}/ping")
        self._wait(self._process, f"{self.url}/login")

    @property
    def pid(self) -> int:
        """The process from which all its other processes descend."""
        assert self._process is not None
        return self._process.pid

    @contextlib.contextmanager
    def suspended(self) -> Iterator[None]:
        """Suspend it until the context ends."""
        os.killpg(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """Kill it without warning."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Stop it as Ctrl+C does, with everything it has started."""
        if self._process is None or self._process.poll() is not None:
            return
        os.killpg(self._process.pid, signal.SIGINT)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()

    def _wait(self, process: subprocess.Popen[bytes], address: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise RuntimeError(f"The app did not start:\n{self.log.read_text()[-3000:]}")


@contextlib.contextmanager
def running(data: Path, database: str, *, root: Path = ROOT, **environment: str) -> Iterator[Server]:
    """Build and serve the app until the context ends."""
    server = Server(data, database, root=root, **environment)
    try:
        server.start()
        yield server
    finally:
        server.stop()
