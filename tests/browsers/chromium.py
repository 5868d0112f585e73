"""Finds a browser for the flow tests, or installs one. Never goes without."""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path

from playwright import async_api, sync_api

from tests import programs
from tests.programs import found

Playwright = sync_api.Playwright | async_api.Playwright
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 60.0
"""How long a screen may take, in seconds, on a busy machine."""

IS_INTERACTIVE = """() => {
    const main = document.getElementById("main");
    return main !== null && !document.querySelector(".ic-first > *")
        && Object.keys(main).some(key => key.startsWith("__reactProps"));
}"""
"""Whether a page is interactive: React has taken over from the HTML that the server sent."""

SHELL = "chromium-headless-shell"


def headless(playwright: Playwright) -> str:
    """Return the path of the Chromium for the flow tests, installing it if there is none.

    This is its headless shell, the same engine without any windows, which takes half the CPU time. If the
    system has no package for that, the full browser is used.
    """
    return found(SHELL) or (_install_shell() and found(SHELL)) or executable(playwright)


def executable(playwright: Playwright) -> str:
    """Return the path of a Chromium, installing it if there is none."""
    path = _found(playwright)
    if path:
        return path
    if not programs.install("chromium"):
        subprocess.run(["playwright", "install", "chromium"], check=False)
    path = _found(playwright)
    if not path:
        raise RuntimeError(
            "The flows need Chromium. Install it with `playwright install chromium`"
            " or your system's package manager."
        )
    return path


@functools.cache
def _install_shell() -> bool:
    return programs.install(SHELL)


def _found(playwright: Playwright) -> str:
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else found("chromium", "chromium-browser", "google-chrome")
