"""Finding a browser for the flows, or installing one; never doing without."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from playwright import async_api, sync_api

Playwright = sync_api.Playwright | async_api.Playwright
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def executable(playwright: Playwright) -> str:
    """Return the path of a Chromium, installed now if there is none."""
    found = _found(playwright)
    if found:
        return found
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False)
    else:
        subprocess.run(["playwright", "install", "chromium"], check=False)
    found = _found(playwright)
    if not found:
        raise RuntimeError(
            "The flows need Chromium. Install it with `playwright install chromium`"
            " or your system's package manager."
        )
    return found


def _found(playwright: Playwright) -> str:
    own = playwright.chromium.executable_path
    if Path(own).exists():
        return own
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    return ""
