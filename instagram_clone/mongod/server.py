"""One mongod process on a folder: starting it as a replica set of one, stopping it, and ending orphans."""

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
USER = "instagram_clone"
TRANSACTION_SECONDS = 10
CACHE_GB = "0.25"

RECOVERY_SECONDS = 600
"""How long a live server may take to become ready: after a crash, it replays its journal first."""

STOP_SECONDS = 20
ORPHAN_SECONDS = 5
ROTATION_SECONDS = 10

_MEMBER = "__system"
"""The user as which replica set members log in to each other, with the key. It always exists."""

_USER_NOT_FOUND = 11
_EXIT_REASONS = {
    48: "Its port is in use.",
    62: "Its data was written by a version of MongoDB that this one cannot read.",
}


class NotStarted(Exception):
    """The server did not become ready."""


class Server:
    """A mongod started by this process."""

    def __init__(self, process: subprocess.Popen[bytes], uri: str, files: Files) -> None:
        self._process = process
        self._files = files
        self._next_rotation = 0.0
        self.uri = uri

    @property
    def running(self) -> bool:
        """Whether the process is still running."""
        return self._process.poll() is None

    def rotate_log_if_large(self) -> None:
        """Rotate the log if it has grown large. If that fails, it is tried again later."""
        if time.monotonic() < self._next_rotation or not self._files.is_log_large():
            return
        self._next_rotation = time.monotonic() + ROTATION_SECONDS
        with (
            contextlib.suppress(PyMongoError, OSError),
            MongoClient(self.uri, serverSelectionTimeoutMS=1000, socketTimeoutMS=2000) as client,
        ):
            # Not with a signal: it gives no feedback, and Windows has none.
            client.admin.command("logRotate", "server")
            self._files.remove_old_logs()

    def stop(self) -> None:
        """Stop the process, by force if necessary."""
        if sys.platform == "win32":  # which has no signal for a graceful stop
            _shut_down(self.uri)
        else:
            self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def start(files: Files, is_needed: Callable[[], bool]) -> Server:
    """Start a folder's server and return it once it accepts writes.

    Gives up when it is no longer needed. Raises NotStarted, OSError, MongodMissing.
    """
    key, password = files.secrets()
    end_orphan(files, key)
    _, previous = files.server()
    port = _free_port(previous)
    files.data.mkdir(exist_ok=True)
    files.rotate_log()
    process = subprocess.Popen(
        [
            binary(),
            *("--dbpath", str(files.data), "--port", str(port), "--bind_ip", "127.0.0.1"),
            *("--replSet", REPLICA_SET, "--oplogSize", "128", "--wiredTigerCacheSizeGB", CACHE_GB),
            *("--logpath", str(files.server_log), "--logappend", "--quiet"),
            *("--keyFile", str(files.key)),
            # Otherwise the first to connect from this machine could create a user for themselves.
            *("--setParameter", "enableLocalhostAuthBypass=false"),
            # On shutdown, it would give other members 15 seconds to take over. There are none.
            *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0"),
            # By default, the open transaction of a process that died would block others for a minute.
            *("--setParameter", f"transactionLifetimeLimitSeconds={TRANSACTION_SECONDS}"),
            *(() if sys.platform == "win32" else ("--nounixsocket",)),
        ],
        stdin=subprocess.DEVNULL,
    )
    try:
        files.record_server(process.pid, port)
        _make_primary(port, process, key, is_needed)
        _ensure_user(port, key, password)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return Server(process, _uri(port, USER, password), files)


def end_orphan(files: Files, key: str) -> None:
    """Stop the server of a keeper that was killed: two servers must never share a folder."""
    pid, port = files.server()
    if not pid or not _is_ours(pid, files):
        return
    if sys.platform == "win32":
        _shut_down(_uri(port, _MEMBER, key))
    else:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + ORPHAN_SECONDS
    while _is_ours(pid, files):
        if time.monotonic() > deadline:
            # It hangs. All acknowledged writes are in its journal.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        time.sleep(0.05)


def _is_ours(pid: int, files: Files) -> bool:
    """Return whether a process is a mongod on this folder: process ids are reused."""
    if sys.platform == "win32":
        command = ["tasklist", "/FI", f"PID eq {pid}", "/FO", "CSV", "/NH"]
        return "mongod.exe" in subprocess.run(command, capture_output=True, text=True).stdout
    if Path("/proc/self/cmdline").exists():
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return str(files.data).encode() in command
    result = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
    return str(files.data) in result.stdout


def _uri(port: int, user: str, password: str) -> str:
    source = "local" if user == _MEMBER else "admin"
    return f"mongodb://{user}:{password}@127.0.0.1:{port}/?directConnection=true&authSource={source}"


def _shut_down(uri: str) -> None:
    with (
        contextlib.suppress(PyMongoError),
        MongoClient(uri, serverSelectionTimeoutMS=1000, socketTimeoutMS=5000) as client,
    ):
        client.admin.command("shutdown", force=True, timeoutSecs=0)


def _ensure_user(port: int, key: str, password: str) -> None:
    """Ensure that the app's user exists, with the password in the folder, wherever the data came from."""
    with MongoClient(_uri(port, _MEMBER, key), socketTimeoutMS=20_000) as client:
        credentials = {"pwd": password, "roles": ["root"]}
        try:
            client.admin.command("updateUser", USER, **credentials)
        except OperationFailure as error:
            if error.code != _USER_NOT_FOUND:
                raise
            client.admin.command("createUser", USER, **credentials)


def _make_primary(
    port: int, process: subprocess.Popen[bytes], key: str, is_needed: Callable[[], bool]
) -> None:
    member = {"_id": 0, "host": f"127.0.0.1:{port}"}
    deadline = time.monotonic() + RECOVERY_SECONDS
    uri = _uri(port, _MEMBER, key)
    with MongoClient(uri, serverSelectionTimeoutMS=500, socketTimeoutMS=20_000) as client:
        while process.poll() is None:
            if not is_needed():
                raise NotStarted("No process needs it any more.")
            if time.monotonic() > deadline:
                raise NotStarted("It took too long to become ready.")
            with contextlib.suppress(PyMongoError):
                if client.admin.command("hello").get("isWritablePrimary"):
                    return
                try:
                    config = client.admin.command("replSetGetConfig")["config"]
                except OperationFailure:
                    client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [member]})
                else:
                    if config["members"][0]["host"] != member["host"]:
                        # The old port was taken, so the set has to be given its member's new address.
                        config["members"], config["version"] = [member], config["version"] + 1
                        client.admin.command("replSetReconfig", config, force=True)
            time.sleep(0.05)
    raise NotStarted(_EXIT_REASONS.get(process.returncode, f"It exited with status {process.returncode}."))


def _free_port(preferred: int) -> int:
    for port in (preferred, 0):
        with socket.socket() as probe:
            if sys.platform != "win32":  # where this would let two processes listen on one port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return probe.getsockname()[1]
    raise NotStarted("No port is available.")
