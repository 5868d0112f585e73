"""A folder with an embedded server, the server's processes, and others that need it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from instagram_clone import mongod
from instagram_clone.mongod import locks
from instagram_clone.mongod.files import Files
from tests.server import PATIENCE_SECONDS, ROOT

RECOVERY_SECONDS = PATIENCE_SECONDS
"""15 seconds is the target on a dedicated machine; tests share a slow one with other processes."""

_USER = """
import asyncio, sys
from pathlib import Path
from instagram_clone import mongod

async def on_moved(uri):
    print(uri, flush=True)

async def main(folder):
    print(await asyncio.to_thread(mongod.lease, folder), flush=True)
    supervising = asyncio.create_task(mongod.supervise(folder, on_moved))
    await asyncio.to_thread(sys.stdin.read)
    supervising.cancel()

asyncio.run(main(Path(sys.argv[1])))
"""


_users: dict[Path, list[subprocess.Popen[str]]] = {}
"""The processes started on each folder."""


def wait_for(happened: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until a condition is true, however slow the machine is."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "the condition did not become true in time"
        time.sleep(0.05)


def start_user(folder: Path) -> subprocess.Popen[str]:
    """Start another process that needs the server as the app does, until its input is closed.

    Use it only within `managed_folder`, which cleans up after a failed test.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", _USER, str(folder)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    _users[folder].append(process)
    return process


@contextlib.contextmanager
def managed_folder(folder: Path) -> Iterator[Path]:
    """Provide a folder for a server. When the context ends, nobody needs the server, and it must stop by
    itself.

    Either way, no process is left behind.
    """
    users = _users[folder] = []
    try:
        yield folder
        for process in users:
            process.communicate()
        mongod.release(folder)
        wait_for(lambda: ended(folder))
    finally:
        for process in _users.pop(folder):
            process.kill()
            process.communicate()
        for pid in _processes_on(folder):
            kill(pid)


def read_line(process: subprocess.Popen[str]) -> str:
    """Return the next line that a process prints."""
    assert process.stdout
    return process.stdout.readline().strip()


def server(folder: Path) -> int:
    """Return the process id of the server that was started last, 0 if there has been none."""
    return Files(folder).server()[0]


def keeper(folder: Path) -> int:
    """Return the process id of a folder's keeper, 0 if there is none."""
    found = [
        pid
        for pid in _processes_on(folder)
        if b"instagram_clone.mongod" in _arguments(pid)
        # Between fork and exec, a process that the keeper starts looks just like the keeper.
        and b"instagram_clone.mongod" not in _arguments(_parent(pid))
    ]
    return found[0] if found else 0


def _processes_on(folder: Path) -> list[int]:
    """Return a folder's keepers, servers and users; a keeper comes before the server it has started."""
    names = {str(folder).encode(), str(folder / "db").encode()}
    pids = sorted(int(process.name) for process in Path("/proc").glob("[0-9]*"))
    return [pid for pid in pids if names & _arguments(pid)]


def _arguments(pid: int) -> set[bytes]:
    with contextlib.suppress(OSError):
        return set(Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"))
    return set()


def _parent(pid: int) -> int:
    """Return the id of a process's parent, 0 if the process is gone."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def running(pid: int) -> bool:
    """Return whether a process is alive."""
    return _state(pid) not in ("", "Z")


def _state(pid: int) -> str:
    """Return the letter of a process's state as in proc(5), "" if it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return ""


def kill(pid: int) -> None:
    """Kill a process without warning, and wait until it is gone."""
    send_kill(pid)
    wait_for(lambda: not running(pid))


def send_kill(pid: int) -> None:
    """Kill a process without warning, if it has not ended already. It may take a moment to be gone."""
    assert pid, "there is no such process"
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@contextlib.contextmanager
def hanging(pid: int) -> Iterator[None]:
    """Suspend a process during the context."""
    assert pid, "there is no such process"
    os.kill(pid, signal.SIGSTOP)
    # Until one of its threads has handled the signal, the others go on.
    wait_for(lambda: _state(pid) == "T")
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def ended(folder: Path) -> bool:
    """Return whether neither the server nor its keeper is running."""
    return not locks.is_held(folder / "keeper.lock") and not running(server(folder))


def serves(folder: Path) -> bool:
    """Return whether the server that was started last accepts writes."""
    uri = Files(folder).uri()
    if uri is None or not running(server(folder)):
        return False
    # At any point here, it may be killed and another server may get its port.
    with contextlib.suppress(PyMongoError), MongoClient(uri, serverSelectionTimeoutMS=2000) as client:
        return bool(client.admin.command("hello").get("isWritablePrimary"))
    return False


def is_kept(folder: Path) -> bool:
    """Return whether the server accepts writes and is the current keeper's own, not an orphan."""
    own = keeper(folder)
    return own != 0 and _parent(server(folder)) == own and serves(folder)


def address(folder: Path) -> str:
    """Return the URI of the server that was started last, once it has one."""
    wait_for(lambda: Files(folder).uri() is not None, RECOVERY_SECONDS)
    return Files(folder).uri() or ""


def write(uri: str, number: int) -> None:
    """Write a row, acknowledged."""
    with MongoClient(uri, serverSelectionTimeoutMS=60_000) as client:
        client.test.things.insert_one({"number": number})


def count(uri: str) -> int:
    """Return the number of rows."""
    with MongoClient(uri, serverSelectionTimeoutMS=60_000) as client:
        return client.test.things.count_documents({})
