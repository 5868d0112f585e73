"""A separate data folder and database for a benchmark, removed when it ends.

Import it before the app: it sets the environment variables that the app reads.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from instagram_clone import mongod

DATA = Path(tempfile.mkdtemp(prefix="instaclone-bench-"))
os.environ.update(DATA_DIR=str(DATA), LIMITS="off", PUBLIC_URL="http://localhost:3000", TEST_RUN=str(DATA))
atexit.register(shutil.rmtree, DATA, ignore_errors=True)


def database(folder: Path = DATA / "mongo") -> str:
    """Start a MongoDB that stops with this program, and return its URI. A folder passed in is kept."""
    uri = mongod.lease(folder)
    atexit.register(mongod.release, folder)
    return uri
