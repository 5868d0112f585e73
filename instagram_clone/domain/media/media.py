"""Stored photos: who owns them, what they are used for, and who may fetch their files.

Only this module and `drafts` write `media`. Files are written after the row that names their folder, and
removed through the outbox after the row is gone, so that none is ever left behind.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import storage
from instagram_clone.domain.media.events import PhotosDiscarded
from instagram_clone.domain.people import profiles

UPLOADING, DRAFT, POST, AVATAR, MESSAGE = "uploading", "draft", "post", "avatar", "message"
UNPUBLISHED = (UPLOADING, DRAFT)
AccessCheck = Callable[[Viewer | None, dict[str, Any]], Awaitable[bool]]
UsageCheck = Callable[[dict[str, Any]], Awaitable[bool]]
_access_checks: dict[str, AccessCheck] = {}
_usage_checks: dict[str, UsageCheck] = {}


@dataclass(frozen=True)
class Photo:
    """A finished photo as posts and messages store it. `widths` are those of its renditions, ascending."""

    id: str
    width: int
    height: int
    widths: list[int]
    placeholder: str
    thumbhash: str
    alt: str


@dataclass(frozen=True)
class File:
    """A rendition's bytes, a WebP. Shared caches must not store a private one."""

    content: bytes
    private: bool


async def access_file(viewer: Viewer | None, media_id: str, width: int) -> File:
    """Return the rendition of that width, or else the next smaller one.

    Raises NotFound if it does not exist or the viewer may not see it.
    """
    row = await db.media.find_one({"_id": media_id})
    if row is None or width < min(row["widths"]):
        raise NotFound
    width = max(stored for stored in row["widths"] if stored <= width)
    if not await _may_see(viewer, row):
        raise NotFound
    content = await storage.read(media_id, width)
    shared = row["use"] not in (*UNPUBLISHED, MESSAGE) and await _may_see(None, row)
    return File(content, private=not shared)


def register_use(use: str, may_see: AccessCheck, is_shown: UsageCheck) -> None:
    """Register the coroutine functions that decide about photos of a use, given a photo's row: whether a
    viewer may see it, and whether anything shows it at all.
    """
    _access_checks[use], _usage_checks[use] = may_see, is_shown


async def _may_see(viewer: Viewer | None, row: dict[str, Any]) -> bool:
    if viewer is not None and row["owner"] == viewer.oid:
        return True
    if row["use"] in UNPUBLISHED:
        return False
    check = _access_checks.get(row["use"])
    return check is None or await check(viewer, row)


async def discard(transaction: Transaction, media_ids: list[str], **where: Any) -> int:
    """Remove photos, and later their files; returns how many there were. Announces PhotosDiscarded."""
    query = {"_id": {"$in": media_ids}, **where}
    found = await db.media.find(query, {"_id": 1}, session=transaction.session).to_list()
    ids = [row["_id"] for row in found]
    if ids:
        await db.media.delete_many({"_id": {"$in": ids}}, session=transaction.session)
        transaction.announce(PhotosDiscarded(tuple(ids)))
    return len(ids)


async def repair() -> dict[str, int]:
    """Remove photos that nothing shows, and files without a photo; returns how many there were."""
    unused = 0
    async for row in db.media.find({"use": {"$in": [AVATAR, *_usage_checks]}}, {"owner": 1, "use": 1}):
        if not await _is_shown(row):
            unused += await discard_one(row["_id"], use=row["use"])
    return {"unused photos": unused, "orphaned photo files": await _remove_orphaned_files()}


async def settle_pending() -> None:
    """Discard photos that nothing shows because an older version died while publishing them."""
    async for row in db.media.find({"pending": True}):
        if not await _is_shown(row):
            await discard_one(row["_id"], pending=True)
    await db.media.update_many({"pending": {"$exists": True}}, {"$unset": {"pending": ""}})


async def _is_shown(row: dict[str, Any]) -> bool:
    if row["use"] == AVATAR:
        return await profiles.has_avatar(row["owner"], row["_id"])
    return await _usage_checks[row["use"]](row)


async def discard_one(media_id: str, **where: Any) -> int:
    return await outbox.commit(lambda transaction: discard(transaction, [media_id], **where))


async def _remove_orphaned_files() -> int:
    removed = 0
    for media_id in sorted(storage.media_ids()):
        removed += await remove_files(media_id)
    return removed


async def remove_files(media_id: str) -> int:
    """Remove the files of a photo that can no longer be shown; returns how many. Idempotent."""
    row = await db.media.find_one({"_id": media_id}, {"use": 1, "widths": 1})
    if row is not None and row["use"] in UNPUBLISHED:
        return 0
    return await storage.remove(media_id, keep=row["widths"] if row is not None else ())


def as_row(photo: Photo) -> dict[str, Any]:
    """Return a photo as posts and messages store it."""
    return asdict(photo)


async def photos_discarded(event: PhotosDiscarded) -> None:
    for media_id in event.media_ids:
        await remove_files(media_id)
