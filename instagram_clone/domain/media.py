"""Photos as stored things: whose they are, what they are for, and where their files lie.

The only writer of `media` and of the media store. A photo begins as a draft (a clean master and a
preview, for its owner alone); publishing cuts its renditions and removes the master.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import ObjectStore, from_url
from pymongo.errors import PyMongoError

from instagram_clone.config import settings
from instagram_clone.domain import accounts, db, pictures
from instagram_clone.domain.errors import DomainError, Invalid, NotFound, TooMany
from instagram_clone.domain.pictures import Crop
from instagram_clone.domain.viewer import Viewer

DRAFT, POST, AVATAR, MESSAGE = "draft", "post", "avatar", "message"
KEEP_DRAFTS = timedelta(days=1)
MAX_DRAFTS = 40
PREVIEW = 1
"""The `width` under which a draft's preview is stored and served."""

log = logging.getLogger(__name__)
_store: ObjectStore | None = None
_deciders: dict[str, Callable[[Viewer | None, dict[str, Any]], Awaitable[bool]]] = {}


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
    if await db.media.count_documents({"owner": viewer.oid, "use": DRAFT}) >= MAX_DRAFTS:
        raise TooMany("Too many photos are waiting. Share or discard some, or try later.", 3600)
    master, width, height = await pictures.run(pictures.clean, upload)
    _check_size(use, width, height)
    small = await pictures.run(pictures.preview, master)
    media_id = secrets.token_urlsafe(16)
    await _put(media_id, {0: master, PREVIEW: small})
    row = {
        "_id": media_id,
        "owner": viewer.oid,
        "use": DRAFT,
        "created": datetime.now(UTC),
        "width": width,
        "height": height,
        "widths": [PREVIEW],
    }
    try:
        await db.media.insert_one(row)
    except PyMongoError:
        await _remove(media_id, [0, PREVIEW])
        raise
    return Draft(media_id, width, height)


async def finish(viewer: Viewer, media_id: str, use: str, crop: Crop, alt: str = "") -> Photo:
    """Cut a draft's renditions and take it for a post, a message or as an avatar. Raises NotFound, Invalid.

    A post keeps of the crop what every screen shows of it.
    Until `confirm` is told that what shows it is written, only its owner may see it.
    """
    row = await _access_draft(viewer, media_id)
    _check_size(use, row["width"], row["height"])
    try:
        got = await obstore.get_async(_open(), _path(media_id, 0))
    except (NotFoundError, FileNotFoundError):
        raise NotFound("This photo has expired. Choose it again.") from None
    if use == POST:
        crop = pictures.fit_post(crop, row["width"], row["height"])
    done = await pictures.run(pictures.render, bytes(await got.bytes_async()), crop)
    claimed = await db.media.update_one(
        {"_id": media_id, "use": DRAFT},
        {
            "$set": {
                "use": use,
                "pending": True,
                "widths": sorted(done.files),
                "width": done.width,
                "height": done.height,
            }
        },
    )
    if not claimed.modified_count:
        raise Invalid("This photo has been shared already.", "photo")
    try:
        await _put(media_id, done.files)
    except Exception:
        await discard([media_id])
        raise
    await _remove(media_id, [0, *row["widths"]])
    return Photo(
        id=media_id,
        width=done.width,
        height=done.height,
        widths=sorted(done.files),
        placeholder=done.placeholder,
        thumbhash=done.thumbhash,
        alt=alt,
    )


async def confirm(media_id: str) -> None:
    """Take note that what shows a finished photo has been written."""
    await db.media.update_one({"_id": media_id}, {"$unset": {"pending": ""}})


async def set_avatar(viewer: Viewer, media_id: str) -> str:
    """Make a draft the viewer's profile photo, cut square; returns its address. Raises NotFound."""
    row = await _access_draft(viewer, media_id)
    side = min(row["width"], row["height"])
    wide, high = side / row["width"], side / row["height"]
    photo = await finish(viewer, media_id, AVATAR, Crop((1 - wide) / 2, (1 - high) / 2, wide, high))
    try:
        old = await accounts.set_avatar(viewer, photo.id)
    except (DomainError, PyMongoError):
        await discard([photo.id])
        raise
    await confirm(photo.id)
    if old:
        await discard([old])
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
        shared = row["use"] not in (DRAFT, MESSAGE) and await _may_see(None, row)
        return File(bytes(await got.bytes_async()), private=not shared)
    except (NotFoundError, FileNotFoundError):
        raise NotFound from None


