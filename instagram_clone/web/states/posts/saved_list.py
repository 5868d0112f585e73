"""Live updates of the list of saved posts, as the viewer saves and unsaves posts in any tab."""

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
    """Remove a post from the saved list, or put it first if the newest ones are on screen."""
    if tab._kind != lists.SAVED:
        return
    tab.posts = [card for card in unwrap_proxy(tab.posts) if card.id != event.post_id]
    if event.saved and not tab.part:
        if len(tab.posts) >= timeline.MAX_POSTS:
            # The post pushed off the end starts the next part, and only a new read yields its cursor.
            await tab._read("", timeline.MAX_POSTS)
            return
        with contextlib.suppress(NotFound):
            card = await post_cards.show(await viewer_of(tab), event.post_id)
            tab.posts = [card, *unwrap_proxy(tab.posts)]
    if await tab._watch():
        await tab._reload_stale(unwrap_proxy(tab.posts)[:1])
