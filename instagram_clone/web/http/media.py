"""Photos over HTTP: uploads streamed to disk under a hard limit, renditions for those who may see them."""

from __future__ import annotations

import asyncio
import os
import weakref
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from instagram_clone import routes
from instagram_clone.domain.core import rate_limits
from instagram_clone.domain.core.errors import DomainError, Invalid, NotFound, NotSignedIn, TooMany
from instagram_clone.domain.media import cleaning, drafts, media
from instagram_clone.web.http import spool
from instagram_clone.web.http.client import viewer_of

MAX_CONCURRENT = 3
MAX_WAITING = 20
"""Concurrent uploads of a person, and how many more may wait: two messages of ten photos each."""

MAX_DRAIN_BYTES = 2 * cleaning.MAX_BYTES
"""How much of an oversized file is read and discarded: a client cut off earlier never sees the reason."""

PUBLIC_CACHE = "public, max-age=31536000, s-maxage=0, immutable"
"""Anyone who has been shown a photo may cache it: its bytes never change. A shared cache must revalidate
each time, since the photo may no longer be public: its owner goes private, blocks somebody or deletes it.
"""

PRIVATE_CACHE = "private, max-age=31536000, immutable"
MAX_WIDTH_DIGITS = 6

_uploading: Counter[str] = Counter()
_slots: weakref.WeakValueDictionary[str, asyncio.Semaphore] = weakref.WeakValueDictionary()


async def upload(request: Request) -> Response:
    """POST a photo's bytes as the body: answers {id, width, height, preview}, or {error} with the reason.

    `?use=message` says that it is for a message, so it may be small.
    """
    viewer = await viewer_of(request.scope)
    use = media.MESSAGE if request.query_params.get("use") == media.MESSAGE else media.POST
    try:
        if viewer is None:
            raise NotSignedIn("Your session has ended. Log in again to upload.")
        await rate_limits.take("upload", viewer.id)
        async with _upload_slot(viewer.id):
            path = await _receive(request)
            try:
                draft = await drafts.store(viewer, path, use)
            finally:
                path.unlink(missing_ok=True)
    except ClientDisconnect:
        return Response(status_code=499)
    except DomainError as error:
        status = 401 if isinstance(error, NotSignedIn) else 429 if isinstance(error, TooMany) else 422
        return JSONResponse({"error": str(error)}, status)
    preview = routes.media_url(draft.id, drafts.PREVIEW)
    return JSONResponse({"id": draft.id, "width": draft.width, "height": draft.height, "preview": preview})


@asynccontextmanager
async def _upload_slot(user_id: str) -> AsyncIterator[None]:
    """Make uploads beyond a person's `MAX_CONCURRENT` wait, unread. Raises TooMany when too many wait."""
    if _uploading[user_id] >= MAX_CONCURRENT + MAX_WAITING:
        raise TooMany("Wait for your other uploads to finish, then try again.", 10)
    _uploading[user_id] += 1
    slot = _slots.get(user_id)
    if slot is None:
        slot = _slots[user_id] = asyncio.Semaphore(MAX_CONCURRENT)
    try:
        async with slot:
            yield
    finally:
        _uploading[user_id] -= 1
        if not _uploading[user_id]:
            del _uploading[user_id]


async def discard(request: Request) -> Response:
    """DELETE one of the viewer's drafts: 204, or 404 if there is no such draft. Published photos stay."""
    viewer = await viewer_of(request.scope)
    try:
        if viewer is None:
            raise NotSignedIn
        await drafts.discard_draft(viewer, request.path_params["media_id"])
    except DomainError:
        return Response(status_code=404)
    return Response(status_code=204)


async def show(request: Request) -> Response:
    """GET a rendition; one that is missing and one that the viewer may not see are both 404."""
    media_id = request.path_params["media_id"]
    try:
        width = _parse_width(request.path_params["width"])
        file = await media.access_file(await viewer_of(request.scope), media_id, width)
    except NotFound:
        return Response("Not found", 404, media_type="text/plain")
    etag = f'"{media_id}-{width}"'
    cache = PRIVATE_CACHE if file.private else PUBLIC_CACHE
    headers = {
        "etag": etag,
        "cache-control": "private, no-store" if width == drafts.PREVIEW else cache,
        "x-content-type-options": "nosniff",
        "content-disposition": "inline",
    }
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(file.content, media_type="image/webp", headers=headers)


def _parse_width(text: str) -> int:
    # Python raises ValueError for a number with thousands of digits.
    if len(text) > MAX_WIDTH_DIGITS or not (text.isascii() and text.isdecimal()):
        raise NotFound
    return int(text)


async def _receive(request: Request) -> Path:
    descriptor, path = spool.create()
    size = 0
    try:
        with os.fdopen(descriptor, "wb") as file:
            async for chunk in request.stream():
                size += len(chunk)
                if size <= cleaning.MAX_BYTES:
                    file.write(chunk)
                elif size > MAX_DRAIN_BYTES:
                    break
        if size > cleaning.MAX_BYTES:
            raise Invalid("This photo is larger than 30 MB. Choose a smaller one.", "photo")
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path
