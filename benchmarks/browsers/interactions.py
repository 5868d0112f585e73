"""Responses to user input: a heart on both screens, a letter in a long conversation, a dialog."""

from __future__ import annotations

import json
import re

from playwright.async_api import Browser, expect

from benchmarks.browsers.dataset import FANS, LINES, MESSAGES, Dataset
from benchmarks.browsers.tabs import DESKTOP, Tab

Figures = dict[str, list[float]]
"""Milliseconds, by what was measured."""

LETTERS = 10
PAUSE_MS = 150
"""The pause between two letters of a fast typist."""

LAST_FRAME_MS = 1000
"""The wait after the last letter, whose frame is in the trace only once it has been shown."""


def ms(began: float, ended: float) -> float:
    """Return the number of milliseconds between two moments."""
    return (ended - began) * 1000


class EmptyPage:
    """An empty page, which shows the cost of the measuring itself."""

    def __init__(self, tab: Tab) -> None:
        self.tabs = [tab]
        self._open = False

    @classmethod
    async def open(cls, browser: Browser, url: str, data: Dataset) -> EmptyPage:
        """Open a page without any of the app's scripts."""
        tab = await Tab.open(browser, url)
        await tab.page.set_content("<details><summary>More</summary></details><textarea></textarea>")
        return cls(tab)

    async def measure(self) -> Figures:
        """Open or close a native `<details>`, and type."""
        [tab] = self.tabs
        self._open = not self._open
        changed = tab.wait_for("details[open]" if self._open else "details:not([open])")
        began = await tab.click(tab.page.get_by_text("More"))
        clicked = [ms(began, await changed)]
        await tab.page.get_by_role("textbox").focus()
        return {"a click on an empty page": clicked, "a key on an empty page": await type_letters(tab)}


class Hearts:
    """Two people view one post, and one of them likes and unlikes it."""

    def __init__(self, acting: Tab, watching: Tab) -> None:
        self.tabs = [acting, watching]

    @classmethod
    async def open(cls, browser: Browser, url: str, data: Dataset) -> Hearts:
        """Open the post for both."""
        tabs = [await Tab.open(browser, url, token) for token in (data.ben, data.cleo)]
        for tab in tabs:
            await tab.page.goto(f"/p/{data.posts[-1]}")
            await tab.until(_number(FANS))
        return cls(*tabs)

    async def measure(self) -> Figures:
        """Like and unlike."""
        here: list[float] = []
        there: list[float] = []
        for liked in (True, False):
            own, other = await self._tap(liked)
            here.append(own)
            there.append(other)
        return {"click to own screen": here, "click to the other screen": there}

    async def _tap(self, liked: bool) -> tuple[float, float]:
        acting, watching = self.tabs
        before, after = ("Like", "Unlike") if liked else ("Unlike", "Like")
        here = acting.wait_for(f'[aria-label="{after}"][aria-pressed="{str(liked).lower()}"]')
        there = watching.wait_for(_number(FANS + liked))
        began = await acting.click(acting.page.get_by_role("button", name=before, exact=True))
        return ms(began, await here), ms(began, await there)


class Typing:
    """A person types in a conversation with all its messages loaded."""

    def __init__(self, tab: Tab) -> None:
        self.tabs = [tab]

    @classmethod
    async def open(cls, browser: Browser, url: str, data: Dataset) -> Typing:
        """Scroll up until every message is loaded."""
        tab = await Tab.open(browser, url, data.ben)
        await tab.page.goto(f"/messages/{data.chat}")
        log = tab.page.get_by_role("log")
        await expect(log).to_contain_text(f"({MESSAGES - 1})")
        await log.hover()
        while not await log.get_by_text(f"{LINES[0]} (0)").count():
            await tab.page.mouse.wheel(0, -DESKTOP["height"])
            await tab.page.wait_for_timeout(PAUSE_MS)
        await tab.page.get_by_role("textbox", name="Message").focus()
        return cls(tab)

    async def measure(self) -> Figures:
        """Type a little, and delete it."""
        [tab] = self.tabs
        took = await type_letters(tab)
        await tab.page.get_by_role("textbox", name="Message").fill("")
        return {f"key to letter beside {MESSAGES} messages": took}


async def type_letters(tab: Tab) -> list[float]:
    """Type, and return for each key how long it took until the frame that shows its effect.

    Uses the browser's own trace, from key to screen, because a page learns of its frames too late.
    """
    browser = tab.page.context.browser
    assert browser is not None
    await browser.start_tracing(categories=["devtools.timeline"])
    for _ in range(LETTERS):
        await tab.page.keyboard.press("a")
        await tab.page.wait_for_timeout(PAUSE_MS)
    await tab.page.wait_for_timeout(LAST_FRAME_MS)
    record = json.loads(await browser.stop_tracing())["traceEvents"]
    frame = (await tab.cdp.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
    timings = [one["args"]["data"] for one in record if one["name"] == "EventTiming" and one["args"]]
    took = [one["duration"] for one in timings if one["type"] == "keydown" and one["frame"] == frame]
    assert len(took) >= LETTERS, f"only {len(took)} of {LETTERS} keys are in the record"
    return took


class Dialogs:
    """A person opens one post after another over their feed."""

    def __init__(self, tab: Tab, data: Dataset) -> None:
        self.tabs = [tab]
        self._data = data
        self._turn = 0

    @classmethod
    async def open(cls, browser: Browser, url: str, data: Dataset) -> Dialogs:
        """Open the feed."""
        tab = await Tab.open(browser, url, data.ben)
        await tab.page.goto("/")
        await expect(tab.page.get_by_role("article").first).to_be_visible()
        return cls(tab, data)

    async def measure(self) -> Figures:
        """Open a post and close it again."""
        [tab] = self.tabs
        # Newest first; the first few are loaded without scrolling.
        post = self._data.posts[-1 - self._turn % 4]
        self._turn += 1
        link = tab.page.get_by_role("article").filter(has=tab.page.locator(f'[href="/p/{post}"]'))
        shown = tab.wait_for(f'dialog[open] [href="/p/{post}"]')
        began = await tab.click(link.get_by_role("link", name=re.compile(r"View all \d+ comments")))
        took = ms(began, await shown)
        await tab.page.keyboard.press("Escape")
        await expect(tab.page.get_by_role("dialog")).to_have_count(0)
        return {"opening a post from home": [took]}


def _number(likes: int) -> str:
    return f'button[title="{likes}"]'
