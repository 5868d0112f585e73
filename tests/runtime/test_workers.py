"""Several processes on one port, as services start them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from filelock import FileLock
from redis import Redis

from instagram_clone.live.bus import handlers
from tests.mongod.embedded import managed_folder, running, server, wait_for
from tests.redis_server import RedisServer
from tests.server import PATIENCE_SECONDS, ROOT, RUN, START_SECONDS, free_port

BACKEND = ("-m", "reflex", "run", "--env", "prod", "--backend-only", "--backend-host", "127.0.0.1")

pytestmark = pytest.mark.starves


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    redis = RedisServer(tmp_path)
    redis.start()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    (tmp_path / "mongo").mkdir()
    try:
        with managed_folder(tmp_path / "mongo"):
            more = {"DATA_DIR": str(tmp_path), "REDIS_URL": redis.url, "WORKERS": "2", "PATH": path}
            yield {**os.environ, **more}
    finally:
        redis.stop()


@contextlib.contextmanager
def started(environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[str]]:
    """Run the app, holding the build lock. It is killed when the context ends, if it is still running."""
    with FileLock(RUN / "building"):
        app = subprocess.Popen(
            [sys.executable, *BACKEND, "--backend-port", str(port)],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )  # fmt: skip
        try:
            yield app
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(app.pid, signal.SIGKILL)
            app.wait()


def healthy(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/_health").status_code == 200
    except httpx.TransportError:
        return False


def subscribers(url: str) -> int:
    """Return how many processes are subscribed to the common channel."""
    with Redis.from_url(url) as redis:
        return redis.pubsub_numsub(handlers.CHANNEL)[0][1]


def test_two_workers_serve_without_pages(environment: dict[str, str], tmp_path: Path) -> None:
    port = free_port()

    def serves() -> bool:
        return healthy(port) and subscribers(environment["REDIS_URL"]) == 2

    with started(environment, port) as app:
        wait_for(lambda: app.poll() is not None or serves(), START_SECONDS)
        served = app.poll() is None
        app.send_signal(signal.SIGINT)
        output, _ = app.communicate(timeout=PATIENCE_SECONDS)
    assert served and app.returncode == 0 and "Traceback" not in output, output
    wait_for(lambda: not running(server(tmp_path / "mongo")))


def test_workers_that_cannot_start_exit_with_a_reason(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "mongo" / "db").write_text("This is no folder.")
    with started(environment, free_port()) as app:
        output, _ = app.communicate(timeout=START_SECONDS)
    assert app.returncode == 3
    assert "The embedded MongoDB failed to start." in output and "Traceback" not in output
