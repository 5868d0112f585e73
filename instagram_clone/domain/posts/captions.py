"""The text of posts: captions and photo descriptions. Reads only, and does no permission checks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.media.media import Photo
from instagram_clone.domain.people import audiences
from instagram_clone.domain.people.audiences import Item

_FIELDS = {**audiences.FIELDS, "caption": 1, "media": {"$slice": 1}, "likes": 1, "comments": 1, "rev": 1}


@dataclass(frozen=True)
class PostText:
    """A post's text, photo and counts, and what decides who may see it."""

    id: ObjectId
    item: Item
    caption: str
    photo: Photo
    likes: int
    comments: int
    rev: int

    @property
    def alt(self) -> str:
        """The description of its photo."""
        return self.photo.alt


async def of(post_ids: list[ObjectId]) -> list[PostText]:
    """Return the given posts that exist, in the given order. Concurrent calls share one query."""
    return await _batched_reads.submit("", post_ids) if post_ids else []


async def _read(_: str, requests: list[list[ObjectId]]) -> list[list[PostText] | Exception]:
    found = db.posts.find({"_id": {"$in": list({one for ids in requests for one in ids})}}, _FIELDS)
    existing = {row["_id"]: _post_text(row) async for row in found}
    return [[existing[one] for one in ids if one in existing] for ids in requests]


_batched_reads: Batcher[str, list[ObjectId], list[PostText]] = Batcher(_read, gathers=True)


async def all_posts(batch_size: int) -> AsyncIterator[list[PostText]]:
    """Yield all posts in batches, oldest first, including posts published in the meantime."""
    last: dict[str, Any] = {}
    while True:
        rows = await db.posts.find(last, _FIELDS).sort("_id", 1).limit(batch_size).to_list()
        if not rows:
            return
        yield [_post_text(row) for row in rows]
        last = {"_id": {"$gt": rows[-1]["_id"]}}


def _post_text(row: dict[str, Any]) -> PostText:
    return PostText(
        id=row["_id"],
        item=audiences.item_of(row),
        caption=row["caption"],
        photo=Photo(**row["media"][0]),
        likes=row["likes"],
        comments=row["comments"],
        rev=row["rev"],
    )
