"""The files in an embedded server's folder."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import time
from pathlib import Path
from typing import BinaryIO

LOG_BYTES = 8 * 1024 * 1024
"""How large the server's log may grow before it is rotated; one previous log is kept."""


class Files:
    """The files in one server's folder. Every write is atomic."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.start_lock = folder / "start.lock"
        """Held while starting or stopping a keeper, or taking a lease."""
        self.keeper_lock = folder / "keeper.lock"
        self.leases = folder / "leases"
        self.data = folder / "db"
        self.keeper_log = folder / "keeper.log"
        self.server_log = folder / "mongod.log"
        self.key = folder / "key"
        """Authenticates members of the replica set to each other: anyone who has it may do anything."""
        self._password = folder / "password"
        self._uri = folder / "uri"
        self._server = folder / "server.json"
        self._failure = folder / "failure"

    def make_private(self) -> None:
        """Create the folder with access only for this user: its files give access to the database."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)

    def secrets(self) -> tuple[str, str]:
        """Return this server's key and password, created on first use. Only for the keeper."""
        for path in (self.key, self._password):
            if not path.exists():
                _write(path, secrets.token_hex(32))
        return self.key.read_text(), self._password.read_text()

    def rotate_log(self) -> None:
        """Start a new log for the server if the last one has grown large. Only while none is running."""
        if self.is_log_large():
            # The format that mongod uses.
            timestamp = time.strftime("%Y-%m-%dT%H-%M-%S", time.gmtime())
            self.server_log.replace(self.server_log.with_name(f"{self.server_log.name}.{timestamp}"))
        self.remove_old_logs()

    def open_keeper_log(self) -> BinaryIO:
        """Open the keeper's log for a new keeper, emptying it if it has grown large."""
        large = self.keeper_log.exists() and self.keeper_log.stat().st_size > LOG_BYTES
        return self.keeper_log.open("wb" if large else "ab")

    def is_log_large(self) -> bool:
        """Return whether the server's log has reached its maximum size."""
        with contextlib.suppress(OSError):
            return self.server_log.stat().st_size > LOG_BYTES
        return False

    def remove_old_logs(self) -> None:
        """Remove all of the server's logs except the current and the previous one."""
        old = sorted(self.folder.glob(f"{self.server_log.name}.*"))
        for log in old:
            # A previous log from before there was a limit may be of any size.
            if log != old[-1] or log.stat().st_size > 2 * LOG_BYTES:
                log.unlink(missing_ok=True)

    def uri(self) -> str | None:
        """Return the server's URI, None while it is not serving."""
        with contextlib.suppress(OSError):
            return self._uri.read_text()
        return None

    def set_uri(self, uri: str) -> None:
        """Record the URI at which the server is serving."""
        _write(self._uri, uri)
        self._failure.unlink(missing_ok=True)

    def clear_uri(self) -> None:
        """Record that there is no server."""
        # Windows keeps a file that is being read; anyone who uses its URI finds no server there.
        with contextlib.suppress(OSError):
            self._uri.unlink()

    def failure(self) -> str:
        """Return why the server could not be started, "" if no failure is known."""
        with contextlib.suppress(OSError):
            return self._failure.read_text()
        return ""

    def record_failure(self, why: str) -> None:
        """Record why the server could not be started."""
        # On a full disk there is no room for this either, and the keeper must go on.
        with contextlib.suppress(OSError):
            _write(self._failure, why)

    def server(self) -> tuple[int, int]:
        """Return the last server's process id and port, zeros if there has been none."""
        try:
            record = json.loads(self._server.read_text())
            return int(record["pid"]), int(record["port"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0, 0

    def record_server(self, pid: int, port: int) -> None:
        """Record the process of a server that has been started."""
        _write(self._server, json.dumps({"pid": pid, "port": port}))


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(text)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
