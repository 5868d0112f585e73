"""The embedded server recovers whatever is killed, in any order, with every acknowledged write."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from instagram_clone import mongod
from instagram_clone.mongod.files import Files
from tests.mongod.disks import full, small_disk
from tests.mongod.embedded import (
    RECOVERY_SECONDS,
    address,
    count,
    hanging,
    is_kept,
    keeper,
    kill,
    managed_folder,
    read_line,
    running,
    send_kill,
    server,
    start_user,
    wait_for,
    write,
)
from tests.server import PATIENCE_SECONDS, ROOT

pytestmark = pytest.mark.starves


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with managed_folder(tmp_path / "mongo") as folder:
        yield folder


@pytest.fixture
def app(folder: Path) -> subprocess.Popen[str]:
    """A process that needs the server, as the app does. One row has been written."""
    process = start_user(folder)
    write(read_line(process), 1)
    return process


def try_bind(listener: socket.socket, port: int) -> bool:
    with contextlib.suppress(OSError):
        listener.bind(("127.0.0.1", port))
        return True
    return False


def close_all(listener: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            listener.accept()[0].close()


def assert_recovers(folder: Path) -> None:
    wait_for(lambda: is_kept(folder), RECOVERY_SECONDS)
    assert count(address(folder)) == 1


def test_it_recovers_when_its_replacement_is_killed_too(folder: Path, app: subprocess.Popen[str]) -> None:
    for _ in range(4):
        killed = server(folder)
        kill(killed)
        wait_for(lambda killed=killed: server(folder) != killed)
    assert_recovers(folder)


def test_a_killed_keeper_and_its_orphaned_server_are_replaced(
    folder: Path, app: subprocess.Popen[str]
) -> None:
    orphan, killed = server(folder), keeper(folder)
    kill(killed)
    wait_for(lambda: keeper(folder) not in (0, killed) and server(folder) != orphan, RECOVERY_SECONDS)
    assert not running(orphan)
    assert_recovers(folder)
    kill(server(folder))
    assert_recovers(folder)


def test_keepers_killed_one_after_another_are_replaced(folder: Path, app: subprocess.Popen[str]) -> None:
    for _ in range(3):
        killed = keeper(folder)
        kill(killed)
        wait_for(lambda killed=killed: keeper(folder) not in (0, killed), RECOVERY_SECONDS)
    kill(server(folder))
    assert_recovers(folder)


@pytest.mark.parametrize("order", itertools.permutations(("app", "keeper", "server")), ids="-".join)
def test_a_restarted_app_finds_its_data_after_all_processes_were_killed(
    order: tuple[str, ...], folder: Path
) -> None:
    first = start_user(folder)
    write(read_line(first), 1)
    pids = {"app": first.pid, "keeper": keeper(folder), "server": server(folder)}
    for name in order:
        send_kill(pids[name])
    wait_for(lambda: not any(map(running, pids.values())))
    second = start_user(folder)
    uri = read_line(second)
    assert server(folder) != pids["server"]
    assert count(uri) == 1


def test_no_sequence_of_kills_keeps_it_down_or_loses_data(folder: Path) -> None:
    chance, app = random.Random(11), start_user(folder)
    uri = read_line(app)
    for number in range(1, 11):
        write(address(folder), number)
        sequence = chance.choices(("app", "keeper", "server"), k=chance.randint(2, 6))
        killed: list[int] = []
        for name in sequence:
            if name == "app":
                app.kill()
                app.communicate()
                app, uri = start_user(folder), ""
            elif pid := (keeper if name == "keeper" else server)(folder):
                send_kill(pid)
                killed.append(pid)
        wait_for(lambda killed=killed: not any(map(running, killed)))
        # Until an app has reported that it is ready, the server may start and stop again, being unneeded.
        uri = uri or read_line(app)
        assert uri, sequence
        wait_for(lambda: is_kept(folder), RECOVERY_SECONDS)
        assert count(address(folder)) == number, sequence


@pytest.mark.parametrize("order", itertools.permutations(("keeper", "server")), ids="-".join)
def test_a_running_app_gets_its_server_back(
    order: tuple[str, ...], folder: Path, app: subprocess.Popen[str]
) -> None:
    pids = {"keeper": keeper(folder), "server": server(folder)}
    for name in order:
        send_kill(pids[name])
    wait_for(lambda: not any(map(running, pids.values())))
    assert_recovers(folder)


def test_a_killed_app_leaves_no_server_behind(folder: Path) -> None:
    first = start_user(folder)
    write(read_line(first), 1)
    pid = server(folder)
    first.kill()
    first.communicate()
    wait_for(lambda: not running(pid))
    assert count(mongod.lease(folder)) == 1


def test_a_hanging_server_without_a_keeper_is_killed_by_the_next_keeper(
    folder: Path, app: subprocess.Popen[str]
) -> None:
    hung = server(folder)
    with hanging(hung):
        kill(keeper(folder))
        wait_for(lambda: not running(hung), RECOVERY_SECONDS)
        assert_recovers(folder)


def test_a_terminated_keeper_stops_its_server_and_is_replaced(
    folder: Path, app: subprocess.Popen[str]
) -> None:
    stopped, asked = server(folder), keeper(folder)
    os.kill(asked, signal.SIGTERM)
    wait_for(lambda: not running(asked) and not running(stopped))
    assert_recovers(folder)


def test_when_its_port_is_taken_the_app_gets_the_new_address(
    folder: Path, app: subprocess.Popen[str]
) -> None:
    _, port = Files(folder).server()
    with socket.socket() as taken, ThreadPoolExecutor(1) as threads:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with hanging(keeper(folder)):
            kill(server(folder))
            # The port is free once the server's last thread is gone, a moment after it shows as dead.
            wait_for(lambda: try_bind(taken, port))
            taken.listen()
            closing = threads.submit(close_all, taken)
        try:
            uri = read_line(app)
        finally:
            taken.shutdown(socket.SHUT_RDWR)
            closing.result()
    assert str(port) not in uri
    assert count(uri) == 1


def faults_of_children(pid: int) -> int:
    """Return a number that grows whenever a child of a process ends."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[8])


