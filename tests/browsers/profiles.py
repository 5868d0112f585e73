"""One Chromium for all tests of a process, with profiles that are reused in turn.

A separate browser would cost each test file a second of CPU time, and a separate profile would make each
page take a third longer: there is a process to start, and every script to compile.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.browsers.chromium import FLAGS, PATIENCE, headless

MAX_IDLE = 6
"""How many idle profiles are kept for reuse; the least recently used are closed first."""


@dataclass(frozen=True)
class Profile:
    """A browser profile, as on a separate machine. Its blank page keeps the process and its code alive."""

    kind: str
    context: BrowserContext
    blank: Page
    session: CDPSession

    def wipe(self, url: str) -> None:
        """Reset it: close its pages, and delete everything the app has stored, its cookies included."""
        for page in self.context.pages:
            if page != self.blank:
                page.close()
        self.context.set_offline(False)
        self.session.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": "all"})


class Chromium:
    """The browser. Use it only within `in_use`, since its event loop conflicts with others."""

    def __init__(self) -> None:
        self._playwright = sync_playwright().start()
        self._loop = asyncio._get_running_loop()
        self._idle: list[Profile] = []
        self._launch()
        asyncio._set_running_loop(None)

    @contextlib.contextmanager
    def in_use(self) -> Iterator[Chromium]:
        """Drive the browser during the context; nothing else may run an event loop in this thread then."""
        asyncio._set_running_loop(self._loop)
        try:
            if not self.browser.is_connected():
                self._launch()
            yield self
        finally:
            asyncio._set_running_loop(None)

    def context(self, url: str, **options: Any) -> BrowserContext:
        """Create a single-use profile for a site, to which a test may do anything."""
        context = self.browser.new_context(base_url=url, **options)
        context.set_default_timeout(PATIENCE * 1000)
        return context

    def profile(self, url: str, **options: Any) -> Profile:
        """Take an idle profile for a site, the most recently used one, or create one."""
        kind = repr((url, sorted(options.items())))
        for one in reversed(self._idle):
            if one.kind == kind:
                self._idle.remove(one)
                return one
        context = self.context(url, **options)
        blank = context.new_page()
        return Profile(kind, context, blank, context.new_cdp_session(blank))

    def give_back(self, profile: Profile, url: str) -> None:
        """Make a profile available for reuse, if it still works."""
        try:
            profile.wipe(url)
        except PlaywrightError:
            profile.context.close()
            return
        self._idle.append(profile)
        if len(self._idle) > MAX_IDLE:
            self._idle.pop(0).context.close()

    def close(self) -> None:
        """Close the browser, with everything open in it."""
        with self.in_use():
            self.browser.close()
            self._playwright.stop()

    def _launch(self) -> None:
        self._idle.clear()
        # Pages of one profile share a process.
        flags = [*FLAGS, "--renderer-process-limit=1"]
        self.browser = self._playwright.chromium.launch(
            executable_path=headless(self._playwright), args=flags
        )
