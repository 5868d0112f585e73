"""A data folder and a database of a benchmark's own, gone when it ends.

To be imported before the app: it sets what the app reads from the environment.
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
    """Start MongoDB, which ends with this program, and return its URI; a folder of one's own stays."""
    uri = mongod.lease(folder)
    atexit.register(mongod.release, folder)
    return uri
