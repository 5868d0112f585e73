"""A folder with an embedded server, the processes of it, and others that need it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pymongo import MongoClient

from instagram_clone.mongod import locks
from instagram_clone.mongod.files import Files
from tests.server import ROOT

RECOVERY_SECONDS = 15
"""What the product promises."""

_USER = """
import asyncio, sys
from pathlib import Path
from instagram_clone import mongod

async def moved(uri):
    print(uri, flush=True)

async def main(folder):
    print(await asyncio.to_thread(mongod.lease, folder), flush=True)
    supervising = asyncio.create_task(mongod.supervise(folder, moved))
    await asyncio.to_thread(sys.stdin.read)
    supervising.cancel()

asyncio.run(main(Path(sys.argv[1])))
"""


def wait_for(happened: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def user(folder: Path) -> subprocess.Popen[str]:
    """Another process that needs the server as the app does, until its input is closed."""
    return subprocess.Popen(
        [sys.executable, "-c", _USER, str(folder)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def said(process: subprocess.Popen[str]) -> str:
    """The next line that a process prints."""
    assert process.stdout
    return process.stdout.readline().strip()


def server(folder: Path) -> int:
    """The process id of the server that was started last, 0 while there has been none."""
    return Files(folder).server()[0]


def keeper(folder: Path) -> int:
    """The process id of the keeper of a folder, 0 while there is none."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            arguments = (process / "cmdline").read_bytes().split(b"\0")
            if b"instagram_clone.mongod" in arguments and str(folder).encode() in arguments:
                return int(process.name)
    return 0


def running(pid: int) -> bool:
    """Whether a process lives."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def kill(pid: int) -> None:
    """End a process without a warning, and wait until it is gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not running(pid))


def ended(folder: Path) -> bool:
    """Whether neither the server nor its keeper runs."""
    return not locks.is_held(folder / "keeper.lock") and not running(server(folder))


def serves(folder: Path) -> bool:
    """Whether the server that was started last can be written to."""
    uri = Files(folder).uri()
    if uri is None or not running(server(folder)):
        return False
    with MongoClient(uri, serverSelectionTimeoutMS=500) as client:
        return bool(client.admin.command("hello").get("isWritablePrimary"))


def is_kept(folder: Path) -> bool:
    """Whether the server can be written to and is its keeper's own, none that waits to be replaced."""
    try:
        status = Path(f"/proc/{server(folder)}/stat").read_text()
    except OSError:
        return False
    return int(status.rpartition(")")[2].split()[1]) == keeper(folder) and serves(folder)


def address(folder: Path) -> str:
    """The address of the server that was started last, once it has one."""
    wait_for(lambda: Files(folder).uri() is not None, RECOVERY_SECONDS)
    return Files(folder).uri() or ""


def write(uri: str, number: int) -> None:
    """Write a row, acknowledged."""
    with MongoClient(uri, serverSelectionTimeoutMS=20_000) as client:
        client.test.things.insert_one({"number": number})


def count(uri: str) -> int:
    """How many rows there are."""
    with MongoClient(uri, serverSelectionTimeoutMS=20_000) as client:
        return client.test.things.count_documents({})
