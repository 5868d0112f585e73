"""A process with many tabs, which opens them, sends their people's likes, and reports what they saw."""

from __future__ import annotations

import asyncio
import gc
import random
import resource
import signal
import time
from array import array
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.rehearsal.tabs import Planned, Tab
from benchmarks.rehearsal.verdict import Like, Screen

CONCURRENT_OPENINGS = 40
PATIENCE_SECONDS = 5
"""The likes of up to this many seconds may be unanswered at once. People don't go on tapping for ever."""

ANSWER_SECONDS = 30
"""How long to wait for answers after the storm before likes count as unanswered."""


Changes = tuple["array[int]", "array[int]", "array[int]", "array[float]"]
"""For each change of a count on a screen: which post, from and to which revision, and when."""


@dataclass
class Seen:
    """What a process saw: all that is needed to compare it with the database."""

    screens: list[Screen] = field(default_factory=list)
    likes: list[Like] = field(default_factory=list)
    changes: list[Changes] = field(default_factory=list)
    gone: list[tuple[float, float]] = field(default_factory=list)
    held_back: int = 0
    tries: int = 0
    """How often tabs have tried to connect since the beginning."""


class Crowd:
    """The tabs of this process, and the likes of their people."""

    def __init__(self, plans: list[Planned], posts: list[str], url: str, origin: str) -> None:
        self._numbers = {post_id: number for number, post_id in enumerate(posts)}
        self._tabs = [Tab(plan, url, origin, self._changed, self._answered) for plan in plans]
        self._changes = array("l"), array("l"), array("l"), array("d")
        self._likes: list[Like] = []
        self._pending: dict[tuple[int, str], Like] = {}
        self._liked: set[tuple[str, str]] = set()
        self._held_back = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._storm: asyncio.Task[None] | None = None

    async def open(self) -> float:
        """Open all tabs, CONCURRENT_OPENINGS at a time, and return how long it took."""
        began, semaphore = time.monotonic(), asyncio.Semaphore(CONCURRENT_OPENINGS)

        async def open_tab(tab: Tab) -> None:
            async with semaphore:
                self._tasks.append(asyncio.create_task(tab.live()))
                await tab.ready.wait()

        await asyncio.gather(*(open_tab(tab) for tab in self._tabs))
        # Open tabs stay, so the garbage collector need not scan them again.
        gc.collect()
        gc.freeze()
        return time.monotonic() - began

    async def storm(self, rate: float) -> None:
        """Start to like at a rate per second, regardless of the answers."""
        self._storm = asyncio.create_task(self._like_on(rate))

    async def calm(self) -> None:
        """End the storm, and wait for the answers."""
        assert self._storm is not None
        self._storm.cancel()
        deadline = time.monotonic() + ANSWER_SECONDS
        while self._pending and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    async def state(self) -> tuple[int, int, int]:
        """Return the numbers of tabs that are connected and loaded, of likes sent, and of likes stored."""
        stored = sum(like.rev > 0 for like in self._likes)
        return sum(tab.ready.is_set() for tab in self._tabs), len(self._likes), stored

    async def screens(self) -> Seen:
        """Return what all screens show now."""
        return Seen([(tab.plan.user_id, tab.ready.is_set(), list(tab.screen())) for tab in self._tabs])

    async def seen(self) -> Seen:
        """Return what was seen since the beginning."""
        gone = [period for tab in self._tabs for period in tab.gone]
        tries = sum(tab.tries for tab in self._tabs)
        return Seen([], self._likes, [self._changes], gone, self._held_back, tries)

    async def _like_on(self, rate: float) -> None:
        began, sent = time.monotonic(), 0
        while True:
            due = int((time.monotonic() - began) * rate) + 1
            while sent < due:
                sent += 1
                if len(self._pending) < rate * PATIENCE_SECONDS:
                    await self._like_one()
                else:
                    self._held_back += 1
            await asyncio.sleep(0.005)

    async def _like_one(self) -> None:
        for _ in range(200):
            tab = random.choice(self._tabs)
            if not tab.ready.is_set() or not tab.on_screen:
                continue
            post_id = random.choice(list(tab.on_screen))
            key = tab.plan.user_id, post_id
            if key not in self._liked:
                self._liked.add(key)
                like = Like(post_id, tab.plan.user_id, time.monotonic())
                self._likes.append(like)
                self._pending[id(tab), post_id] = like
                await tab.like(post_id)
                return

    def _changed(self, tab: Tab, post_id: str, before: int, rev: int) -> None:
        numbers, befores, revs, times = self._changes
        numbers.append(self._numbers.get(post_id, -1))
        befores.append(before)
        revs.append(rev)
        times.append(time.monotonic())

    def _answered(self, tab: Tab, post_id: str, rev: int) -> None:
        like = self._pending.pop((id(tab), post_id), None)
        if like is not None:
            like.answered, like.rev = time.monotonic(), max(0, rev)


def run(pipe: Connection, plans: list[Planned], posts: list[str], url: str, origin: str) -> None:
    """Serve the requests from a pipe until it closes."""
    # Ctrl+C is handled by the parent program, which then ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    import uvloop

    uvloop.run(_serve(pipe, Crowd(plans, posts, url, origin)))


async def _serve(pipe: Connection, crowd: Crowd) -> None:
    while True:
        try:
            name, given = await asyncio.to_thread(pipe.recv)
        except EOFError:
            return
        method: Callable[..., Awaitable[Any]] = getattr(crowd, name)
        pipe.send(await method(*given))