def test_it_recovers_from_a_full_disk_once_there_is_space_again(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 512) as disk, contextlib.ExitStack() as stack:
        folder = stack.enter_context(managed_folder(disk / "mongo"))
        write(read_line(start_user(folder)), 1)
        with full(disk):
            kill(server(folder))
            # Several tries: successive failures are further and further apart.
            tries: set[int] = set()
            wait_for(lambda: tries.add(faults_of_children(keeper(folder))) or len(tries) > 6)
            assert Files(folder).uri() is None
        assert_recovers(folder)


def test_a_server_that_cannot_start_is_reported_with_the_reason(folder: Path) -> None:
    folder.mkdir()
    (folder / "db").write_text("This is no folder.")
    with pytest.raises(mongod.NotRunning, match=r"failed to start\. .*File exists.* See .*mongod\.log"):
        mongod.lease(folder)


def test_an_app_whose_server_does_not_recover_exits_and_says_why(folder: Path, tmp_path: Path) -> None:
    code = (
        "import asyncio; from instagram_clone import availability, mongod;"
        "from instagram_clone.config import settings; from instagram_clone.mongod import leases;"
        "leases.GIVE_UP_SECONDS = 3; mongod.lease(settings().data_dir / 'mongo');"
        "print('ready', flush=True); asyncio.run(availability._supervise())"
    )
    app = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT, env={**os.environ, "DATA_DIR": str(tmp_path)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert read_line(app) == "ready"
        with hanging(keeper(folder)):
            kill(server(folder))
            shutil.rmtree(folder / "db")
            (folder / "db").write_text("This is no folder.")
        _, errors = app.communicate(timeout=PATIENCE_SECONDS)
    finally:
        app.kill()
    assert app.returncode == 3
    assert "failed to start" in errors and "Traceback" not in errors
