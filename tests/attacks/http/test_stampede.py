"""Everybody reconnects at once, as when a process has died and its tabs find this one."""

from __future__ import annotations

import asyncio

from instagram_clone.live.tabs.admission import MAX_LOADING
from tests.attacks.conftest import Field
from tests.client import RawTab


async def open_tabs(field: Field, number: int, host: int) -> list[RawTab]:
    """Open visitors' tabs at once, from a network of their own, without waiting for their pages."""

    async def open_one(place: int) -> RawTab:
        address = (f"127.0.{host}.{1 + place % 8}", 0)
        tab = await RawTab.open(
            field.server.socket_url, field.server.url, path="/login", local_addr=address
        )
        field.tabs.append(tab)
        return tab

    return await asyncio.gather(*map(open_one, range(number)))


async def test_everybody_in_a_crowd_gets_their_page(field: Field) -> None:
    for tab in await open_tabs(field, 3 * MAX_LOADING, 10):
        await tab.until(lambda tab=tab: bool(tab.frames))


async def test_people_who_leave_a_crowd_do_not_delay_others(field: Field) -> None:
    tabs = await open_tabs(field, 4 * MAX_LOADING, 11)
    for tab in tabs[1::2]:
        tab.socket.transport.abort()
    for tab in tabs[::2]:
        await tab.until(lambda tab=tab: bool(tab.frames))
    late = await field.tab(path="/login", local_addr=("127.0.11.9", 0))
    await late.until(lambda: bool(late.frames))
