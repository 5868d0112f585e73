"""Temporary files for uploads while they are received, in a folder that belongs to this process.

Photos straight from a phone reveal where they were taken, so files left behind by a process that died are
removed when the next one starts.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from pathlib import Path

from instagram_clone.config import settings
from instagram_clone.mongod import locks

_LOCK = ".lock"
_own_folder: tuple[int, Path] | None = None
"""The process id, because workers are forked, and its folder, locked until the process ends."""


def clear() -> None:
    """Remove what processes that have ended left behind."""
    folder = settings().data_dir / "uploads"
    for entry in folder.iterdir() if folder.exists() else ():
        if not entry.is_dir():
            entry.unlink(missing_ok=True)
        elif not locks.is_held(entry / _LOCK):
            shutil.rmtree(entry, ignore_errors=True)


def create() -> tuple[int, Path]:
    """Create an empty file for an upload; return its open descriptor and its path."""
    descriptor, name = tempfile.mkstemp(dir=_folder())
    return descriptor, Path(name)


def _folder() -> Path:
    global _own_folder
    if _own_folder is None or _own_folder[0] != os.getpid() or not _own_folder[1].exists():
        folder = settings().data_dir / "uploads" / secrets.token_hex(8)
        folder.mkdir(mode=0o700, parents=True)
        if locks.acquire(folder / _LOCK) is None:
            raise RuntimeError(f"{folder} belongs to another process")
        _own_folder = os.getpid(), folder
    return _own_folder[1]
