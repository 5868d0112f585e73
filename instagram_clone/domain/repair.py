"""Setting right what crashes of earlier versions, or hands in the database, have left wrong.

Safe at any time: what a change and its count write is one transaction, and what is gone never comes back.
"""

from __future__ import annotations

from instagram_clone.domain.discovery import people_index, posts_index
from instagram_clone.domain.media import media
from instagram_clone.domain.messaging import conversations
from instagram_clone.domain.notifications import notifications
from instagram_clone.domain.people import counts
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comments, likes, posts

_PARTS = (follows, media, comments, likes, posts, counts, conversations, notifications)
_INDEXES = (people_index, posts_index)


async def everything() -> dict[str, int]:
    """Remove orphans and recount everything; returns how much was wrong, by kind."""
    found: dict[str, int] = {}
    # What is found is written down of what the others have set right.
    for part in (*_PARTS, *_INDEXES):
        found |= await part.repair()
    return {kind: number for kind, number in found.items() if number}