def shown_by(use: str, may_see: Callable[[Viewer | None, dict[str, Any]], Awaitable[bool]]) -> None:
    """Have a coroutine function decide who may see photos of a use, by their rows."""
    _deciders[use] = may_see


async def _may_see(viewer: Viewer | None, row: dict[str, Any]) -> bool:
    if viewer is not None and row["owner"] == viewer.oid:
        return True
    if row["use"] == DRAFT or row.get("pending", False):
        return False
    decide = _deciders.get(row["use"])
    return decide is None or await decide(viewer, row)


async def discard_draft(viewer: Viewer, media_id: str) -> None:
    """Throw a draft of the viewer's away, before its day is over."""
    row = await _access_draft(viewer, media_id)
    await discard([row["_id"]])


async def discard(media_ids: list[str]) -> None:
    """Remove photos with all their files. What is not there is gone already."""
    rows = await db.media.find({"_id": {"$in": media_ids}}).to_list()
    await db.media.delete_many({"_id": {"$in": media_ids}})
    for row in rows:
        await _remove(row["_id"], [0, *row["widths"]])


async def sweep(now: datetime | None = None) -> int:
    """Remove what was not published within a day, and what a crash left half done; returns how many."""
    before = (now or datetime.now(UTC)) - KEEP_DRAFTS
    old = {"created": {"$lt": before}}
    drafts = await db.media.find({"use": DRAFT, **old}, {"_id": 1}).to_list()
    unused = [row["_id"] for row in drafts]
    async for row in db.media.find({"pending": True, **old}):
        if await _shown(row):
            await confirm(row["_id"])
        else:
            unused.append(row["_id"])
    await discard(unused)
    return len(unused)


async def keep_sweeping() -> None:
    """Sweep every hour, for as long as the process lives."""
    while True:
        try:
            await sweep()
        except (PyMongoError, OSError):
            log.exception("The sweep of old drafts failed")
        await asyncio.sleep(3600)


def as_row(photo: Photo) -> dict[str, Any]:
    """Return a photo as posts store it."""
    return asdict(photo)


def _check_size(use: str, width: int, height: int) -> None:
    if use != MESSAGE:
        pictures.check_shown(width, height)


async def _access_draft(viewer: Viewer, media_id: str) -> dict[str, Any]:
    query = {"_id": media_id, "owner": viewer.oid, "use": DRAFT}
    row = await db.media.find_one(query) if isinstance(media_id, str) else None
    if row is None:
        raise NotFound("This photo is not here any more. Choose it again.")
    return row


async def _shown(row: dict[str, Any]) -> bool:
    if row["use"] == AVATAR:
        return await db.users.find_one({"_id": row["owner"], "avatar": row["_id"]}) is not None
    if row["use"] == MESSAGE:
        return await db.messages.find_one({"photo.id": row["_id"]}, {"_id": 1}) is not None
    query = {"author": row["owner"], "media.id": row["_id"]}
    return await db.posts.find_one(query, {"_id": 1}) is not None


async def _put(media_id: str, files: dict[int, bytes]) -> None:
    try:
        for width, content in files.items():
            await obstore.put_async(_open(), _path(media_id, width), content)
    except Exception:
        await _remove(media_id, list(files))
        raise


async def _remove(media_id: str, widths: list[int]) -> None:
    for width in widths:
        try:
            await obstore.delete_async(_open(), _path(media_id, width))
        except (NotFoundError, FileNotFoundError):
            continue


def _path(media_id: str, width: int) -> str:
    return f"{media_id[:2]}/{media_id}/{width}"


def _open() -> ObjectStore:
    global _store
    if _store is None:
        url = settings().media_url
        if url.startswith("file://"):
            Path(url.removeprefix("file://")).mkdir(parents=True, exist_ok=True)
        _store = from_url(url)
    return _store
