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
_own: tuple[int, Path] | None = None
"""The process id, because workers are forked, and its folder, locked until the process ends."""


def clear() -> None:
    """Remove what processes that have ended left behind."""
    folder = settings().data_dir / "uploads"
    for one in folder.iterdir() if folder.exists() else ():
        if not one.is_dir():
            one.unlink(missing_ok=True)
        elif not locks.is_held(one / _LOCK):
            shutil.rmtree(one, ignore_errors=True)


def new() -> tuple[int, Path]:
    """Create an empty file for an upload; return its open descriptor and its path."""
    descriptor, name = tempfile.mkstemp(dir=_folder())
    return descriptor, Path(name)


def _folder() -> Path:
    global _own
    if _own is None or _own[0] != os.getpid() or not _own[1].exists():
        folder = settings().data_dir / "uploads" / secrets.token_hex(8)
        folder.mkdir(mode=0o700, parents=True)
        if locks.acquire(folder / _LOCK) is None:
            raise RuntimeError(f"{folder} is another process's")
        _own = os.getpid(), folder
    return _own[1]
