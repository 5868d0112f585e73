"""A tab observed from outside, through DevTools: when it changes, and with how slow a CPU.

Moments are in this machine's monotonic time. A change is reported a millisecond or two after it happens;
`__main__` measures and prints that delay.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

from playwright.async_api import Browser, BrowserContext, CDPSession, Error, Locator, Page

from instagram_clone.web import cookies

DESKTOP = {"width": 1440, "height": 900}
FRAME = 200
"""How much taller a window is than its page, in pixels; otherwise the page's end is never painted."""

CHANGES = (
    "documentUpdated",
    "setChildNodes",
    "childNodeInserted",
    "childNodeRemoved",
    "attributeModified",
    "attributeRemoved",
    "characterDataModified",
)
PATIENCE = 60.0
"""A timeout in seconds; anything slower is broken."""


class Tab:
    """A page in its own browser profile."""

    def __init__(self, context: BrowserContext, page: Page, cdp: CDPSession) -> None:
        self.page = page
        self.cdp = cdp
        self._context = context
        self._listening = False
        self._changed = asyncio.Event()
        self._changed_at = 0.0
        self._document: int | None = None
        self._requests: set[asyncio.Task[Any]] = set()

    @classmethod
    async def open(cls, browser: Browser, url: str, token: str = "", **options: Any) -> Tab:
        """Open an empty tab, signed in if there is a token."""
        context = await browser.new_context(base_url=url, **{"viewport": DESKTOP, **options})
        if token:
            await context.add_cookies(
                [{"name": cookies.NAME, "value": token, "url": url, "httpOnly": True}]
            )
        page = await context.new_page()
        tab = cls(context, page, await context.new_cdp_session(page))
        await tab._enlarge_window()
        return tab

    async def slow_down(self, times: float) -> None:
        """Make the page's CPU a number of times slower than this machine's."""
        await self.cdp.send("Emulation.setCPUThrottlingRate", {"rate": times})

    async def until(self, selector: str) -> float:
        """Wait until the page contains an element, and return when it appeared, in seconds."""
        await self._listen()
        async with asyncio.timeout(PATIENCE):
            while not await self._contains(selector):
                await self._changed.wait()
        return self._changed_at

    def wait_for(self, selector: str) -> asyncio.Task[float]:
        """Start waiting for an element, before the action that makes it appear."""
        return asyncio.create_task(self.until(selector))

    async def click(self, target: Locator) -> float:
        """Click, and return when the mouse button was released."""
        await target.hover()
        await self.page.mouse.down()
        began = time.monotonic()
        await self.page.mouse.up()
        return began

    async def _enlarge_window(self) -> None:
        window = await self.cdp.send("Browser.getWindowForTarget")
        size = window["bounds"]["height"] + FRAME
        await self.cdp.send(
            "Browser.setWindowBounds", {"windowId": window["windowId"], "bounds": {"height": size}}
        )

    async def close(self) -> None:
        """Close the tab and its profile."""
        for task in self._requests:
            task.cancel()
        await self._context.close()

    async def _listen(self) -> None:
        if self._listening:
            return
        self._listening = True
        for change in CHANGES:
            self.cdp.on(f"DOM.{change}", lambda params, change=change: self._on_change(change, params))
        await self.cdp.send("DOM.enable")

    def _on_change(self, change: str, params: dict[str, Any]) -> None:
        self._changed_at = time.monotonic()
        self._changed.set()
        if change == "documentUpdated":
            self._document = None
        elif change == "childNodeInserted" and params["node"].get("childNodeCount"):
            # Changes inside it are reported only once its children have been requested.
            self._send("DOM.requestChildNodes", {"nodeId": params["node"]["nodeId"], "depth": -1})

    def _send(self, method: str, params: dict[str, Any]) -> None:
        async def request() -> None:
            with contextlib.suppress(Error):  # it may already be gone
                await self.cdp.send(method, params)

        task = asyncio.create_task(request())
        self._requests.add(task)
        task.add_done_callback(self._requests.discard)

    async def _contains(self, selector: str) -> bool:
        self._changed.clear()
        try:
            if self._document is None:
                document = await self.cdp.send("DOM.getDocument", {"depth": -1})
                self._document = document["root"]["nodeId"]
            found = await self.cdp.send(
                "DOM.querySelector", {"nodeId": self._document, "selector": selector}
            )
        except Error:  # the document was replaced during the query
            self._document = None
            self._changed.set()
            return False
        return bool(found["nodeId"])
