"""One mongod process on a folder: started as a replica set of one, stopped, and found again."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from instagram_clone.mongod.binary import binary
from instagram_clone.mongod.files import Files

REPLICA_SET = "rs0"
CACHE_GB = "0.25"

RECOVERY_SECONDS = 600
"""So long may a server that lives take to be ready: after a crash it reads its journal first."""

STOP_SECONDS = 20
ORPHAN_SECONDS = 5


class NotStarted(Exception):
    """The server has not become ready."""


class Server:
    """A mongod that this process has started."""

    def __init__(self, process: subprocess.Popen[bytes], uri: str) -> None:
        self._process = process
        self.uri = uri

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End it, by force if it must be."""
        with contextlib.suppress(PyMongoError):
            _shut_down(self.uri)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def start(files: Files, wanted: Callable[[], bool]) -> Server:
    """Start the server of a folder and return it when it can be written to.

    Gives up when it is not `wanted` any more. Raises NotStarted, OSError, MongodMissing.
    """
    end_orphan(files)
    _, previous = files.server()
    port = _free_port(previous)
    files.data.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [
            binary(),
            *("--dbpath", str(files.data), "--port", str(port), "--bind_ip", "127.0.0.1"),
            *("--replSet", REPLICA_SET, "--oplogSize", "128", "--wiredTigerCacheSizeGB", CACHE_GB),
            *("--logpath", str(files.server_log), "--logappend", "--quiet"),
            *(() if sys.platform == "win32" else ("--nounixsocket",)),
        ],
        stdin=subprocess.DEVNULL,
    )
    try:
        files.started(process.pid, port)
        _make_primary(port, process, wanted)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return Server(process, _uri(port))


def end_orphan(files: Files) -> None:
    """Stop the server of a keeper that was killed: two may never share a folder."""
    pid, port = files.server()
    if not pid or not _is_ours(pid, files):
        return
    with contextlib.suppress(PyMongoError):
        _shut_down(_uri(port))
    deadline = time.monotonic() + ORPHAN_SECONDS
    while _is_ours(pid, files):
        if time.monotonic() > deadline:
            # It hangs. What it has acknowledged is in its journal.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        time.sleep(0.05)


def _is_ours(pid: int, files: Files) -> bool:
    """Tell whether a process is a mongod on this folder: ids are given again to others."""
    if sys.platform == "win32":
        command = ["tasklist", "/FI", f"PID eq {pid}", "/FO", "CSV", "/NH"]
        return "mongod.exe" in subprocess.run(command, capture_output=True, text=True).stdout
    if Path("/proc/self/cmdline").exists():
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return str(files.data).encode() in command
    shown = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
    return str(files.data) in shown.stdout


def _uri(port: int) -> str:
    return f"mongodb://127.0.0.1:{port}/?directConnection=true"


def _shut_down(uri: str) -> None:
    with MongoClient(uri, serverSelectionTimeoutMS=1000, socketTimeoutMS=STOP_SECONDS * 1000) as client:
        client.admin.command("shutdown", force=True, timeoutSecs=0)


def _make_primary(port: int, process: subprocess.Popen[bytes], wanted: Callable[[], bool]) -> None:
    member = {"_id": 0, "host": f"127.0.0.1:{port}"}
    deadline = time.monotonic() + RECOVERY_SECONDS
    with MongoClient(_uri(port), serverSelectionTimeoutMS=500, socketTimeoutMS=20_000) as client:
        while process.poll() is None:
            if not wanted():
                raise NotStarted("Nobody waits for it any more.")
            if time.monotonic() > deadline:
                raise NotStarted("It takes too long to become ready.")
            with contextlib.suppress(PyMongoError):
                if client.admin.command("hello").get("isWritablePrimary"):
                    return
                try:
                    config = client.admin.command("replSetGetConfig")["config"]
                except OperationFailure:
                    client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [member]})
                else:
                    if config["members"][0]["host"] != member["host"]:
                        # The old port was taken: the set must learn its member's new address.
                        config["members"], config["version"] = [member], config["version"] + 1
                        client.admin.command("replSetReconfig", config, force=True)
            time.sleep(0.05)
    raise NotStarted(f"It ended with status {process.returncode}.")


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            if sys.platform != "win32":  # where it would let two listen on one port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return probe.getsockname()[1]
    raise NotStarted("No port is free.")
