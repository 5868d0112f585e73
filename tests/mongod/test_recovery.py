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
    kept,
    kill,
    running,
    said,
    server,
    strike,
    user,
    wait_for,
    write,
)
from tests.server import PATIENCE_SECONDS, ROOT

pytestmark = pytest.mark.starves


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with kept(tmp_path / "mongo") as folder:
        yield folder


@pytest.fixture
def app(folder: Path) -> subprocess.Popen[str]:
    """A process that needs the server, as the app does. One row has been written."""
    process = user(folder)
    write(said(process), 1)
    return process


def bound(listener: socket.socket, port: int) -> bool:
    with contextlib.suppress(OSError):
        listener.bind(("127.0.0.1", port))
        return True
    return False


def hang_up_on_all(listener: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            listener.accept()[0].close()


def recovers(folder: Path) -> None:
    wait_for(lambda: is_kept(folder), RECOVERY_SECONDS)
    assert count(address(folder)) == 1


def test_it_comes_back_when_its_replacement_is_killed_as_well(
    folder: Path, app: subprocess.Popen[str]
) -> None:
    for _ in range(4):
        killed = server(folder)
        kill(killed)
        wait_for(lambda killed=killed: server(folder) != killed)
    recovers(folder)


def test_a_keeper_that_is_killed_is_replaced_before_its_server_dies_too(
    folder: Path, app: subprocess.Popen[str]
) -> None:
    orphan, killed = server(folder), keeper(folder)
    kill(killed)
    wait_for(lambda: keeper(folder) not in (0, killed) and server(folder) != orphan, RECOVERY_SECONDS)
    assert not running(orphan)
    recovers(folder)
    kill(server(folder))
    recovers(folder)


def test_keepers_that_are_killed_one_after_another_are_replaced(
    folder: Path, app: subprocess.Popen[str]
) -> None:
    for _ in range(3):
        killed = keeper(folder)
        kill(killed)
        wait_for(lambda killed=killed: keeper(folder) not in (0, killed), RECOVERY_SECONDS)
    kill(server(folder))
    recovers(folder)


@pytest.mark.parametrize("order", itertools.permutations(("app", "keeper", "server")), ids="-".join)
def test_an_app_that_is_started_again_finds_everything_after_all_were_killed(
    order: tuple[str, ...], folder: Path
) -> None:
    first = user(folder)
    write(said(first), 1)
    pids = {"app": first.pid, "keeper": keeper(folder), "server": server(folder)}
    for name in order:
        strike(pids[name])
    wait_for(lambda: not any(map(running, pids.values())))
    second = user(folder)
    uri = said(second)
    assert server(folder) != pids["server"]
    assert count(uri) == 1


def test_no_sequence_of_kills_keeps_it_away_or_loses_anything(folder: Path) -> None:
    chance, app = random.Random(11), user(folder)
    told = said(app)
    for number in range(1, 11):
        write(address(folder), number)
        sequence = chance.choices(("app", "keeper", "server"), k=chance.randint(2, 6))
        struck: list[int] = []
        for name in sequence:
            if name == "app":
                app.kill()
                app.communicate()
                app, told = user(folder), ""
            elif pid := (keeper if name == "keeper" else server)(folder):
                strike(pid)
                struck.append(pid)
        wait_for(lambda struck=struck: not any(map(running, struck)))
        # Until an app has reported that it is ready, the server may start and stop again, being unneeded.
        told = told or said(app)
        assert told, sequence
        wait_for(lambda: is_kept(folder), RECOVERY_SECONDS)
        assert count(address(folder)) == number, sequence


@pytest.mark.parametrize("order", itertools.permutations(("keeper", "server")), ids="-".join)
def test_a_running_app_gets_its_server_back(
    order: tuple[str, ...], folder: Path, app: subprocess.Popen[str]
) -> None:
    pids = {"keeper": keeper(folder), "server": server(folder)}
    for name in order:
        strike(pids[name])
    wait_for(lambda: not any(map(running, pids.values())))
    recovers(folder)


def test_a_killed_app_leaves_no_server_behind(folder: Path) -> None:
    first = user(folder)
    write(said(first), 1)
    pid = server(folder)
    first.kill()
    first.communicate()
    wait_for(lambda: not running(pid))
    assert count(mongod.lease(folder)) == 1


def test_a_server_that_hangs_without_a_keeper_is_ended_by_the_next_one(
    folder: Path, app: subprocess.Popen[str]
) -> None:
    hung = server(folder)
    with hanging(hung):
        kill(keeper(folder))
        wait_for(lambda: not running(hung), RECOVERY_SECONDS)
        recovers(folder)


def test_a_keeper_that_is_told_to_end_stops_its_server_and_is_replaced(
    folder: Path, app: subprocess.Popen[str]
) -> None:
    stopped, asked = server(folder), keeper(folder)
    os.kill(asked, signal.SIGTERM)
    wait_for(lambda: not running(asked) and not running(stopped))
    recovers(folder)


def test_a_port_that_somebody_else_took_costs_a_new_address_that_the_app_is_told(
    folder: Path, app: subprocess.Popen[str]
) -> None:
    _, port = Files(folder).server()
    with socket.socket() as taken, ThreadPoolExecutor(1) as threads:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with hanging(keeper(folder)):
            kill(server(folder))
            # The port is free once the server's last thread is gone, a moment after it shows as dead.
            wait_for(lambda: bound(taken, port))
            taken.listen()
            hanging_up = threads.submit(hang_up_on_all, taken)
        try:
            uri = said(app)
        finally:
            taken.shutdown(socket.SHUT_RDWR)
            hanging_up.result()
    assert str(port) not in uri
    assert count(uri) == 1


def faults_of_children(pid: int) -> int:
    """Return a number that grows whenever a child of a process ends."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[8])


def test_it_comes_back_from_a_full_disk_once_there_is_room_again(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 512) as disk, contextlib.ExitStack() as stack:
        folder = stack.enter_context(kept(disk / "mongo"))
        write(said(user(folder)), 1)
        with full(disk):
            kill(server(folder))
            # Several tries: successive failures are further and further apart.
            tries: set[int] = set()
            wait_for(lambda: tries.add(faults_of_children(keeper(folder))) or len(tries) > 6)
            assert Files(folder).uri() is None
        recovers(folder)


def test_a_server_that_cannot_start_is_told_of_with_its_reason(folder: Path) -> None:
    folder.mkdir()
    (folder / "db").write_text("This is no folder.")
    with pytest.raises(mongod.NotRunning, match=r"does not start\. .*File exists.* See .*mongod\.log"):
        mongod.lease(folder)


def test_an_app_whose_server_does_not_come_back_ends_after_a_while_and_says_why(
    folder: Path, tmp_path: Path
) -> None:
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
        assert said(app) == "ready"
        with hanging(keeper(folder)):
            kill(server(folder))
            shutil.rmtree(folder / "db")
            (folder / "db").write_text("This is no folder.")
        _, errors = app.communicate(timeout=PATIENCE_SECONDS)
    finally:
        app.kill()
    assert app.returncode == 3
    assert "does not start" in errors and "Traceback" not in errors
