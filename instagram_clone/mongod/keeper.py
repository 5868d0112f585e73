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

LOOK_SECONDS = 0.5
LOCK_SECONDS = 1.0

PAUSES = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
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
        self._told_to_end = False

    def run(self) -> None:
        """Keep the server running while it is needed. Returns early if the folder has another keeper."""
        # Allow some time, since anyone checking for a live keeper holds the lock for a moment.
        lock = locks.acquire(self._files.keeper_lock, LOCK_SECONDS)
        if lock is None:
            return
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._end)
        try:
            while True:
                self._have_server()
                if not self._needed() and self._stop_unless_needed():
                    return
                time.sleep(LOOK_SECONDS)
        finally:
            if self._server is not None:
                self._server.stop()
            os.close(lock)

    def _have_server(self) -> None:
        if self._server is None or not self._server.running:
            self._server = None
            self._files.away()
            if time.monotonic() < self._next_start:
                return
        try:
            if self._server is None:
                self._server = server.start(self._files, self._needed)
            if self._files.uri() != self._server.uri:
                self._files.serving(self._server.uri)
        except (server.NotStarted, MongodMissing, PyMongoError, OSError) as error:
            self._note(str(error))
        else:
            self._failures = 0
            self._server.bound_log()

    def _note(self, why: str) -> None:
        with contextlib.suppress(OSError):  # the disk may be full
            print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {why}", file=sys.stderr, flush=True)
        self._failures += 1
        self._next_start = time.monotonic() + PAUSES[min(self._failures, len(PAUSES)) - 1]
        if self._failures > TRANSIENT_FAILURES:
            self._files.failed(why)

    def _stop_unless_needed(self) -> bool:
        # Under the lock: a process taking a lease now waits for it, finds no keeper, and starts a new one.
        lock = locks.acquire(self._files.start_lock)
        if lock is None:
            return False
        try:
            if self._needed():
                return False
            self._files.away()
            if self._server is not None:
                self._server.stop()
            return True
        finally:
            os.close(lock)

    def _needed(self) -> bool:
        return not self._told_to_end and any(map(locks.is_held, self._files.leases.iterdir()))

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        self._told_to_end = True
