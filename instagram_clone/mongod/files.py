"""What lies in the folder of an embedded server, by name."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import time
from pathlib import Path
from typing import BinaryIO

LOG_BYTES = 8 * 1024 * 1024
"""So large may the server's log grow before another is begun; the one before is kept."""


class Files:
    """The files of one server's folder. Every write is whole or not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.start_lock = folder / "start.lock"
        """Held by whoever starts or stops a keeper, or takes a lease."""
        self.keeper_lock = folder / "keeper.lock"
        self.leases = folder / "leases"
        self.data = folder / "db"
        self.keeper_log = folder / "keeper.log"
        self.server_log = folder / "mongod.log"
        self.key = folder / "key"
        """What members of the replica set know each other by: whoever has it may do everything."""
        self._password = folder / "password"
        self._uri = folder / "uri"
        self._server = folder / "server.json"
        self._failure = folder / "failure"

    def make_private(self) -> None:
        """Let nobody else on this machine in: what lies here opens the database."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)

    def secrets(self) -> tuple[str, str]:
        """Return the key and the password of this server, made the first time. For the keeper alone."""
        for path in (self.key, self._password):
            if not path.exists():
                _write(path, secrets.token_hex(32))
        return self.key.read_text(), self._password.read_text()

    def rotate_log(self) -> None:
        """Begin a new log for the server where the last one has grown large. While none is running."""
        if self.is_log_large():
            # As mongod names them.
            named = time.strftime("%Y-%m-%dT%H-%M-%S", time.gmtime())
            self.server_log.replace(self.server_log.with_name(f"{self.server_log.name}.{named}"))
        self.remove_old_logs()

    def open_keeper_log(self) -> BinaryIO:
        """Open the keeper's log for another keeper; one that has grown large is emptied."""
        large = self.keeper_log.exists() and self.keeper_log.stat().st_size > LOG_BYTES
        return self.keeper_log.open("wb" if large else "ab")

    def is_log_large(self) -> bool:
        """Tell whether the server's log has grown as large as it may."""
        with contextlib.suppress(OSError):
            return self.server_log.stat().st_size > LOG_BYTES
        return False

    def remove_old_logs(self) -> None:
        """Remove all logs of the server but the present one and the one before."""
        old = sorted(self.folder.glob(f"{self.server_log.name}.*"))
        for one in old:
            # Of before there was a bound, the last one may be as large as anything.
            if one != old[-1] or one.stat().st_size > 2 * LOG_BYTES:
                one.unlink(missing_ok=True)

    def uri(self) -> str | None:
        """Return the address of the server, None while it does not serve."""
        with contextlib.suppress(OSError):
            return self._uri.read_text()
        return None

    def serving(self, uri: str) -> None:
        """Note where the server serves."""
        _write(self._uri, uri)
        self._failure.unlink(missing_ok=True)

    def away(self) -> None:
        """Note that there is no server."""
        # Windows keeps a file that somebody is just reading; who believes it finds nobody there.
        with contextlib.suppress(OSError):
            self._uri.unlink()

    def failure(self) -> str:
        """Return why the server could not be started, "" while nothing is known."""
        with contextlib.suppress(OSError):
            return self._failure.read_text()
        return ""

    def failed(self, why: str) -> None:
        """Note why the server could not be started."""
        # On a full disk there is no room for it either, and the keeper must go on.
        with contextlib.suppress(OSError):
            _write(self._failure, why)

    def server(self) -> tuple[int, int]:
        """Return the last server's process id and port, zeros if there was none."""
        try:
            known = json.loads(self._server.read_text())
            return int(known["pid"]), int(known["port"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0, 0

    def started(self, pid: int, port: int) -> None:
        """Note the process of a server that has been started."""
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
