"""Walls when a tab opens: a server as in production, and tabs that talk to it as browsers do."""

from __future__ import annotations

import asyncio
import statistics
import time
from pathlib import Path

from bson import ObjectId

from benchmarks import isolated
from benchmarks.cost import cpu_seconds, memory_kb
from benchmarks.walls import crowds
from benchmarks.walls.measuring import Data, Median
from instagram_clone import routes
from instagram_clone.domain import migrations
from instagram_clone.domain.core import db
from instagram_clone.domain.people.credentials import sessions
from instagram_clone.live.reflex_adapter import INTERNAL_EVENTS
from instagram_clone.web import cookies
from instagram_clone.web.states.people.credentials import EmailState
from instagram_clone.web.states.people.people import PeopleState
from instagram_clone.web.states.posts.detail import DetailState
from tests.client import RawTab
from tests.server import ROOT, Server, running

BATCHES = 5
WARM_UP = 100
"""Tabs opened before any that count, so that everything has been loaded once."""

OPENED, KEPT = 100, 500
CONCURRENT = 32
POSTS = 12
SETTLE_SECONDS = 3
LOAD = next(name for name in INTERNAL_EVENTS if name.endswith("on_load_internal"))
"""The event that a browser sends when it navigates to another page."""

Page = tuple[str, type, str]
"""An address, and the state and var that stay empty until the last part of the page is there."""

SETTINGS: Page = (routes.SETTINGS_ACCOUNT, EmailState, "email")
HOME: Page = (routes.HOME, PeopleState, "suggested_at")


async def tabs(data: Data, root: Path = ROOT) -> dict[str, Median]:
    """Open tabs, one per person, at the settings and go on to a post; open others at a full home feed."""
    people = await _fans(data, WARM_UP + BATCHES * OPENED)
    post = (routes.post_url(data.post_id), DetailState, "post")
    return {
        "settings, then a post": await _opened(people, root, SETTINGS, post),
        "home": await _opened(people, root, HOME),
    }


async def memory(data: Data, root: Path = ROOT) -> dict[str, Median]:
    """Open tabs, one per person, and leave them idle."""
    people = await _fans(data, WARM_UP + 3 * KEPT)
    return {
        "on the settings": await _kept(people, root, SETTINGS),
        "on home": await _kept(people, root, HOME),
    }


async def _opened(people: list[str], root: Path, *pages: Page) -> Median:
    rates, costs = [], []
    with running(isolated.DATA, "bench", root=root) as server:
        shown = await _open(server, people[:WARM_UP], *pages)
        for at in range(WARM_UP, len(people), OPENED):
            began, busy = time.perf_counter(), cpu_seconds(server.pid)
            shown += await _open(server, people[at : at + OPENED], *pages)
            rates.append(OPENED / (time.perf_counter() - began))
            costs.append((cpu_seconds(server.pid) - busy) * 1000 / OPENED)
        await _close(shown)
    return Median(statistics.median(rates), statistics.median(costs))


async def _kept(people: list[str], root: Path, *pages: Page) -> Median:
    took = []
    with running(isolated.DATA, "bench", root=root) as server:
        shown = await _open(server, people[:WARM_UP], *pages)
        for at in range(WARM_UP, len(people), KEPT):
            before = await _memory_kb(server)
            shown += await _open(server, people[at : at + KEPT], *pages)
            took.append((await _memory_kb(server) - before) / KEPT)
        await _close(shown)
    return Median(statistics.median(took))


async def _memory_kb(server: Server) -> float:
    await asyncio.sleep(SETTLE_SECONDS)
    return memory_kb(server.pid)


async def _fans(data: Data, number: int) -> list[str]:
    """Create signed-in people who follow a star with a page of posts, and return their cookies."""
    post = await db.posts.find_one({"_id": ObjectId(data.post_id)}) or {}
    post = {name: value for name, value in post.items() if name != "key"}
    await crowds.insert("posts", [{**post, "_id": ObjectId()} for _ in range(POSTS)])
    fans = await crowds.copies_of(data.reader, number)
    await crowds.follow_each([one.oid for one in fans], data.star.oid)
    await migrations.apply()
    tokens = [await sessions.start(one.id, "bench") for one in fans]
    return [f"{cookies.NAME}={token}" for token in tokens]


async def _open(server: Server, people: list[str], *pages: Page) -> list[RawTab]:
    """Open a tab for each of some people, and navigate to each further page once one has loaded."""
    semaphore = asyncio.Semaphore(CONCURRENT)

    async def visit(cookie: str) -> RawTab:
        async with semaphore:
            first, *more = pages
            tab = await RawTab.open(server.socket_url, server.url, cookie, path=first[0])
            await _shown(tab, first)
            for page in more:
                await tab.call(LOAD, path=page[0])
                await _shown(tab, page)
            return tab

    return await asyncio.gather(*map(visit, people))


async def _shown(tab: RawTab, page: Page) -> None:
    """Wait for the last part of a page's first load, and discard the frames received."""
    await tab.until(lambda: bool(tab.value(*page[1:])))
    tab.frames.clear()


async def _close(shown: list[RawTab]) -> None:
    await asyncio.gather(*(tab.close() for tab in shown))
