"""Photos before they are published: uploads, and their masters. Writes `media` together with media.py.

A draft is a clean master and a preview, visible only to its owner; publishing cuts its renditions and
removes the master. Drafts that are not published within a day are swept away.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from instagram_clone.domain.core import db
from instagram_clone.domain.core.errors import Invalid, NotFound, TooMany
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import cleaning, imaging, media, storage
from instagram_clone.domain.media.events import PhotosDiscarded
from instagram_clone.domain.media.imaging import Crop
from instagram_clone.domain.media.media import Photo

DRAFT_MAX_AGE, UPLOADING_MAX_AGE = timedelta(days=1), timedelta(minutes=10)
MAX_DRAFTS = 40
_GONE = "This photo is no longer available. Choose it again."

PREVIEW = 1
"""The `width` under which a draft's preview is stored and served."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Draft:
    """An upload that is not published yet. The size is that of the clean picture, in pixels."""

    id: str
    width: int
    height: int


async def store(viewer: Viewer, upload: Path, use: str = media.POST) -> Draft:
    """Validate and clean an uploaded file, and store it as a draft of the viewer's.

    A photo for a message may be small: it is shown small, and people send each other small pictures. Raises
    Invalid with a message for people, TooMany when the viewer has too many drafts, and NotFound if it took
    so long that the sweep removed it; nothing is stored then.
    """
    waiting = {"owner": viewer.oid, "use": {"$in": media.UNPUBLISHED}}
    if await db.media.count_documents(waiting) >= MAX_DRAFTS:
        raise TooMany(
            "You have too many unpublished photos. Share or discard some, or try again later.", 3600
        )
    master, width, height = await cleaning.clean_in_thread(upload)
    _check_size(use, width, height)
    small = await imaging.run(imaging.preview, master)
    row = {
        "_id": secrets.token_urlsafe(16),
        "owner": viewer.oid,
        "use": media.UPLOADING,
        "created": datetime.now(UTC),
        "width": width,
        "height": height,
        "widths": [PREVIEW],
    }
    await db.media.insert_one(row)
    try:
        await storage.put(row["_id"], {0: master, PREVIEW: small})
        done = await db.media.update_one({"_id": row["_id"]}, {"$set": {"use": media.DRAFT}})
        if not done.matched_count:
            # It took so long that the sweep removed the row, perhaps before all files were written.
            await media.remove_files(row["_id"])
            raise NotFound(_GONE)
    except Exception:
        # If this fails too, the sweep finds the row.
        await media.discard_one(row["_id"])
        raise
    return Draft(row["_id"], width, height)


async def cut(viewer: Viewer, media_id: str, use: str, crop: Crop, alt: str = "") -> Photo:
    """Cut a draft's renditions for a post, a message or an avatar. Raises NotFound, Invalid.

    It stays a draft until `take`: whatever goes wrong, its owner can try again. A post's crop is narrowed
    to a shape that every screen can show.
    """
    row = await access_draft(viewer, media_id)
    _check_size(use, row["width"], row["height"])
    try:
        master = await storage.read(media_id, 0)
    except NotFound:
        raise NotFound(_GONE) from None
    if use == media.POST:
        crop = imaging.fit_post_aspect(crop, row["width"], row["height"])
    done = await imaging.run(imaging.render, master, crop)
    # Another attempt may have published it since: its files have the same names, and stay as they are.
    await access_draft(viewer, media_id)
    await storage.put(media_id, done.files)
    # If the draft was discarded or taken in the meantime, nothing else knows of these files.
    await media.remove_files(media_id)
    return Photo(
        id=media_id,
        width=done.width,
        height=done.height,
        widths=sorted(done.files),
        placeholder=done.placeholder,
        thumbhash=done.thumbhash,
        alt=alt,
    )


async def take(transaction: Transaction, photo: Photo, use: str) -> None:
    """Publish a cut photo as part of what the same transaction writes. Raises NotFound, Invalid."""
    change = {"use": use, "widths": photo.widths, "width": photo.width, "height": photo.height}
    query = {"_id": photo.id, "use": media.DRAFT}
    done = await db.media.update_one(query, {"$set": change}, session=transaction.session)
    if not done.modified_count:
        row = await db.media.find_one({"_id": photo.id}, {"_id": 1}, session=transaction.session)
        if row is None:
            raise NotFound(_GONE)
        raise Invalid("This photo has been shared already.", "photo")
    transaction.announce(PhotosDiscarded((photo.id,)))


async def discard_draft(viewer: Viewer, media_id: str) -> None:
    """Discard a draft of the viewer's before it expires."""
    row = await access_draft(viewer, media_id)
    await media.discard_one(row["_id"], use=media.DRAFT)


async def sweep(now: datetime | None = None) -> int:
    """Remove drafts older than a day, and uploads unfinished after ten minutes; returns how many."""
    now, swept = now or datetime.now(UTC), 0
    for use, max_age in ((media.DRAFT, DRAFT_MAX_AGE), (media.UPLOADING, UPLOADING_MAX_AGE)):
        # The write checks this again: a draft that is being published right now is no longer one.
        old = {"use": use, "created": {"$lt": now - max_age}}
        async for row in db.media.find(old, {"_id": 1}):
            swept += await media.discard_one(row["_id"], **old)
    return swept


async def keep_sweeping() -> None:
    """Sweep every hour, for as long as the process lives."""
    while True:
        try:
            await sweep()
        except Exception:
            # Whatever went wrong, try again in an hour.
            log.exception("The sweep of old drafts failed")
        await asyncio.sleep(3600)


def _check_size(use: str, width: int, height: int) -> None:
    if use != media.MESSAGE:
        imaging.check_large_enough(width, height)


async def access_draft(viewer: Viewer, media_id: str) -> dict[str, Any]:
    query = {"_id": media_id, "owner": viewer.oid, "use": media.DRAFT}
    row = await db.media.find_one(query) if isinstance(media_id, str) else None
    if row is None:
        raise NotFound(_GONE)
    return row
