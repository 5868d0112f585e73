"""Several processes on one port, as services start them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from filelock import FileLock

from tests.embedded import running, server, wait_for
from tests.redis_server import RedisServer
from tests.server import ROOT, RUN, free_port

BACKEND = ("-m", "reflex", "run", "--env", "prod", "--backend-only", "--backend-host", "127.0.0.1")


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    redis = RedisServer(tmp_path)
    redis.start()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    yield {**os.environ, "DATA_DIR": str(tmp_path), "REDIS_URL": redis.url, "WORKERS": "2", "PATH": path}
    redis.stop()


def start(environment: dict[str, str], port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *BACKEND, "--backend-port", str(port)],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def healthy(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/_health").status_code == 200
    except httpx.TransportError:
        return False


def test_two_workers_serve_without_pages(environment: dict[str, str], tmp_path: Path) -> None:
    port = free_port()
    with FileLock(RUN / "building"):
        app = start(environment, port)
        wait_for(lambda: app.poll() is not None or healthy(port), 120)
        served = app.poll() is None
        app.send_signal(signal.SIGINT)
        said, _ = app.communicate(timeout=30)
    assert served and app.returncode == 0 and "Traceback" not in said, said
    wait_for(lambda: not running(server(tmp_path / "mongo")))


def test_workers_that_cannot_start_end_the_app_with_a_reason(
    environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "mongo").mkdir()
    (tmp_path / "mongo" / "db").write_text("This is no folder.")
    with FileLock(RUN / "building"):
        app = start(environment, free_port())
        said, _ = app.communicate(timeout=120)
    assert app.returncode == 3
    assert "The embedded MongoDB does not start." in said and "Traceback" not in said
