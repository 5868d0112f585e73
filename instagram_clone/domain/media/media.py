"""Photos as stored things: whose they are, what they are for, and where their files lie.

The only writer of `media` and of the media store. A photo begins as a draft (a clean master and a
preview, for its owner alone); publishing cuts its renditions and removes the master. Files are written
after the row that names their folder and removed after it, so that none is ever without an owner.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import ObjectStore, from_url

from instagram_clone.config import settings
from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.errors import Invalid, NotFound, TooMany
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import imaging
from instagram_clone.domain.media.events import PhotosDiscarded
from instagram_clone.domain.media.imaging import Crop
from instagram_clone.domain.people import accounts

UPLOADING, DRAFT, POST, AVATAR, MESSAGE = "uploading", "draft", "post", "avatar", "message"
_OWN = (UPLOADING, DRAFT)
KEEP_DRAFTS, KEEP_UPLOADING = timedelta(days=1), timedelta(minutes=10)
MAX_DRAFTS = 40
_GONE = "This photo is not here any more. Choose it again."
Decider = Callable[[Viewer | None, dict[str, Any]], Awaitable[bool]]
Asker = Callable[[dict[str, Any]], Awaitable[bool]]

PREVIEW = 1
"""The `width` under which a draft's preview is stored and served."""

log = logging.getLogger(__name__)
_store: ObjectStore | None = None
_deciders: dict[str, Decider] = {}
_showing: dict[str, Asker] = {}


@dataclass(frozen=True)
class Draft:
    """An upload that is not published yet. Sizes are those of the clean picture, in pixels."""

    id: str
    width: int
    height: int


@dataclass(frozen=True)
class Photo:
    """A finished photo as posts keep it. `widths` are those of its renditions, ascending."""

    id: str
    width: int
    height: int
    widths: list[int]
    placeholder: str
    thumbhash: str
    alt: str


@dataclass(frozen=True)
class File:
    """A rendition's bytes, a WebP. No cache that others share may keep a private one."""

    content: bytes
    private: bool


async def store(viewer: Viewer, upload: Path, use: str = POST) -> Draft:
    """Judge, clean and keep an uploaded file as a draft of the viewer's.

    One for a message may be small: it is shown small, and people send each other small things. Raises
    Invalid in words for people, TooMany when too many drafts wait. Nothing is kept then.
    """
    waiting = {"owner": viewer.oid, "use": {"$in": _OWN}}
    if await db.media.count_documents(waiting) >= MAX_DRAFTS:
        raise TooMany("Too many photos are waiting. Share or discard some, or try later.", 3600)
    master, width, height = await imaging.cleaned(upload)
    _check_size(use, width, height)
    small = await imaging.run(imaging.preview, master)
    row = {
        "_id": secrets.token_urlsafe(16),
        "owner": viewer.oid,
        "use": UPLOADING,
        "created": datetime.now(UTC),
        "width": width,
        "height": height,
        "widths": [PREVIEW],
    }
    await db.media.insert_one(row)
    try:
        await _put(row["_id"], {0: master, PREVIEW: small})
        done = await db.media.update_one({"_id": row["_id"]}, {"$set": {"use": DRAFT}})
        if not done.matched_count:
            # It took so long that it was swept away, and its files before they were all written.
            await remove_files(row["_id"])
            raise NotFound(_GONE)
    except Exception:
        # Where this fails too, the sweep finds the row.
        await _discard_one(row["_id"])
        raise
    return Draft(row["_id"], width, height)


