"""The keeper: a separate process that runs a folder's server while anyone holds a lease."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from pymongo.errors import PyMongoError

from instagram_clone.mongod import locks, server
from instagram_clone.mongod.binary import MongodMissing
from instagram_clone.mongod.files import Files

CHECK_SECONDS = 0.5
LOCK_SECONDS = 1.0

RETRY_DELAYS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Delays after successive failed starts; the last one repeats. A full disk may be freed at any time."""

TRANSIENT_FAILURES = 2
"""How many failures in a row go unreported: the port may have been taken, or someone ended the server."""


def keep(folder: Path) -> None:
    """Run a folder's server until nobody holds a lease. Returns once it has stopped."""
    Keeper(Files(folder)).run()


class Keeper:
    """The state of one keeper: the server it has started, and how often starting it has failed."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._server: server.Server | None = None
        self._failures = 0
        self._next_start = 0.0
        self._is_terminating = False

    def run(self) -> None:
        """Keep the server running while it is needed. Returns early if the folder has another keeper."""
        # Allow some time, since anyone checking for a live keeper holds the lock for a moment.
        lock = locks.acquire(self._files.keeper_lock, LOCK_SECONDS)
        if lock is None:
            return
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._terminate)
        try:
            while True:
                self._ensure_server()
                if not self._is_needed() and self._stop_unless_needed():
                    return
                time.sleep(CHECK_SECONDS)
        finally:
            if self._server is not None:
                self._server.stop()
            os.close(lock)

    def _ensure_server(self) -> None:
        if self._server is None or not self._server.running:
            self._server = None
            self._files.clear_uri()
            if time.monotonic() < self._next_start:
                return
        try:
            if self._server is None:
                self._server = server.start(self._files, self._is_needed)
            if self._files.uri() != self._server.uri:
                self._files.set_uri(self._server.uri)
        except (server.NotStarted, MongodMissing, PyMongoError, OSError) as error:
            self._record_failure(str(error))
        else:
            self._failures = 0
            self._server.rotate_log_if_large()

    def _record_failure(self, why: str) -> None:
        with contextlib.suppress(OSError):  # the disk may be full
            print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {why}", file=sys.stderr, flush=True)
        self._failures += 1
        self._next_start = time.monotonic() + RETRY_DELAYS[min(self._failures, len(RETRY_DELAYS)) - 1]
        if self._failures > TRANSIENT_FAILURES:
            self._files.record_failure(why)

    def _stop_unless_needed(self) -> bool:
        # Under the lock: a process taking a lease now waits for it, finds no keeper, and starts a new one.
        lock = locks.acquire(self._files.start_lock)
        if lock is None:
            return False
        try:
            if self._is_needed():
                return False
            self._files.clear_uri()
            if self._server is not None:
                self._server.stop()
            return True
        finally:
            os.close(lock)

    def _is_needed(self) -> bool:
        return not self._is_terminating and any(map(locks.is_held, self._files.leases.iterdir()))

    def _terminate(self, _signal: int, _frame: FrameType | None) -> None:
        self._is_terminating = True
