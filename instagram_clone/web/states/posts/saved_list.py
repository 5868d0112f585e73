"""The list of what one has saved, as one saves and forgets in other tabs."""

from __future__ import annotations

import contextlib

from instagram_clone import live
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.posts import post_cards
from instagram_clone.domain.posts.events import PostSaved
from instagram_clone.live import topics
from instagram_clone.web.states.posts import lists, timeline
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.session import viewer_of
from instagram_clone.web.states.unwrap_proxy import unwrap_proxy


@live.on(PostSaved, TimelineState, lambda event: [topics.saves(event.by)])
async def post_saved(tab: TimelineState, event: PostSaved) -> None:
    """Take a post off the list of what is saved, or put it first where the list begins at the latest."""
    if tab._kind != lists.SAVED:
        return
    tab.posts = [card for card in unwrap_proxy(tab.posts) if card.id != event.post_id]
    if event.saved and not tab.part:
        if len(tab.posts) >= timeline.MAX_POSTS:
            # What goes off the end begins the next part: only reading tells where that is.
            await tab._read("", timeline.MAX_POSTS)
            return
        with contextlib.suppress(NotFound):
            card = await post_cards.show(await viewer_of(tab), event.post_id)
            tab.posts = [card, *unwrap_proxy(tab.posts)]
    if await tab._watch():
        await tab._catch_up(unwrap_proxy(tab.posts)[:1])
