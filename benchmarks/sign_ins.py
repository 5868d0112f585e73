"""Log-ins while others scroll: `python -m benchmarks.sign_ins [concurrent log-ins]`, by default 20.

Ten readers load their feed again and again for eight seconds, first on their own, then with that many
log-ins always in progress, each with the password hashing cost of production. Prints how long readers wait
for their feed, and how many log-ins per second the server answers.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import benchmarks.isolated as isolated
import instagram_clone.instagram_clone  # noqa: F401  (registers every state)
from benchmarks.cost import PASSWORD, cpu_seconds, people
from instagram_clone.domain.core import db
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.credentials import passwords
from instagram_clone.web import cookies
from instagram_clone.web.states.posts.timeline import TimelineState
from tests.client import RawTab, event_name
from tests.server import Server, running

READERS = 10
SECONDS = 8
COST = passwords.COST


async def scroll(tab: RawTab, until: float) -> list[float]:
    """Load the feed repeatedly until a time, and return how long each load took, in ms."""
    waits = []
    while time.perf_counter() < until:
        tab.frames.clear()
        began = time.perf_counter()
        await tab.call(event_name(TimelineState, "refresh"), path="/explore")
        await tab.until(lambda: tab.value(TimelineState, "posts") is not None)
        waits.append((tab.arrived - began) * 1000)
    return waits


def log_in(server: Server) -> None:
    """Log in once, as a browser does."""
    body = json.dumps({"login": "visitor", "password": PASSWORD, "next": "/"}).encode()
    headers = {"Origin": server.url, "Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.url}/api/login", body, headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        answer.read()


async def measure(server: Server, tabs: list[RawTab], concurrent: int) -> float:
    """Scroll with a number of log-ins in progress, print the results, and return the readers' median."""
    until = time.perf_counter() + SECONDS
    spent, done = cpu_seconds(server.pid), 0

    async def keep_logging_in(pool: ThreadPoolExecutor) -> None:
        nonlocal done
        while time.perf_counter() < until:
            await asyncio.get_running_loop().run_in_executor(pool, log_in, server)
            done += 1

    with ThreadPoolExecutor(max(1, concurrent)) as pool:
        logging_in = [asyncio.create_task(keep_logging_in(pool)) for _ in range(concurrent)]
        waits = [
            wait for read in await asyncio.gather(*(scroll(tab, until) for tab in tabs)) for wait in read
        ]
        await asyncio.gather(*logging_in)
    cuts = statistics.quantiles(waits, n=100)
    print(
        f"  {concurrent:3} log-ins in progress: feed p50 {cuts[49]:6.1f} ms, p99 {cuts[98]:6.1f} ms,"
        f" {len(waits) / SECONDS:4.0f} feeds and {done / SECONDS:4.1f} log-ins a second,"
        f" server CPU {(cpu_seconds(server.pid) - spent) / SECONDS:.2f} cores"
    )
    return cuts[49]


async def main(concurrent: int) -> None:
    """Serve, connect, measure without and with log-ins, and print the ratio."""
    _, tokens, _ = await people(isolated.database(), READERS)
    passwords.COST = COST
    await accounts.sign_up("visitor@example.com", "Visitor", "visitor", PASSWORD, "visitor")
    with running(isolated.DATA, "bench") as server:
        cookie = [f"{cookies.NAME}={token}" for token in tokens]
        tabs = [await RawTab.open(server.socket_url, server.url, one, path="/explore") for one in cookie]
        for tab in tabs:
            await tab.settle(0.3)
        print(f"{READERS} readers load their feed again and again, for {SECONDS} s each:")
        quiet = await measure(server, tabs, 0)
        busy = await measure(server, tabs, concurrent)
        print(f"The median is {busy / quiet:.2f} times the one without log-ins.")
        for tab in tabs:
            await tab.close()
    await db.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else 20))
