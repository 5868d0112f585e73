"""File locks that the system releases when the process holding them ends, however it ends.

They are always exclusive: the Windows call offers no others.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_POLL_SECONDS = 0.02


def acquire(path: Path, seconds: float = 0) -> int | None:
    """Take the lock on a file and return its descriptor, or None if it stays taken for `seconds`."""
    deadline = time.monotonic() + seconds
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    while not _locked(descriptor):
        if time.monotonic() >= deadline:
            os.close(descriptor)
            return None
        time.sleep(_POLL_SECONDS)
    return descriptor


def is_held(path: Path) -> bool:
    """Return whether a process holds the lock on a file."""
    descriptor = acquire(path)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


@contextlib.contextmanager
def holding(path: Path, seconds: float) -> Iterator[None]:
    """Hold the lock on a file. Raises TimeoutError when it stays taken for `seconds`."""
    descriptor = acquire(path, seconds)
    if descriptor is None:
        raise TimeoutError(f"{path} is locked")
    try:
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
