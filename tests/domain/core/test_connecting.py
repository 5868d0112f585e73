"""An unusable database is refused with a clear message, before anything is built in it."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from instagram_clone import mongod
from instagram_clone.domain.core import db
from tests.server import PATIENCE_SECONDS, free_port


@contextlib.contextmanager
def standalone_mongod(folder: Path) -> Iterator[str]:
    """Run a MongoDB that is not a replica set; yields its address."""
    port, log = free_port(), folder / "log"
    command = [mongod.binary(), "--dbpath", str(folder), "--port", str(port), "--bind_ip", "127.0.0.1"]
    process = subprocess.Popen(
        [*command, "--nounixsocket", "--logpath", str(log)], stdout=subprocess.DEVNULL
    )
    try:
        yield f"mongodb://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait()


async def test_a_server_without_transactions_is_refused_with_instructions(tmp_path: Path) -> None:
    with standalone_mongod(tmp_path) as uri:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                db.check(uri)
            except db.DatabaseUnreachable as error:
                if "does not answer" not in str(error):
                    assert "--replSet" in str(error)
                    break
            else:
                pytest.fail("a server without transactions was accepted")
        else:
            pytest.fail("mongod did not start")
        with pytest.raises(db.DatabaseUnreachable, match="not a replica set"):
            await db.connect(uri, "tests")
