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
from instagram_clone.web.html.parts.markup import concat
from instagram_clone.web.html.parts.photos import preload, sizes

ELEMENT_ID = "first-posts"
"""The id of the placeholder element for them on home (web/pages/home.py)."""

POST_COUNT = 2
TIMEOUT_SECONDS = 0.3
"""How long the database may take, in seconds: a page without posts beats no page."""

log = logging.getLogger(__name__)
_ELEMENT = re.compile(rf'(?<=id="{ELEMENT_ID}")[^>]*>')
_SCRIPT_PRELOAD = '<link rel="modulepreload"'


async def home(viewer: Viewer, html: str) -> str:
    """Insert the viewer's first posts into the HTML of home; preload the first photo before scripts."""
    page = await _read(viewer)
    element = _ELEMENT.search(html)
    if page is None or not page.posts or element is None:
        return html
    first, shown = page.posts[0], enumerate(page.posts)
    articles = concat(*(cards.post_card(post, first=number == 0) for number, post in shown))
    html = html[: element.end()] + articles + html[element.end() :]
    return html.replace(
        _SCRIPT_PRELOAD,
        preload(first.photo, sizes(first.photo, FEED, POST_ASPECTS[1])) + _SCRIPT_PRELOAD,
        1,
    )


async def _read(viewer: Viewer) -> Page | None:
    task = asyncio.create_task(feed.home(viewer, size=POST_COUNT))
    # Not cancelled on timeout: other requests may be waiting for the same batched query.
    task.add_done_callback(_log_failure)
    done, _ = await asyncio.wait({task}, timeout=TIMEOUT_SECONDS)
    return task.result() if done and task.exception() is None else None


def _log_failure(task: asyncio.Task[Page]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.warning("Sent home without posts", exc_info=task.exception())
