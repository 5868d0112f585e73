"""Lists that are read page by page, and read again as far down as they were on screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

Item = TypeVar("Item")


async def read_at_least(
    number: int, limit: int, read: Callable[[str], Awaitable[tuple[list[Item], str]]], start: str = ""
) -> tuple[list[Item], str]:
    """Return pages of a list as one, and the next page's cursor or "".

    `read` returns the page at a cursor and the next one's. Pages are added until there are `number` items,
    or the next page would exceed `limit`; the first page is always returned.
    """
    found, cursor = await read(start)
    while cursor and len(found) < number:
        page, after = await read(cursor)
        if len(found) + len(page) > limit:
            break
        found, cursor = [*found, *page], after
    return found, cursor
