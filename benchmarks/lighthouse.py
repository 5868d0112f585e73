"""Lighthouse's scores for the pages that visitors see: `python -m benchmarks.lighthouse [page ...]`.

Serves the seed data, and prints the four scores of the log-in page and of a public profile, on a desktop
and on a phone, the measurements behind them, and every audit that was not perfect. Lighthouse comes from
npm and is not part of the app.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

import benchmarks.isolated as isolated
from instagram_clone import seeds
from instagram_clone.domain.core import db
from instagram_clone.domain.people.credentials import passwords
from tests.browsers.chromium import FLAGS, executable
from tests.server import running

LIGHTHOUSE = "lighthouse@13.5.0"
PAGES = {"log-in": "/login", "profile": f"/{seeds.PEOPLE[0][0]}"}
TRIES = 3
"""On a busy machine, Lighthouse may miss the start of a page, and then gives up."""

MACHINES = {"desktop": ["--preset=desktop"], "phone": []}
MEASUREMENTS = {
    "first-contentful-paint": "first paint",
    "largest-contentful-paint": "largest paint",
    "total-blocking-time": "blocked",
    "cumulative-layout-shift": "shift",
    "total-byte-weight": "weight",
}


async def fill(uri: str) -> None:
    """Create the seed data."""
    passwords.COST = 4
    await db.connect(uri, "bench")
    await seeds.make()
    await db.close()


def audit(address: str, options: list[str], chromium: str) -> dict[str, Any]:
    """Run Lighthouse on a page, and return its report."""
    bin_ = Path(sys.executable).parent
    command = [str(bin_ / "npx"), "--yes", LIGHTHOUSE, address, *options]
    for _ in range(TRIES):
        done = subprocess.run(
            [*command, "--output=json", "--quiet", f"--chrome-flags={' '.join(FLAGS)}"],
            env={**os.environ, "CHROME_PATH": chromium, "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}"},
            capture_output=True,
            timeout=300,
        )
        if done.returncode == 0:
            return json.loads(done.stdout)
    raise RuntimeError(done.stderr.decode()[-2000:])


def scores(report: dict[str, Any]) -> str:
    """Return the scores, with the measurements behind the first one, performance."""
    given = (f"{one['title']} {one['score'] * 100:.0f}" for one in report["categories"].values())
    measured = (f"{word} {report['audits'][fact]['displayValue']}" for fact, word in MEASUREMENTS.items())
    return f"{', '.join(given)} ({', '.join(measured)})"


def faults(report: dict[str, Any]) -> Iterator[str]:
    """Yield the audits that were not perfect, with Lighthouse's details, even those that have no weight."""
    for category in report["categories"].values():
        for one in category["auditRefs"]:
            result = report["audits"][one["id"]]
            if result["score"] is not None and result["score"] < 1:
                shown = result.get("displayValue") or result["title"]
                yield f"{category['title']}: {one['id']} {result['score']:.2f} x {one['weight']} ({shown})"


def main(wanted: list[str]) -> None:
    """Serve, audit and print. The reports are saved in the folder LIGHTHOUSE_REPORTS, if it is set."""
    folder = os.environ.get("LIGHTHOUSE_REPORTS")
    asyncio.run(fill(isolated.database()))
    with sync_playwright() as playwright:
        chromium = executable(playwright)
    with running(isolated.DATA, "bench") as server:
        for name, path in PAGES.items():
            for machine, options in MACHINES.items():
                if wanted and name not in wanted:
                    continue
                report = audit(server.url + path, options, chromium)
                print(f"{name}, {machine}: {scores(report)}", flush=True)
                for fault in faults(report):
                    print(f"    {fault}", flush=True)
                if folder:
                    Path(folder, f"{name}-{machine}.json").write_text(json.dumps(report))


if __name__ == "__main__":
    main(sys.argv[1:])