async def cut(viewer: Viewer, media_id: str, use: str, crop: Crop, alt: str = "") -> Photo:
    """Cut a draft's renditions for a post, a message or an avatar. Raises NotFound, Invalid.

    It stays a draft until `take`: whatever goes wrong, its owner can try again. A post keeps of the crop
    what every screen shows of it.
    """
    row = await _access_draft(viewer, media_id)
    _check_size(use, row["width"], row["height"])
    try:
        got = await obstore.get_async(_open(), _path(media_id, 0))
    except (NotFoundError, FileNotFoundError):
        raise NotFound(_GONE) from None
    if use == POST:
        crop = imaging.fit_post(crop, row["width"], row["height"])
    done = await imaging.run(imaging.render, bytes(await got.bytes_async()), crop)
    await _put(media_id, done.files)
    # Should it have been thrown away, or taken, meanwhile, nobody else knows of these.
    await remove_files(media_id)
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
    query = {"_id": photo.id, "use": DRAFT}
    done = await db.media.update_one(query, {"$set": shown}, session=transaction.session)
    if not done.modified_count:
        there = await db.media.find_one({"_id": photo.id}, {"_id": 1}, session=transaction.session)
        if there is None:
            raise NotFound(_GONE)
        raise Invalid("This photo has been shared already.", "photo")
    transaction.announce(PhotosDiscarded((photo.id,)))


async def set_avatar(viewer: Viewer, media_id: str) -> str:
    """Make a draft the viewer's profile photo, cut square; returns its address. Raises NotFound."""
    row = await _access_draft(viewer, media_id)
    side = min(row["width"], row["height"])
    wide, high = side / row["width"], side / row["height"]
    photo = await cut(viewer, media_id, AVATAR, Crop((1 - wide) / 2, (1 - high) / 2, wide, high))

    async def work(transaction: Transaction) -> None:
        old = await accounts.set_avatar(transaction, viewer, photo.id)
        await take(transaction, photo, AVATAR)
        if old:
            await discard(transaction, [old])

    await outbox.commit(work)
    return accounts.avatar_url(photo.id)


async def access_file(viewer: Viewer | None, media_id: str, width: int) -> File:
    """Return a rendition, the one of that width, else the next smaller there is.

    Raises NotFound for what is missing or not theirs to see.
    """
    row = await db.media.find_one({"_id": media_id})
    if row is None or width < min(row["widths"]):
        raise NotFound
    width = max(stored for stored in row["widths"] if stored <= width)
    if not await _may_see(viewer, row):
        raise NotFound
    try:
        got = await obstore.get_async(_open(), _path(media_id, width))
        shared = row["use"] not in (*_OWN, MESSAGE) and await _may_see(None, row)
        return File(bytes(await got.bytes_async()), private=not shared)
    except (NotFoundError, FileNotFoundError):
        raise NotFound from None


def shown_by(use: str, may_see: Decider, is_shown: Asker) -> None:
    """Have coroutine functions decide of photos of a use, by their rows, who may see them, and whether
    anything shows them at all.
    """
    _deciders[use], _showing[use] = may_see, is_shown


async def _may_see(viewer: Viewer | None, row: dict[str, Any]) -> bool:
    if viewer is not None and row["owner"] == viewer.oid:
        return True
    if row["use"] in _OWN:
        return False
    decide = _deciders.get(row["use"])
    return decide is None or await decide(viewer, row)


async def discard_draft(viewer: Viewer, media_id: str) -> None:
    """Throw a draft of the viewer's away, before its day is over."""
    row = await _access_draft(viewer, media_id)
    await _discard_one(row["_id"], use=DRAFT)


async def discard(transaction: Transaction, media_ids: list[str], **where: Any) -> int:
    """Remove photos, their files afterwards; returns how many there were. Announces PhotosDiscarded."""
    query = {"_id": {"$in": media_ids}, **where}
    found = await db.media.find(query, {"_id": 1}, session=transaction.session).to_list()
    ids = [row["_id"] for row in found]
    if ids:
        await db.media.delete_many({"_id": {"$in": ids}}, session=transaction.session)
        transaction.announce(PhotosDiscarded(tuple(ids)))
    return len(ids)


