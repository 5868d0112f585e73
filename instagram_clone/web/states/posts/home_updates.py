"""New posts above the home feed: whose tabs receive them, and the effect of following somebody."""

from __future__ import annotations

from instagram_clone import live
from instagram_clone.domain.people import visibility
from instagram_clone.domain.people.events import Followed
from instagram_clone.domain.people.relations import graph
from instagram_clone.domain.posts import feed, recency
from instagram_clone.domain.posts.events import PostPublished
from instagram_clone.live import topics
from instagram_clone.web.states.posts import lists
from instagram_clone.web.states.posts.lists import NewPost
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.session import maybe_viewer
from instagram_clone.web.states.unwrap_proxy import unwrap_proxy

BATCH_SIZE = 1000
"""How many people one query checks for whether they follow an author."""

_queries: dict[int, tuple[str, set[str]]] = {}
"""Authors whose followers are being queried, with the people who have unfollowed them in the meantime: an
event received during the query is newer than its result."""


async def _followers_online(event: PostPublished) -> list[topics.Topic]:
    """Return the home topics of the author and of followers, read from the database, so never stale.

    Only people who have home open in this process are checked, in batches, so the cost depends neither on
    how many follow the author nor on how many are online elsewhere.
    """
    unfollowers: set[str] = set()
    _queries[id(unfollowers)] = event.author_id, unfollowers
    try:
        online, followers = live.watched(topics.home), set()
        for at in range(0, len(online), BATCH_SIZE):
            followers |= await graph.followers_among(event.author_id, online[at : at + BATCH_SIZE])
    finally:
        del _queries[id(unfollowers)]
    return [topics.home(user_id) for user_id in (event.author_id, *(followers - unfollowers))]


async def _unfollowed(event: Followed) -> None:
    for author_id, unfollowers in _queries.values():
        if not event.following and event.whom == author_id:
            unfollowers.add(event.by)


live.subscribe(Followed, _unfollowed, lambda event: () if event.following else None)
# Before any tab is notified, so that anyone who then reads home finds the post there.
live.subscribe(PostPublished, recency.post_published)


@live.on(PostPublished, TimelineState, _followers_online)
async def post_published(tab: TimelineState, event: PostPublished) -> None:
    """Announce a new post above the home feed, without moving anything the reader is looking at."""
    # A block may have come between the publishing and this tab's turn.
    if tab._kind == lists.HOME and not await visibility.is_blocked_either_way(
        await maybe_viewer(tab), event.author_id
    ):
        _announce(tab, [NewPost(event.post_id, event.avatar, event.username, event.author_id)])


@live.on(Followed, TimelineState, lambda event: [topics.home(event.by)])
async def followed(tab: TimelineState, event: Followed) -> None:
    """Apply a follow or unfollow to home: the followed person's posts show at once in an empty feed, else
    wait above it.

    If the feed has more pages, posts older than its last one come with scrolling.
    """
    if tab._kind != lists.HOME:
        return
    if not event.following:
        tab._drop_author(event.whom)
    if not tab.posts:
        await tab._read(tab._begin)
    elif event.following:
        last = "" if tab.done else unwrap_proxy(tab.posts)[-1].id
        published = (await feed.by_person(await maybe_viewer(tab), event.whom)).posts
        newer = [card for card in published if card.id > last]
        _announce(tab, [NewPost(card.id, card.avatar, card.username, card.author_id) for card in newer])


def _announce(tab: TimelineState, posts: list[NewPost]) -> None:
    """Announce new posts above the feed, except those already on screen or announced."""
    shown = {card.id for card in unwrap_proxy(tab.posts)}
    shown |= {post.post_id for post in unwrap_proxy(tab.fresh)}
    new = [post for post in posts if post.post_id not in shown]
    if new:
        tab.fresh = [*new, *unwrap_proxy(tab.fresh)][: lists.MAX_NEW_POSTS]
