"""Photos before they are published: uploads, and what they are cut from. Writes `media` with media.py.

A draft is a clean master and a preview, for its owner alone; publishing cuts its renditions and removes the
master. What is not published within a day is swept away.
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

KEEP_DRAFTS, KEEP_UPLOADING = timedelta(days=1), timedelta(minutes=10)
MAX_DRAFTS = 40
_GONE = "This photo is not here any more. Choose it again."

PREVIEW = 1
"""The `width` under which a draft's preview is stored and served."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Draft:
    """An upload that is not published yet. Sizes are those of the clean picture, in pixels."""

    id: str
    width: int
    height: int


async def store(viewer: Viewer, upload: Path, use: str = media.POST) -> Draft:
    """Judge, clean and keep an uploaded file as a draft of the viewer's.

    One for a message may be small: it is shown small, and people send each other small things. Raises
    Invalid in words for people, TooMany when too many drafts wait. Nothing is kept then.
    """
    waiting = {"owner": viewer.oid, "use": {"$in": media.UNPUBLISHED}}
    if await db.media.count_documents(waiting) >= MAX_DRAFTS:
        raise TooMany("Too many photos are waiting. Share or discard some, or try later.", 3600)
    master, width, height = await cleaning.cleaned(upload)
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
            # It took so long that it was swept away, and its files before they were all written.
            await media.remove_files(row["_id"])
            raise NotFound(_GONE)
    except Exception:
        # Where this fails too, the sweep finds the row.
        await media.discard_one(row["_id"])
        raise
    return Draft(row["_id"], width, height)


async def cut(viewer: Viewer, media_id: str, use: str, crop: Crop, alt: str = "") -> Photo:
    """Cut a draft's renditions for a post, a message or an avatar. Raises NotFound, Invalid.

    It stays a draft until `take`: whatever goes wrong, its owner can try again. A post keeps of the crop
    what every screen shows of it.
    """
    row = await access_draft(viewer, media_id)
    _check_size(use, row["width"], row["height"])
    try:
        master = await storage.read(media_id, 0)
    except NotFound:
        raise NotFound(_GONE) from None
    if use == media.POST:
        crop = imaging.fit_post(crop, row["width"], row["height"])
    done = await imaging.run(imaging.render, master, crop)
    await storage.put(media_id, done.files)
    # Should it have been thrown away, or taken, meanwhile, nobody else knows of these.
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
    """Have a photo that was cut be shown by what the same transaction writes. Raises NotFound, Invalid."""
    shown = {"use": use, "widths": photo.widths, "width": photo.width, "height": photo.height}
    query = {"_id": photo.id, "use": media.DRAFT}
    done = await db.media.update_one(query, {"$set": shown}, session=transaction.session)
    if not done.modified_count:
        there = await db.media.find_one({"_id": photo.id}, {"_id": 1}, session=transaction.session)
        if there is None:
            raise NotFound(_GONE)
        raise Invalid("This photo has been shared already.", "photo")
    transaction.announce(PhotosDiscarded((photo.id,)))


async def discard_draft(viewer: Viewer, media_id: str) -> None:
    """Throw a draft of the viewer's away, before its day is over."""
    row = await access_draft(viewer, media_id)
    await media.discard_one(row["_id"], use=media.DRAFT)


async def sweep(now: datetime | None = None) -> int:
    """Remove what was not published within a day, or did not arrive within minutes; returns how many."""
    now, swept = now or datetime.now(UTC), 0
    for use, kept in ((media.DRAFT, KEEP_DRAFTS), (media.UPLOADING, KEEP_UPLOADING)):
        # Asked in the write again: what is being published this moment is no draft any more.
        old = {"use": use, "created": {"$lt": now - kept}}
        async for row in db.media.find(old, {"_id": 1}):
            swept += await media.discard_one(row["_id"], **old)
    return swept


async def keep_sweeping() -> None:
    """Sweep every hour, for as long as the process lives."""
    while True:
        try:
            await sweep()
        except Exception:
            # Whatever it was: the next hour is another one.
            log.exception("The sweep of old drafts failed")
        await asyncio.sleep(3600)


def _check_size(use: str, width: int, height: int) -> None:
    if use != media.MESSAGE:
        imaging.check_shown(width, height)


async def access_draft(viewer: Viewer, media_id: str) -> dict[str, Any]:
    query = {"_id": media_id, "owner": viewer.oid, "use": media.DRAFT}
    row = await db.media.find_one(query) if isinstance(media_id, str) else None
    if row is None:
        raise NotFound(_GONE)
    return row