async def sweep(now: datetime | None = None) -> int:
    """Remove what was not published within a day, or did not arrive within minutes; returns how many."""
    now, swept = now or datetime.now(UTC), 0
    for use, kept in ((DRAFT, KEEP_DRAFTS), (UPLOADING, KEEP_UPLOADING)):
        # Asked in the write again: what is being published this moment is no draft any more.
        old = {"use": use, "created": {"$lt": now - kept}}
        async for row in db.media.find(old, {"_id": 1}):
            swept += await _discard_one(row["_id"], **old)
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


async def repair() -> dict[str, int]:
    """Remove photos that nothing shows, and files without a photo; returns how many there were."""
    unshown = 0
    async for row in db.media.find({"use": {"$in": [AVATAR, *_showing]}}, {"owner": 1, "use": 1}):
        if not await _is_shown(row):
            unshown += await _discard_one(row["_id"], use=row["use"])
    return {"photos that nothing shows": unshown, "files without a photo": await _remove_strays()}


async def settle_pending() -> None:
    """Decide about photos that an older version was publishing when it died: nobody was shown those."""
    async for row in db.media.find({"pending": True}):
        if not await _is_shown(row):
            await _discard_one(row["_id"], pending=True)
    await db.media.update_many({"pending": {"$exists": True}}, {"$unset": {"pending": ""}})


async def _is_shown(row: dict[str, Any]) -> bool:
    if row["use"] == AVATAR:
        return await accounts.has_avatar(row["owner"], row["_id"])
    return await _showing[row["use"]](row)


async def _discard_one(media_id: str, **where: Any) -> int:
    return await outbox.commit(lambda transaction: discard(transaction, [media_id], **where))


async def _remove_strays() -> int:
    found: set[str] = set()
    for batch in obstore.list(_open()):
        found |= {one["path"].split("/")[1] for one in batch if one["path"].count("/") == 2}
    removed = 0
    for media_id in sorted(found):
        removed += await remove_files(media_id)
    return removed


async def remove_files(media_id: str) -> int:
    """Remove the files of a photo that nobody can be shown; returns how many. Idempotent."""
    row = await db.media.find_one({"_id": media_id}, {"use": 1, "widths": 1})
    if row is not None and row["use"] in _OWN:
        return 0
    kept = {_path(media_id, width) for width in row["widths"]} if row is not None else set()
    gone = 0
    async for batch in obstore.list(_open(), prefix=_folder(media_id)):
        for one in batch:
            if one["path"] not in kept:
                gone += 1
                with contextlib.suppress(NotFoundError, FileNotFoundError):
                    await obstore.delete_async(_open(), one["path"])
    return gone


def as_row(photo: Photo) -> dict[str, Any]:
    """Return a photo as posts store it."""
    return asdict(photo)


def _check_size(use: str, width: int, height: int) -> None:
    if use != MESSAGE:
        imaging.check_shown(width, height)


async def _access_draft(viewer: Viewer, media_id: str) -> dict[str, Any]:
    query = {"_id": media_id, "owner": viewer.oid, "use": DRAFT}
    row = await db.media.find_one(query) if isinstance(media_id, str) else None
    if row is None:
        raise NotFound(_GONE)
    return row


async def _put(media_id: str, files: dict[int, bytes]) -> None:
    for width, content in files.items():
        await obstore.put_async(_open(), _path(media_id, width), content)


async def photos_discarded(event: PhotosDiscarded) -> None:
    for media_id in event.media_ids:
        await remove_files(media_id)


def _path(media_id: str, width: int) -> str:
    return f"{_folder(media_id)}/{width}"


def _folder(media_id: str) -> str:
    return f"{media_id[:2]}/{media_id}"


def _keep_private(folder: Path) -> None:
    """Let nobody else on this machine see photos: who may is decided here, not by the file system."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    # The store makes folders and files itself, and has no setting for their modes.
    os.umask(0o077)


def _open() -> ObjectStore:
    global _store
    if _store is None:
        url = settings().media_url
        if url.startswith("file://"):
            # Not what follows the scheme: a space is written %20 in it, and a drive of Windows /C:.
            _keep_private(Path(url2pathname(urlsplit(url).path)))
        _store = from_url(url)
    return _store
