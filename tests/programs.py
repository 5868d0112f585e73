"""Programs the tests need: found or installed; the tests are never skipped for lack of one."""

from __future__ import annotations

import os
import shutil
import subprocess

from filelock import FileLock

from tests.server import RUN


def found(*names: str) -> str:
    """Return the path of the first of these programs that the machine has, or ""."""
    return next(filter(None, map(shutil.which, names)), "")


def executable(name: str, *packages: str) -> str:
    """Return a program's path, after installing Debian packages if the machine lacks it."""
    path = found(name) or (install(*packages) and found(name))
    if not path:
        raise RuntimeError(
            f"These tests need {name}. Install it with your system's package manager"
            f" (Debian: apt-get install {' '.join(packages)})."
        )
    return path


def install(*packages: str) -> bool:
    """Install Debian packages. Returns whether this machine and this user can."""
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        return False
    # One test process at a time: apt does not wait for another.
    with FileLock(RUN / "installing"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", *packages], check=False)
    return True
