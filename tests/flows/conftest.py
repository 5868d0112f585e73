"""Two or three people at once, each in a browser of their own, and a hand behind the scenes."""

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
from tests.browsers.chromium import AWAKE, PATIENCE
from tests.browsers.profiles import Chromium, Profile
from tests.browsers.socks import connection
from tests.browsers.webdriver import BROWSERS, SharedBrowser
from tests.flows.others import Other
from tests.server import Server

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

VISITOR = {"viewport": DESKTOP, "reduced_motion": "reduce"}
"""How a browser is, unless a test says otherwise."""

NEXT_FRAME = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
AT_REST = """() => document.getAnimations().every(
    motion => motion.playState !== "running" || motion.effect.getComputedTiming().endTime === Infinity
)"""

expect.set_options(timeout=PATIENCE * 1000)


@dataclass
class Stage:
    """The running app, its database within reach, and the tabs that are open."""

    server: Server
    chromium: Chromium
    portal: BlockingPortal
    contexts: list[BrowserContext] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)
    arranged: float = 0.0
    complaints: list[str] = field(default_factory=list)

    def do(self, work: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Arrange something through a domain function."""
        done = self.portal.call(lambda: work(*args, **more))
        self.arranged = time.time()
        return done

    def pass_second(self) -> None:
        """Wait until the second is over in which something was arranged last.

        Of ids that two processes make within one second it is not known which comes first.
        """
        while int(time.time()) <= int(self.arranged):
            time.sleep(0.01)

    def join(self, username: str, name: str = "") -> Viewer:
        """Sign somebody up, behind the scenes."""
        return self.do(_join, username, name)

    def context(self, **options: Any) -> BrowserContext:
        """A browser profile of its own, for whatever is done to it."""
        context = self.chromium.context(self.server.url, **{**VISITOR, **options})
        context.on("page", self._listen)
        self.contexts.append(context)
        return context

    def open_tab(self, viewer: Viewer | None, path: str = "/", **options: Any) -> Page:
        """Open a tab of somebody's, signed in, in a browser of theirs."""
        profile = self.chromium.profile(self.server.url, **{**VISITOR, **options})
        profile.context.on("page", self._listen)
        self.profiles.append(profile)
        if viewer is not None:
            self.sign_in(profile.context, viewer)
        page = profile.context.new_page()
        page.goto(path)
        if options.get("java_script_enabled", True):
            awake(page)
        return page

    def close(self) -> None:
        """Close all tabs, and leave the profiles to others."""
        for context in self.contexts:
            context.close()
        for profile in self.profiles:
            profile.context.remove_listener("page", self._listen)
            self.chromium.give_back(profile, self.server.url)
        self.contexts.clear()
        self.profiles.clear()

    def sign_in(self, context: BrowserContext, viewer: Viewer) -> None:
        """Have a browser be somebody's."""
        token = self.do(sessions.start, viewer.id, "Chrome/1 Linux")
        context.add_cookies(
            [{"name": cookies.NAME, "value": token, "url": self.server.url, "httpOnly": True}]
        )

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda line: (
                self.complaints.append(line.text)
                if line.type == "error" and "Failed to load resource" not in line.text
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
    """A thread with the database open, the very one the running app uses."""
    cost, passwords.COST = passwords.COST, 4
    with start_blocking_portal() as portal:
        portal.call(db.connect, mongo_uri, "flows")
        yield portal
        portal.call(db.close)
    passwords.COST = cost


@pytest.fixture
def stage(server: Server, chromium: Chromium, backstage: BlockingPortal) -> Iterator[Stage]:
    """An empty town, and no complaint from any browser when the test is over."""
    backstage.call(db.clear)
    with chromium.in_use():
        stage = Stage(server, chromium, backstage)
        yield stage
        stage.close()
    unexpected = [text for text in stage.complaints if "net::ERR" not in text and "WebSocket" not in text]
    assert unexpected == []


@pytest.fixture(scope="module", params=BROWSERS)
def other_browser(request: pytest.FixtureRequest) -> Iterator[SharedBrowser]:
    """Each browser that is not Chromium, behind a connection that can be cut."""
    with connection() as line, SharedBrowser(request.param, line) as shared:
        yield shared


@pytest.fixture
def other(other_browser: SharedBrowser, stage: Stage) -> Other:
    """Each browser that is not Chromium, as a stranger's."""
    return Other(stage, other_browser.wiped(stage.server.url), other_browser.connection)


def awake(page: Page) -> None:
    """Wait until a page answers: what it was sent with is there to be read, and takes no clicks."""
    page.wait_for_function(AWAKE)


def eventually(page: Page, happened: Callable[[], bool]) -> bool:
    """Tell whether something comes true while a page lives on, for what no locator can wait for."""
    deadline = time.monotonic() + PATIENCE
    while not happened() and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    return happened()


def at_rest(page: Page) -> None:
    """Wait until what moves has arrived: a part measured on its way is somewhere else, even by 1 ms."""
    # What has just been asked for begins to move with the next frame.
    page.evaluate(NEXT_FRAME)
    page.wait_for_function(AT_REST)


def article(page: Page, username: str):
    """The first post by somebody on a page."""
    return page.get_by_role("article", name=f"Post by {username}").first
