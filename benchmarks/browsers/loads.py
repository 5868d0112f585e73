"""The cost and duration of a first visit: on a fast connection, and on a phone with a very slow one."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from playwright.async_api import Browser, Page, Request, WebSocket, expect

from benchmarks.browsers.dataset import Dataset
from benchmarks.browsers.tabs import Tab

Figures = dict[str, list[float]]
PAGES = {"log-in": "/login", "home": "/"}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 3,
    "is_mobile": True,
    "has_touch": True,
}
TRANSPORT = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
SLOWER = 4
OFTEN_MS = 50
LAST_PAINT_MS = 2000
"""By then, the last content has arrived and is painted."""

PATIENCE_MS = 120_000


class FirstLoads:
    """First visits to the log-in page and to home, each in a browser with an empty cache."""

    def __init__(self, browser: Browser, url: str, data: Dataset) -> None:
        self.tabs: list[Tab] = []
        self._browser, self._url, self._data = browser, url, data

    @classmethod
    async def open(cls, browser: Browser, url: str, data: Dataset) -> FirstLoads:
        """Start without any open tab."""
        return cls(browser, url, data)

    async def measure(self) -> Figures:
        """Visit both, and count what is transferred."""
        figures: Figures = {}
        for name, path in PAGES.items():
            tab = await Tab.open(self._browser, self._url, self._data.ben if path == "/" else "")
            wire = Wire(tab.page)
            await tab.page.goto(path, wait_until="networkidle")
            # The feed arrives over the socket, and its photos after it.
            await tab.page.wait_for_timeout(LAST_PAINT_MS)
            requests, total, script = await wire.count()
            figures |= {
                f"first load of {name}, requests": [requests],
                f"first load of {name}, KB": [total / 1000],
                f"first load of {name}, KB of script": [script / 1000],
            }
            await tab.close()
        return figures


class Wire:
    """A page's requests, and the number of bytes it receives."""

    def __init__(self, page: Page) -> None:
        self._requests: list[Request] = []
        self._sockets = 0
        self._received = 0
        page.on("requestfinished", lambda request: self._requests.append(request))
        page.on("websocket", self._listen)

    async def count(self) -> tuple[int, int, int]:
        """Return the number of requests, all bytes, and those of scripts as transferred (compressed)."""
        sizes = [
            (one.resource_type, await one.sizes()) for one in self._requests if one.url.startswith("http")
        ]
        total = sum(size["responseBodySize"] + size["responseHeadersSize"] for _, size in sizes)
        script = sum(size["responseBodySize"] for kind, size in sizes if kind == "script")
        return len(sizes) + self._sockets, total + self._received, script

    def _listen(self, socket: WebSocket) -> None:
        self._sockets += 1
        socket.on("framereceived", self._count_bytes)

    def _count_bytes(self, payload: str | bytes) -> None:
        self._received += len(payload)


class PhoneLoads:
    """First visits to the log-in page and to home with a slow phone on a slow connection."""

    def __init__(self, browser: Browser, url: str, data: Dataset) -> None:
        self.tabs: list[Tab] = []
        self._browser, self._url, self._data = browser, url, data

    @classmethod
    async def open(cls, browser: Browser, url: str, data: Dataset) -> PhoneLoads:
        """Start without any open tab."""
        return cls(browser, url, data)

    async def measure(self) -> Figures:
        """Visit both."""
        figures: Figures = {}
        for name, path in PAGES.items():
            tab = await Tab.open(self._browser, self._url, self._data.ben if path == "/" else "", **PHONE)
            paints = await Paints.of(tab)
            await tab.cdp.send("Network.emulateNetworkConditions", TRANSPORT)
            await tab.slow_down(SLOWER)
            await tab.page.goto(path, wait_until="commit", timeout=PATIENCE_MS)
            first = await self._first_post(tab, paints) if path == "/" else None
            await tab.page.wait_for_load_state("networkidle", timeout=PATIENCE_MS)
            await tab.page.wait_for_timeout(LAST_PAINT_MS)
            figures[f"phone, {name}: first paint"] = [paints.first]
            if first is not None:
                # Content that is in the page before the first paint cannot be seen yet.
                figures[f"phone, {name}: first post"] = [max(first, paints.first)]
            figures[f"phone, {name}: largest part (LCP)"] = [paints.largest]
            await tab.close()
        return figures

    async def _first_post(self, tab: Tab, paints: Paints) -> float:
        """Wait for the first post and its photo, and return when the post was there.

        Polls, because being notified of each change would slow down an already slow page.
        """
        post = tab.page.get_by_role("article").first
        while not await post.get_by_role("link").count():
            await tab.page.wait_for_timeout(OFTEN_MS)
        at = paints.since(time.monotonic())
        await expect(post.get_by_role("img").first).to_have_js_property(
            "complete", True, timeout=PATIENCE_MS
        )
        return at


class Paints:
    """When the parts of a page are painted, in milliseconds since its request, as the browser reports."""

    def __init__(self) -> None:
        self.first = self.largest = 0.0
        self._asked: dict[str, float] = {}

    @classmethod
    async def of(cls, tab: Tab) -> Paints:
        """Listen to a tab that is still empty."""
        paints = cls()
        tab.cdp.on("Network.requestWillBeSent", paints._request)
        tab.cdp.on("Page.lifecycleEvent", paints._lifecycle)
        tab.cdp.on("PerformanceTimeline.timelineEventAdded", paints._timeline)
        await asyncio.gather(
            tab.cdp.send("Network.enable"),
            tab.cdp.send("Page.enable"),
            tab.cdp.send("Page.setLifecycleEventsEnabled", {"enabled": True}),
            tab.cdp.send("PerformanceTimeline.enable", {"eventTypes": ["largest-contentful-paint"]}),
        )
        return paints

    def since(self, moment: float) -> float:
        """Return how long after the page's request a moment of the monotonic clock was."""
        return (moment - self._asked["timestamp"]) * 1000

    def _request(self, params: dict[str, Any]) -> None:
        if params["type"] == "Document" and not self._asked:
            self._asked = params

    def _lifecycle(self, params: dict[str, Any]) -> None:
        if params["name"] == "firstContentfulPaint" and self._asked:
            self.first = self.since(params["timestamp"])

    def _timeline(self, params: dict[str, Any]) -> None:
        details = params["event"]["lcpDetails"]
        at = details.get("renderTime") or details.get("loadTime")
        if at and self._asked:
            self.largest = (at - self._asked["wallTime"]) * 1000
