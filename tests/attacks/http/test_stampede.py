"""Everybody reconnects at once, as when a process has died and its tabs find this one."""

from __future__ import annotations

import asyncio

from instagram_clone.live.tabs.admission import MAX_LOADING
from tests.attacks.conftest import Field
from tests.client import RawTab


async def opened(field: Field, number: int, host: int) -> list[RawTab]:
    """Open visitors' tabs at once, from a network of their own, without waiting for their pages."""

    async def one(place: int) -> RawTab:
        address = (f"127.0.{host}.{1 + place % 8}", 0)
        tab = await RawTab.open(
            field.server.socket_url, field.server.url, path="/login", local_addr=address
        )
        field.tabs.append(tab)
        return tab

    return await asyncio.gather(*map(one, range(number)))


async def test_who_comes_with_a_crowd_gets_their_page(field: Field) -> None:
    for tab in await opened(field, 3 * MAX_LOADING, 10):
        await tab.until(lambda tab=tab: bool(tab.frames))


async def test_who_leaves_the_crowd_keeps_nobody_waiting(field: Field) -> None:
    tabs = await opened(field, 4 * MAX_LOADING, 11)
    for tab in tabs[1::2]:
        tab.socket.transport.abort()
    for tab in tabs[::2]:
        await tab.until(lambda tab=tab: bool(tab.frames))
    late = await field.tab(path="/login", local_addr=("127.0.11.9", 0))
    await late.until(lambda: bool(late.frames))
