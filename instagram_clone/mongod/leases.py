"""The client side of the embedded server: leases, and a running keeper for as long as one is held."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from instagram_clone.mongod import locks
from instagram_clone.mongod.binary import binary
from instagram_clone.mongod.files import Files

START_SECONDS = 60
WATCH_SECONDS = 0.5

MAX_PAUSE_SECONDS = 4.0
"""The longest delay between attempts to start a keeper."""

MAX_DEAD_KEEPERS = 3
"""One keeper may be killed as it starts; with this many, something is wrong."""

GIVE_UP_SECONDS = 300
"""How long the server may be away for any reason but a full disk."""

MIN_FREE_BYTES = 256 * 1024 * 1024
"""With less free space than this, the disk counts as full: mongod creates journal files of 100 MB each."""


class NotRunning(Exception):
    """The server does not start. The text says why, as far as that is known."""


_leases: dict[Path, tuple[Path, int]] = {}


def lease(folder: Path) -> str:
    """Return the URI of a folder's server, which is started if necessary and kept while this process lives.

    Raises MongodMissing when the platform has no server, NotRunning when it does not start.
    """
    binary()
    files = Files(folder)
    try:
        return _wait_for_uri(files)
    except OSError as error:
        raise NotRunning(_describe_failure(files, str(error))) from None


def _wait_for_uri(files: Files) -> str:
    files.make_private()
    files.leases.mkdir(exist_ok=True)
    files.record_failure("")
    deadline = time.monotonic() + START_SECONDS
    dead = 0
    while time.monotonic() < deadline and dead < MAX_DEAD_KEEPERS and not files.failure():
        dead += not _ensure_keeper(files)
        uri = files.uri()
        if uri is not None:
            return uri
        time.sleep(0.02)
    raise NotRunning(_describe_failure(files))


def release(folder: Path) -> None:
    """Release the lease; the server stops if nobody else holds one."""
    path, descriptor = _leases.pop(folder, (None, -1))
    if path is not None:
        os.close(descriptor)
        # Windows keeps a file that the keeper is checking; the next process to take a lease removes it.
        with contextlib.suppress(OSError):
            path.unlink()


def current_uri(folder: Path) -> str | None:
    """Return the URI of a folder's server, None while it is not serving. Starts nothing."""
    return Files(folder).uri()


async def supervise(folder: Path, on_moved: Callable[[str], Awaitable[None]]) -> None:
    """Keep the server running for as long as this process does, and call `on_moved` when its URI changes.

    Raises NotRunning when the server has been away for GIVE_UP_SECONDS and the disk is not full.
    """
    files, last_uri, last_seen = Files(folder), current_uri(folder), time.monotonic()
    pause = WATCH_SECONDS
    while True:
        await asyncio.sleep(pause)
        try:
            # Checked on the event loop, since it takes two system calls; starting a keeper takes longer.
            is_kept = _has_lease(files) and locks.is_held(files.keeper_lock)
            is_kept = is_kept or await asyncio.to_thread(_ensure_keeper, files)
        except OSError as error:
            is_kept = False
            files.record_failure(str(error))
        pause = WATCH_SECONDS if is_kept else min(2 * pause, MAX_PAUSE_SECONDS)
        uri = files.uri()
        if uri is not None:
            last_seen = time.monotonic()
            if uri != last_uri:
                await on_moved(uri)
                last_uri = uri
        elif _is_full(folder):
            last_seen = time.monotonic()
        elif time.monotonic() - last_seen > GIVE_UP_SECONDS:
            raise NotRunning(_describe_failure(files))


def _ensure_keeper(files: Files) -> bool:
    """Take a lease unless one is held, and return whether a keeper is running, after trying to start one if
    necessary. Raises OSError.
    """
    with locks.holding(files.start_lock, START_SECONDS):
        if not _has_lease(files):
            for other in files.leases.iterdir():
                # Windows keeps a file that the keeper is checking; it is left for the next time.
                with contextlib.suppress(OSError):
                    if not locks.is_held(other):
                        other.unlink(missing_ok=True)
            path = files.leases / f"{os.getpid()}-{secrets.token_hex(4)}"
            # The keeper holds each lease's lock for a moment when checking it.
            descriptor = locks.acquire(path, START_SECONDS)
            if descriptor is None:
                raise TimeoutError(f"{path} is locked")
            _leases[files.folder] = path, descriptor
        return locks.is_held(files.keeper_lock) or _start_keeper(files)


def _has_lease(files: Files) -> bool:
    path, _ = _leases.get(files.folder, (None, -1))
    return path is not None and path.exists()


def _start_keeper(files: Files) -> bool:
    files.clear_uri()
    with files.open_keeper_log() as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "instagram_clone.mongod", str(files.folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=Path(__file__).parent.parent.parent,
            # Ctrl+C in a terminal is meant for the app; the keeper learns of its end from the leases.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
            | getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    deadline = time.monotonic() + START_SECONDS
    while not locks.is_held(files.keeper_lock):
        if keeper.poll() is not None or time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < MIN_FREE_BYTES
    except OSError:
        return False


def _describe_failure(files: Files, why: str = "") -> str:
    if _is_full(files.folder):
        why = "The disk is full."
    why = (why or files.failure() or "It is taking too long").rstrip(".")
    return (
        f"The embedded MongoDB failed to start. {why}. See {files.server_log} and {files.keeper_log.name}."
    )
