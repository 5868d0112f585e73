"""Posts that match a search text and that the viewer may see, newest first. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import folding, posts_index
from instagram_clone.domain.media.media import Photo
from instagram_clone.domain.people import accounts, visibility
from instagram_clone.domain.people.audiences import Item
from instagram_clone.domain.posts import captions
from instagram_clone.domain.posts.captions import PostText

_ROUNDS = (1, 1, 3, 9, 27)
"""How many pages of posts each round reads, until one page can be shown. The second round usually makes up
for the hidden posts of the first.
"""


@dataclass(frozen=True)
class PostHit:
    """A post that was found, as a tile shows it. `author` is a username; counts belong to `rev`."""

    id: str
    author: str
    caption: str
    alt: str
    photo: Photo
    likes: int = 0
    comments: int = 0
    rev: int = 0


@dataclass(frozen=True)
class PostsPage:
    """Posts that were found, newest first, and the cursor of the next page, "" at the end."""

    posts: list[PostHit]
    cursor: str


async def page(viewer: Viewer, text: str, limit: int, after: str | None) -> PostsPage:
    """Return a page of posts. Raises NotFound for an invalid cursor."""
    words = folding.query_words(text)
    before = db.oid(after) if after else None
    if not words:
        return PostsPage([], "")
    reader, seen = visibility.Reader(viewer), list[PostText]()
    hidden, at, top = set[ObjectId](), before, before
    for number in (pages * (limit + 1) for pages in _ROUNDS):
        batch = await posts_index.by_words(words, number, at, hidden, top)
        found = await captions.of(batch.ids) if batch.ids else []
        seen += await reader.visible(found, lambda one: one.item)
        if len(seen) > limit or batch.older is None:
            break
        # Exclude hidden authors from now on: one with many posts would crowd out everyone else's.
        hidden |= await _hidden(reader, {one.item.author for one in found})
        if len(batch.ids) < number:
            # The scan window is used up. Scan another only if hidden authors may have filled it and, for
            # several words, nothing was found yet: posts that have all of them may be endlessly rare.
            if not hidden or (seen and len(words) > 1):
                break
            top = batch.older
        at = batch.older
    shown = seen[:limit]
    authors = await accounts.people(list({one.item.author for one in shown})) if shown else {}
    hits = [
        PostHit(
            id=str(one.id),
            author=authors[one.item.author].username,
            caption=one.caption,
            alt=one.alt,
            photo=one.photo,
            likes=one.likes,
            comments=one.comments,
            rev=one.rev,
        )
        for one in shown
        if one.item.author in authors
    ]
    return PostsPage(hits, str(shown[-1].id) if len(seen) > limit else "")


async def _hidden(reader: visibility.Reader, authors: set[ObjectId]) -> set[ObjectId]:
    """Return the authors whose posts are all hidden from the viewer."""
    shown = await reader.visible([Item(author) for author in authors], lambda one: one)
    return authors - {one.author for one in shown}
