"""Disks that can be filled."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from tests.mongod.embedded import wait_for


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a small disk in memory."""
    if os.geteuid() != 0:
        pytest.skip("Only root may mount a disk that can be filled.")
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextlib.contextmanager
def full(disk: Path) -> Iterator[None]:
    """Keep a disk full by continuously writing to it, taking up any space that becomes free."""
    done = Event()

    def fill() -> None:
        with (disk / "filler").open("wb", buffering=0) as file:
            while not done.is_set():
                try:
                    file.write(bytes(1 << 20))
                except OSError:
                    done.wait(0.001)

    with ThreadPoolExecutor(1) as threads:
        filling = threads.submit(fill)
        wait_for(lambda: shutil.disk_usage(disk).free == 0)
        try:
            yield
        finally:
            done.set()
            filling.result()
            (disk / "filler").unlink()
