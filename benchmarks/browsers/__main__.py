"""What users wait for in a browser: `python -m benchmarks.browsers`.

    --of <folder>        measure the app of another checkout, by default this one's
    --against <folder>   measure a second one alongside it, in turns, and print the ratio
    --rounds <number>    of each interaction; a tenth as many first loads

Figures are in milliseconds unless noted. Both apps run on this machine, each with its own database filled
identically by this checkout's domain, so their data models must be the same.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright

import benchmarks.isolated as isolated
from benchmarks.browsers.dataset import Dataset, create
from benchmarks.browsers.interactions import Dialogs, EmptyPage, Hearts, Typing
from benchmarks.browsers.loads import FirstLoads, PhoneLoads
from benchmarks.browsers.table import Measured, heading, table
from instagram_clone.config import settings
from tests.browsers.chromium import FLAGS, executable
from tests.server import ROOT, Server, running

SLOWER = 6
HALF, TENTH = 2, 10
FEWEST = 3
PLAN = (
    # What is measured, the CPU slowdowns, and the divisor of the number of rounds.
    (EmptyPage, (1, SLOWER), TENTH),
    (Hearts, (1, SLOWER), HALF),
    (Typing, (1, SLOWER), TENTH),
    (Dialogs, (1, SLOWER), 1),
    (FirstLoads, (1,), TENTH),
    (PhoneLoads, (1,), TENTH),
)


@dataclass
class App:
    """One checkout's app, served, with its data."""

    name: str
    server: Server
    data: Dataset


async def measure(browser: Browser, apps: list[App], what: Any, speed: float, rounds: int) -> None:
    """Measure one thing in every app, in turns, and print it."""
    measured: dict[str, Measured] = {app.name: {} for app in apps}
    scenes = [(app, await what.open(browser, app.server.url, app.data)) for app in apps]
    for _, scene in scenes:
        for tab in scene.tabs:
            await tab.slow_down(speed)
    for number in range(rounds + 1):
        for app, scene in scenes if number % 2 else reversed(scenes):
            figures = await scene.measure()
            if number:  # the first is a warm-up
                for name, took in figures.items():
                    label = name if speed == 1 else f"{name}, CPU {speed}x slower"
                    measured[app.name].setdefault(label, []).extend(took)
    for _, scene in scenes:
        for tab in scene.tabs:
            await tab.close()
    print(table(measured), flush=True)


async def main(roots: list[Path], rounds: int) -> None:
    """Serve, measure and print."""
    uri = isolated.database()
    secret = settings().jwt_secret
    async with contextlib.AsyncExitStack() as stack:
        apps = []
        for number, root in enumerate(roots):
            database = f"bench{number}"
            data = await create(uri, database)
            given = {"MONGODB_URI": uri, "JWT_SECRET": secret}
            server = stack.enter_context(running(isolated.DATA, database, root=root, **given))
            apps.append(App(str(root.resolve()), server, data))
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=executable(playwright), args=FLAGS)
        stack.push_async_callback(browser.close)
        print(heading([app.name for app in apps]))
        for what, speeds, share in PLAN:
            for speed in speeds:
                await measure(browser, apps, what, speed, max(FEWEST, rounds // share))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.browsers")
    parser.add_argument("--of", type=Path, default=ROOT)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--rounds", type=int, default=40)
    given = parser.parse_args()
    asyncio.run(main([given.of, *([given.against] if given.against else [])], given.rounds))
