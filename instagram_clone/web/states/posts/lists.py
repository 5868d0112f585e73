"""The lists of posts that a screen can show, read page by page."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bson import ObjectId

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.posts import feed, post_cards, saves
from instagram_clone.domain.posts.feed import Page
from instagram_clone.domain.posts.post_cards import PostCard
from instagram_clone.web.states.paging import MAX_EMPTY_PAGES

HOME, EXPLORE, PERSON, SAVED = "home", "explore", "person", "saved"

MAX_NEW_POSTS = 100
"""New posts counted above the feed; beyond this, in a tab left open, the rest is no longer news."""


@dataclass(frozen=True)
class NewPost:
    """A new post announced above the feed."""

    post_id: str
    avatar: str
    username: str
    author_id: str


async def page(kind: str, subject: str, viewer: Viewer | None, before: str) -> Page:
    """Return a page of a list as a viewer sees it; `subject` is the person's id for the PERSON list."""
    if kind == HOME and viewer is not None:
        return await feed.home(viewer, before)
    if kind == PERSON:
        return await feed.by_person(viewer, subject, before)
    hidden: frozenset[str] = frozenset()
    # Everybody who posts may be followed already, or the viewer may see none of the saved posts now.
    for _ in range(1 + MAX_EMPTY_PAGES):
        if kind == SAVED:
            found = await saves.page(viewer, before) if viewer else Page([], "")
        else:
            found = await feed.explore(viewer, before)
        before, hidden = found.cursor, hidden | found.hidden
        if found.posts or not before:
            break
    return replace(found, hidden=hidden)


async def pages(kind: str, subject: str, viewer: Viewer | None, before: str, least: int) -> Page:
    """Return pages of a list, at least one, merged into a single page of at least `least` posts."""
    found = await page(kind, subject, viewer, before)
    while found.cursor and len(found.posts) < least:
        more = await page(kind, subject, viewer, found.cursor)
        found = Page([*found.posts, *more.posts], more.cursor, found.hidden | more.hidden)
    return found


async def changed(viewer: Viewer | None, cards: list[PostCard]) -> dict[str, PostCard | None]:
    """Return, by id, the cards that have changed since they were read, as they are now; None if gone."""
    revisions = await post_cards.revisions([card.id for card in cards])
    old = [card for card in cards if revisions.get(card.id) != card.rev]
    if not old:
        return {}
    now = {card.id: card for card in await post_cards.visible(viewer, [ObjectId(card.id) for card in old])}
    # Whether the author is followed is known from the list; single cards don't look it up.
    return {
        card.id: replace(now[card.id], followed=card.followed) if card.id in now else None for card in old
    }


async def with_current_likers(viewer: Viewer | None, cards: list[PostCard]) -> list[PostCard]:
    """Return cards with the likers now named next to them."""
    now = await post_cards.visible(viewer, [ObjectId(card.id) for card in cards])
    likers = {card.id: card.likers for card in now}
    return [replace(card, likers=likers.get(card.id, [])) for card in cards]
