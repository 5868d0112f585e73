"""Home as it is first sent, with its first posts, which a slow phone shows long before the scripts load.

They go into a placeholder element of the page, which React removes, with its content, once the feed has
loaded.
"""

from __future__ import annotations

import asyncio
import logging
import re

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media.imaging import POST_ASPECTS
from instagram_clone.domain.posts import feed
from instagram_clone.domain.posts.feed import Page
from instagram_clone.web.browser.posts.renditions import FEED
from instagram_clone.web.html.parts import cards
from instagram_clone.web.html.parts.markup import together
from instagram_clone.web.html.parts.photos import preload, sizes

PLACE = "first-posts"
"""The id of the placeholder element for them on home (web/pages/home.py)."""

POSTS = 2
PATIENCE = 0.3
"""How long the database may take, in seconds: a page without posts beats no page."""

log = logging.getLogger(__name__)
_PLACE = re.compile(rf'(?<=id="{PLACE}")[^>]*>')
_SCRIPTS = '<link rel="modulepreload"'


async def home(viewer: Viewer, html: str) -> str:
    """Insert the viewer's first posts into the HTML of home; preload the first photo before scripts."""
    page = await _read(viewer)
    place = _PLACE.search(html)
    if page is None or not page.posts or place is None:
        return html
    first, shown = page.posts[0], enumerate(page.posts)
    articles = together(*(cards.post_card(post, first=number == 0) for number, post in shown))
    html = html[: place.end()] + articles + html[place.end() :]
    return html.replace(
        _SCRIPTS, preload(first.photo, sizes(first.photo, FEED, POST_ASPECTS[1])) + _SCRIPTS, 1
    )


async def _read(viewer: Viewer) -> Page | None:
    reading = asyncio.create_task(feed.home(viewer, size=POSTS))
    # Not cancelled on timeout: other requests may be waiting for the same batched query.
    reading.add_done_callback(_note)
    done, _ = await asyncio.wait({reading}, timeout=PATIENCE)
    return reading.result() if done and reading.exception() is None else None


def _note(reading: asyncio.Task[Page]) -> None:
    if not reading.cancelled() and reading.exception() is not None:
        log.warning("Home was sent without posts", exc_info=reading.exception())
