"""New posts above the home feed: whose tabs hear of one, and what following somebody changes."""

from __future__ import annotations

from instagram_clone import live
from instagram_clone.domain.people import visibility
from instagram_clone.domain.people.events import Followed
from instagram_clone.domain.people.relations import graph
from instagram_clone.domain.posts import feed, recency
from instagram_clone.domain.posts.events import PostPublished
from instagram_clone.live import topics
from instagram_clone.web.states.posts import lists
from instagram_clone.web.states.posts.lists import Fresh
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.session import maybe_viewer
from instagram_clone.web.states.unwrap_proxy import unwrap_proxy

ASKED_AT_ONCE = 1000
"""Of so many people at once it is asked who follows an author."""

_asking: dict[int, tuple[str, set[str]]] = {}
"""Authors whose followers are being asked for, and who has stopped following them meanwhile: what was
heard while the database was asked is newer than its answer."""


async def _followers_here(event: PostPublished) -> list[topics.Topic]:
    """The author's own tabs and those of followers: asked of the database, so never out of date.

    Only people who have home open in this process are asked for, a part at a time; however many follow
    the author, and however many are online elsewhere, that costs the same.
    """
    parted: set[str] = set()
    _asking[id(parted)] = event.author_id, parted
    try:
        here, follow = live.watched(topics.home), set()
        for at in range(0, len(here), ASKED_AT_ONCE):
            follow |= await graph.followers_among(event.author_id, here[at : at + ASKED_AT_ONCE])
    finally:
        del _asking[id(parted)]
    return [topics.home(user_id) for user_id in (event.author_id, *(follow - parted))]


async def _unfollowed(event: Followed) -> None:
    for author_id, parted in _asking.values():
        if not event.following and event.whom == author_id:
            parted.add(event.by)


live.hear(Followed, _unfollowed, lambda event: () if event.following else None)
# Before any tab is told: whoever reads home afterwards finds it there.
live.hear(PostPublished, recency.post_published)


@live.on(PostPublished, TimelineState, _followers_here)
async def post_published(tab: TimelineState, event: PostPublished) -> None:
    """Let a new post wait above the home feed; nothing moves under the reader."""
    # They may have been parted between the publishing and this tab's turn.
    if tab._kind == lists.HOME and not await visibility.is_blocked_either_way(
        await maybe_viewer(tab), event.author_id
    ):
        tab._add_fresh([Fresh(event.post_id, event.avatar, event.username, event.author_id)])


@live.on(Followed, TimelineState, lambda event: [topics.home(event.by)])
async def followed(tab: TimelineState, event: Followed) -> None:
    """Show whom the reader follows now: at once in an empty feed, else their posts wait above it.

    Of a feed that goes on, older posts than its last come as it is scrolled.
    """
    if tab._kind != lists.HOME:
        return
    if not event.following:
        tab._drop_author(event.whom)
    if not tab.posts:
        await tab._read(tab._begin)
    elif event.following:
        last = "" if tab.done else unwrap_proxy(tab.posts)[-1].id
        theirs = (await feed.by_person(await maybe_viewer(tab), event.whom)).posts
        tab._add_fresh(
            [
                Fresh(card.id, card.avatar, card.username, card.author_id)
                for card in theirs
                if card.id > last
            ]
        )
