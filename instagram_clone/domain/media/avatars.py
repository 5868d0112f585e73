"""Profile photos: drafts that are cut square."""

from __future__ import annotations

from instagram_clone.domain.core import outbox
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts, media
from instagram_clone.domain.media.imaging import Crop
from instagram_clone.domain.people import accounts, profiles


async def set_avatar(viewer: Viewer, media_id: str) -> str:
    """Make a draft the viewer's profile photo, cut square; returns its URL. Raises NotFound, Invalid."""
    row = await drafts.access_draft(viewer, media_id)
    side = min(row["width"], row["height"])
    wide, high = side / row["width"], side / row["height"]
    photo = await drafts.cut(
        viewer, media_id, media.AVATAR, Crop((1 - wide) / 2, (1 - high) / 2, wide, high)
    )

    async def work(transaction: Transaction) -> None:
        old = await profiles.set_avatar(transaction, viewer, photo.id)
        await drafts.take(transaction, photo, media.AVATAR)
        if old:
            await media.discard(transaction, [old])

    await outbox.commit(work)
    return accounts.avatar_url(photo.id)
