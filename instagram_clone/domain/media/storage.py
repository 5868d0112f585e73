"""Where photo files are stored: a local folder or an object store. Knows no people and no database."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import ObjectStore, from_url

from instagram_clone.config import settings
from instagram_clone.domain.core.errors import NotFound

_store: ObjectStore | None = None


async def put(media_id: str, files: dict[int, bytes]) -> None:
    """Write files of a photo, by their widths."""
    for width, content in files.items():
        await obstore.put_async(_open(), _path(media_id, width), content)


async def read(media_id: str, width: int) -> bytes:
    """Return the content of a file. Raises NotFound."""
    try:
        got = await obstore.get_async(_open(), _path(media_id, width))
        return bytes(await got.bytes_async())
    except (NotFoundError, FileNotFoundError):
        raise NotFound from None


async def remove(media_id: str, keep: Collection[int]) -> int:
    """Remove a photo's files except those of the `keep` widths; returns how many. Idempotent."""
    keep_paths = {_path(media_id, width) for width in keep}
    removed = 0
    async for batch in obstore.list(_open(), prefix=_folder(media_id)):
        for entry in batch:
            if entry["path"] not in keep_paths:
                removed += 1
                with contextlib.suppress(NotFoundError, FileNotFoundError):
                    await obstore.delete_async(_open(), entry["path"])
    return removed


def media_ids() -> set[str]:
    """Return the ids of all photos that have files."""
    found: set[str] = set()
    for batch in obstore.list(_open()):
        found |= {entry["path"].split("/")[1] for entry in batch if entry["path"].count("/") == 2}
    return found


def _path(media_id: str, width: int) -> str:
    return f"{_folder(media_id)}/{width}"


def _folder(media_id: str) -> str:
    return f"{media_id[:2]}/{media_id}"


def _keep_private(folder: Path) -> None:
    """Hide photos from other users of this machine: access is decided here, not by the file system."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    # The store creates folders and files itself, and has no setting for their modes.
    os.umask(0o077)


def _open() -> ObjectStore:
    global _store
    if _store is None:
        url = settings().media_url
        if url.startswith("file://"):
            # Not just what follows the scheme: the URL has %20 for a space, and /C: for a Windows drive.
            _keep_private(Path(url2pathname(urlsplit(url).path)))
        _store = from_url(url)
    return _store
