"""People message each other: `python -m benchmarks.talk [pairs ...]`, by default 1 and 100.

In each pair, one person writes to the other, and writes again as soon as the message has arrived; then both
write in turn, so that each message also marks the one it answers as read. Prints the time from sending to
arrival in the other's open conversation, messages per second, and the server's CPU per message.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time

import benchmarks.isolated as isolated
import instagram_clone.instagram_clone  # noqa: F401  (registers every state)
from benchmarks.cost import cpu_seconds, people
from instagram_clone.domain.core import db
from instagram_clone.domain.messaging import conversations, membership
from instagram_clone.web import cookies
from instagram_clone.web.states.messaging.thread import ThreadState
from tests.client import RawTab, event_name
from tests.server import Server, running

SECONDS = 6.0
WARM_UP = 1.5

Pair = tuple[str, RawTab, RawTab]
"""A conversation between two people, and a tab of each that shows it."""


async def talk(pair: Pair, in_turn: bool, until: float, took: list[float]) -> None:
    """Send a message, wait for its arrival, and repeat, from the same side or in turn."""
    chat, writer, reader = pair
    turn = 0
    while time.perf_counter() < until:
        turn += 1
        key = f"{chat}-{turn}-{until}"
        reader.frames.clear()
        sent = time.perf_counter()
        payload = {"chat_id": chat, "key": key, "text": "See you at the harbour at eight"}
        await writer.call(event_name(ThreadState, "send"), payload, path=f"/messages/{chat}")
        while key not in reader.text:
            last = reader.arrived
            while reader.arrived == last and time.perf_counter() - sent < 10:  # noqa: ASYNC110
                await asyncio.sleep(0)
            assert time.perf_counter() - sent < 10, "a message never arrived"
        took.append((reader.arrived - sent) * 1000)
        if in_turn:
            writer, reader = reader, writer


async def measure(server: Server, pairs: list[Pair], in_turn: bool) -> None:
    """Let these pairs talk, and print the results."""
    for seconds in (WARM_UP, SECONDS):
        took: list[float] = []
        began_cpu, until = cpu_seconds(server.pid), time.perf_counter() + seconds
        await asyncio.gather(*(talk(pair, in_turn, until, took) for pair in pairs))
    cpu = (cpu_seconds(server.pid) - began_cpu) / len(took)
    took.sort()
    how = "in turn" if in_turn else "one way"
    print(
        f"  {len(pairs):4} pairs, {how}: p50 {statistics.median(took):6.1f} ms,"
        f" p99 {took[int(len(took) * 0.99)]:6.1f} ms, {len(took) / SECONDS:5.0f} a second,"
        f" server CPU {cpu * 1000:4.2f} ms a message"
    )


async def main(sizes: list[int]) -> None:
    """Serve, connect, measure each number of pairs, and print."""
    viewers, tokens, _ = await people(isolated.database(), 2 * max(sizes))
    pairs: list[Pair] = []
    with running(isolated.DATA, "bench") as server:

        async def show(number: int, chat: str) -> RawTab:
            cookie = f"{cookies.NAME}={tokens[number]}"
            tab = await RawTab.open(server.socket_url, server.url, cookie, path=f"/messages/{chat}")
            return await tab.settle(0.1)

        for at in range(0, 2 * max(sizes), 2):
            chat = await conversations.start(viewers[at], [viewers[at + 1].id])
            await membership.accept(viewers[at + 1], chat)
            pairs.append((chat, await show(at, chat), await show(at + 1, chat)))
        print("From sending to arrival, the next as soon as one has arrived:")
        for size in sizes:
            for in_turn in (False, True):
                await measure(server, pairs[:size], in_turn)
        for _, *tabs in pairs:
            for tab in tabs:
                await tab.close()
    await db.close()


if __name__ == "__main__":
    asyncio.run(main([int(size) for size in sys.argv[1:]] or [1, 100]))
