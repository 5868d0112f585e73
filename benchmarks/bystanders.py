"""Two ordinary users active while something happens to the server: their experience, and its memory."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx

from benchmarks.cost import memory_kb
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.web import cookies
from instagram_clone.web.states.posts.timeline import TimelineState
from tests.client import RawTab, event_name
from tests.server import Server

OTHERS = ("127.0.0.9", 0)
EVERY = 0.1


@dataclass
class Town:
    """The users and their data: the first two users are the bystanders, and the rest attack."""

    people: list[Viewer]
    tokens: list[str]
    post_id: str
    comment_id: str

    def cookie(self, number: int) -> str:
        """Return the session cookie of a user, by number."""
        return f"{cookies.NAME}={self.tokens[number]}"


@dataclass
class Met:
    """The bystanders' experience: delays of updates, in ms, missed updates, and failed page requests."""

    late: list[float] = field(default_factory=list)
    missed: int = 0
    refused: int = 0
    megabytes: float = 0

    def __str__(self) -> str:
        late = sorted(self.late)
        p99 = late[int(len(late) * 0.99)] if late else 0
        return (
            f"others: p99 {p99:.0f} ms of {len(late)}, {self.missed} news and {self.refused} pages missed"
        )


@contextlib.asynccontextmanager
async def others(server: Server, town: Town) -> AsyncIterator[Met]:
    """Keep two bystanders active while the context lasts."""
    met, over = Met(), asyncio.Event()
    path = f"/p/{town.post_id}"
    url, origin = server.socket_url, server.url
    # Without the library's own pings, so that a stalled tab keeps waiting and the delay is measured.
    more = {"path": path, "local_addr": OTHERS, "ping_interval": None}
    watcher = await RawTab.open(url, origin, town.cookie(0), **more)
    liker = await RawTab.open(url, origin, town.cookie(1), **more)
    await liker.call(event_name(TimelineState, "unlike"), {"post_id": town.post_id})
    await watcher.settle()

    async def like() -> None:
        for turn in range(10**9):
            if over.is_set():
                return
            watcher.arrived, began = 0.0, time.perf_counter()
            verb = "unlike" if turn % 2 else "like"
            await liker.call(event_name(TimelineState, verb), {"post_id": town.post_id})
            while not watcher.arrived and time.perf_counter() - began < 5:  # noqa: ASYNC110
                await asyncio.sleep(0.002)
            if watcher.arrived:
                met.late.append((watcher.arrived - began) * 1000)
            met.missed += not watcher.arrived
            await asyncio.sleep(EVERY)

    async def visit() -> None:
        transport = httpx.AsyncHTTPTransport(local_address=OTHERS[0])
        while not over.is_set():
            async with httpx.AsyncClient(transport=transport, timeout=5) as http:
                try:
                    met.refused += (await http.get(f"{server.url}/login")).status_code != 200
                except httpx.HTTPError:
                    met.refused += 1
            transport = httpx.AsyncHTTPTransport(local_address=OTHERS[0])
            await asyncio.sleep(5 * EVERY)

    async def weigh() -> None:
        while not over.is_set():
            met.megabytes = max(met.megabytes, memory_kb(server.pid) / 1024)
            await asyncio.sleep(EVERY / 2)

    async with asyncio.TaskGroup() as living:
        for life in (like, visit, weigh):
            living.create_task(life())
        yield met
        over.set()
    for tab in (watcher, liker):
        await tab.close()
