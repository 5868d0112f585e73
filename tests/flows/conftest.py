"""Two or three people at once, each in their own browser, and access to the domain behind the scenes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from playwright.sync_api import BrowserContext, Page, expect

from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.credentials import passwords, sessions
from instagram_clone.web import cookies
from tests import conftest
from tests.browsers.chromium import IS_INTERACTIVE, PATIENCE
from tests.browsers.profiles import Chromium, Profile
from tests.browsers.socks import connection
from tests.browsers.webdriver import BROWSERS, SharedBrowser
from tests.browsers.wires import Wire
from tests.flows.others import Other
from tests.server import Server

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

VISITOR = {"viewport": DESKTOP, "reduced_motion": "reduce"}
"""The browser options, unless a test says otherwise."""

NEXT_FRAME = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Waits until a frame has been painted: adjustments to new content are made before that."""

ANIMATIONS_ENDED = """() => document.getAnimations().every(
    motion => motion.playState !== "running" || motion.effect.getComputedTiming().endTime === Infinity
)"""

expect.set_options(timeout=PATIENCE * 1000)


@dataclass
class Stage:
    """The running app, access to its database, and the open tabs."""

    server: Server
    chromium: Chromium
    portal: BlockingPortal
    contexts: list[BrowserContext] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)
    arranged_at: float = 0.0
    errors: list[str] = field(default_factory=list)

    def do(self, work: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Arrange something by calling a domain function."""
        done = self.portal.call(lambda: work(*args, **more))
        self.arranged_at = time.time()
        return done

    def pass_second(self) -> None:
        """Wait until the second in which something was last arranged is over.

        The order of ids that two processes generate within the same second is undefined.
        """
        while int(time.time()) <= int(self.arranged_at):
            time.sleep(0.01)

    def join(self, username: str, name: str = "") -> Viewer:
        """Sign a person up, behind the scenes."""
        return self.do(_join, username, name)

    def context(self, **options: Any) -> BrowserContext:
        """Open a fresh browser profile, which is thrown away after the test."""
        context = self.chromium.context(self.server.url, **{**VISITOR, **options})
        context.on("page", self._listen)
        self.contexts.append(context)
        return context

    def open_tab(self, viewer: Viewer | None, path: str = "/", **options: Any) -> Page:
        """Open a tab for a person, signed in, in a browser profile of their own."""
        profile = self.chromium.profile(self.server.url, **{**VISITOR, **options})
        profile.context.on("page", self._listen)
        self.profiles.append(profile)
        if viewer is not None:
            self.sign_in(profile.context, viewer)
        page = profile.context.new_page()
        page.goto(path)
        if options.get("java_script_enabled", True):
            wait_until_interactive(page)
        return page

    def open_wired_tab(self, viewer: Viewer, path: str = "/", **options: Any) -> tuple[Page, Wire]:
        """Open a tab for a person in a fresh browser profile, whose connection the test can tamper with."""
        context = self.context(**options)
        self.sign_in(context, viewer)
        wire = Wire(context)
        page = context.new_page()
        page.goto(path)
        wait_until_interactive(page)
        return page, wire

    def close(self) -> None:
        """Close all tabs, and return the shared profiles."""
        for context in self.contexts:
            context.close()
        for profile in self.profiles:
            profile.context.remove_listener("page", self._listen)
            self.chromium.give_back(profile, self.server.url)
        self.contexts.clear()
        self.profiles.clear()

    def sign_in(self, context: BrowserContext, viewer: Viewer) -> None:
        """Sign a browser in as a person."""
        token = self.do(sessions.start, viewer.id, "Chrome/1 Linux")
        context.add_cookies(
            [{"name": cookies.NAME, "value": token, "url": self.server.url, "httpOnly": True}]
        )

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda message: (
                self.errors.append(message.text)
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )


async def _join(username: str, name: str) -> Viewer:
    user_id = await accounts.sign_up(
        f"{username}@example.com", name or username.title(), username, conftest.PASSWORD, username
    )
    return Viewer(user_id, username, "")


@pytest.fixture(scope="module")
def backstage(server: Server, mongo_uri: str) -> Iterator[BlockingPortal]:
    """A thread with a connection to the database of the running app."""
    cost, passwords.COST = passwords.COST, 4
    with start_blocking_portal() as portal:
        portal.call(db.connect, mongo_uri, "flows")
        yield portal
        portal.call(db.close)
    passwords.COST = cost


@pytest.fixture
def stage(server: Server, chromium: Chromium, backstage: BlockingPortal) -> Iterator[Stage]:
    """An empty database; after the test, asserts that no browser logged an error."""
    backstage.call(db.clear)
    with chromium.in_use():
        stage = Stage(server, chromium, backstage)
        yield stage
        stage.close()
    unexpected = [text for text in stage.errors if "net::ERR" not in text and "WebSocket" not in text]
    assert unexpected == []


@pytest.fixture(scope="module", params=BROWSERS)
def other_browser(request: pytest.FixtureRequest) -> Iterator[SharedBrowser]:
    """Each browser other than Chromium, behind a connection that can be cut."""
    with connection() as tunnel, SharedBrowser(request.param, tunnel) as shared:
        yield shared


@pytest.fixture
def other(other_browser: SharedBrowser, stage: Stage) -> Other:
    """Each browser other than Chromium, with nobody signed in."""
    return Other(stage, other_browser.fresh(stage.server.url), other_browser.connection)


def wait_until_interactive(page: Page) -> None:
    """Wait until a page is interactive: before that, its server-rendered content takes no clicks."""
    page.wait_for_function(IS_INTERACTIVE)


def eventually(page: Page, condition: Callable[[], bool]) -> bool:
    """Return whether a condition becomes true while the page runs, where no locator can wait for it."""
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    return condition()


def wait_for_animations(page: Page) -> None:
    """Wait until all animations have ended: an element measured 1 ms early is in another place."""
    # An animation that was just triggered starts with the next frame.
    page.evaluate(NEXT_FRAME)
    page.wait_for_function(ANIMATIONS_ENDED)


def article(page: Page, username: str):
    """Return a person's first post on a page."""
    return page.get_by_role("article", name=f"Post by {username}").first
