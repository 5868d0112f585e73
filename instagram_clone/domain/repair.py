"""Repairs what crashes of earlier versions, or manual edits to the database, have left inconsistent.

Safe at any time: a change and its counts are written in one transaction, and deletions are final.
"""

from __future__ import annotations

from instagram_clone.domain.discovery import people_index, posts_index
from instagram_clone.domain.media import media
from instagram_clone.domain.messaging import conversations
from instagram_clone.domain.notifications import notifications
from instagram_clone.domain.people import counts
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comments, likes, posts, saves

_PARTS = (follows, media, comments, likes, saves, posts, counts, conversations, notifications)
_INDEXES = (people_index, posts_index)


async def everything() -> dict[str, int]:
    """Remove orphans and recount everything; returns how much was wrong, by kind."""
    found: dict[str, int] = {}
    # The search indexes come last: they are derived from what the other parts have repaired.
    for part in (*_PARTS, *_INDEXES):
        found |= await part.repair()
    return {kind: number for kind, number in found.items() if number}
