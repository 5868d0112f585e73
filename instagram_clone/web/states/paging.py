"""Lists that are read page by page, and read again as far down as they were on screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

Item = TypeVar("Item")
Read = Callable[[str], Awaitable[tuple[list[Item], str]]]
"""Returns the page at a cursor, "" for the first, and the next page's cursor or ""."""

MAX_PAGES = 25
"""Pages read in one go: more than any list keeps on screen, but not all of the many that may be hidden."""

MAX_EMPTY_PAGES = 5
"""Pages skipped in one request when the viewer may see nothing on them."""


async def read_at_least(
    number: int, limit: int, read: Read[Item], start: str = ""
) -> tuple[list[Item], str]:
    """Return pages of a list as one, and the next page's cursor or "".

    Pages are added until there are `number` items, but at least one, as everything on a page may be hidden
    from the viewer; or until the next page would exceed `limit`, or `MAX_PAGES` have been read. The first
    page is always returned.
    """
    found, cursor = await read(start)
    for _ in range(1, MAX_PAGES):
        if not cursor or len(found) >= max(number, 1):
            break
        page, after = await read(cursor)
        if len(found) + len(page) > limit:
            break
        found, cursor = [*found, *page], after
    return found, cursor


async def read_visible(read: Read[Item], start: str = "") -> tuple[list[Item], str]:
    """Return the first page, from a cursor on, of which the viewer may see anything, and the next cursor.

    The page is empty if there is none, or if it comes after more than `MAX_EMPTY_PAGES`.
    """
    found, cursor = await read(start)
    for _ in range(MAX_EMPTY_PAGES):
        if found or not cursor:
            break
        found, cursor = await read(cursor)
    return found, cursor
