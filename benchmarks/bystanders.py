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

BYSTANDER_ADDRESS = ("127.0.0.9", 0)
INTERVAL_SECONDS = 0.1


@dataclass
class Dataset:
    """The users and their data: the first two users are the bystanders, and the rest attack."""

    people: list[Viewer]
    tokens: list[str]
    post_id: str
    comment_id: str

    def cookie(self, number: int) -> str:
        """Return the session cookie of a user, by number."""
        return f"{cookies.NAME}={self.tokens[number]}"


@dataclass
class Experience:
    """The bystanders' experience: delays of updates, in ms, missed updates, and failed page requests."""

    delays: list[float] = field(default_factory=list)
    missed: int = 0
    refused: int = 0
    megabytes: float = 0

    def __str__(self) -> str:
        delays = sorted(self.delays)
        p99 = delays[int(len(delays) * 0.99)] if delays else 0
        latency = f"p99 {p99:.0f} ms of {len(delays)}"
        return f"bystanders: {latency}, {self.missed} updates and {self.refused} pages missed"


@contextlib.asynccontextmanager
async def bystanders(server: Server, data: Dataset) -> AsyncIterator[Experience]:
    """Keep two bystanders active while the context lasts."""
    experience, is_over = Experience(), asyncio.Event()
    path = f"/p/{data.post_id}"
    url, origin = server.socket_url, server.url
    more = {"path": path, "local_addr": BYSTANDER_ADDRESS}
    watcher = await RawTab.open(url, origin, data.cookie(0), **more)
    liker = await RawTab.open(url, origin, data.cookie(1), **more)
    await liker.call(event_name(TimelineState, "unlike"), {"post_id": data.post_id})
    await watcher.settle()

    async def like() -> None:
        for turn in range(10**9):
            if is_over.is_set():
                return
            watcher.arrived, began = 0.0, time.perf_counter()
            verb = "unlike" if turn % 2 else "like"
            await liker.call(event_name(TimelineState, verb), {"post_id": data.post_id})
            while not watcher.arrived and time.perf_counter() - began < 5:  # noqa: ASYNC110
                await asyncio.sleep(0.002)
            if watcher.arrived:
                experience.delays.append((watcher.arrived - began) * 1000)
            experience.missed += not watcher.arrived
            await asyncio.sleep(INTERVAL_SECONDS)

    async def visit() -> None:
        transport = httpx.AsyncHTTPTransport(local_address=BYSTANDER_ADDRESS[0])
        while not is_over.is_set():
            async with httpx.AsyncClient(transport=transport, timeout=5) as http:
                try:
                    experience.refused += (await http.get(f"{server.url}/login")).status_code != 200
                except httpx.HTTPError:
                    experience.refused += 1
            transport = httpx.AsyncHTTPTransport(local_address=BYSTANDER_ADDRESS[0])
            await asyncio.sleep(5 * INTERVAL_SECONDS)

    async def measure_memory() -> None:
        while not is_over.is_set():
            experience.megabytes = max(experience.megabytes, memory_kb(server.pid) / 1024)
            await asyncio.sleep(INTERVAL_SECONDS / 2)

    async with asyncio.TaskGroup() as tasks:
        for activity in (like, visit, measure_memory):
            tasks.create_task(activity())
        yield experience
        is_over.set()
    for tab in (watcher, liker):
        await tab.close()
