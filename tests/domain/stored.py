"""Everything that the domain has stored, rows and files: to compare, summarize and restore."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bson import CodecOptions, decode, json_util
from bson.raw_bson import RawBSONDocument

from instagram_clone.config import settings
from instagram_clone.domain.core import db
from instagram_clone.domain.media import drafts, media

COUNTS = {
    "users": ("posts", "followers", "following"),
    "posts": ("likes", "comments"),
    "comments": ("likes", "replies"),
    "alerts": ("count",),
    "conversations": ("last",),
}
VARYING = re.compile(
    r'\b[0-9a-f]{24}\b|(?<="\$date": {"\$numberLong": ")\d+|(?<="\$timestamp": ){"t": \d+, "i": \d+}'
)
"""Ids and times in rows and texts, which differ between any two runs."""


def folder() -> Path:
    """Return the folder where files are stored."""
    return Path(settings().media_url.removeprefix("file://"))


@dataclass(frozen=True)
class Stored:
    """All rows with their collections and all files with their paths, byte for byte."""

    rows: frozenset[tuple[str, bytes]]
    files: frozenset[tuple[Path, bytes]]

    @classmethod
    async def now(cls) -> Stored:
        """Read everything that is stored now."""
        first, *others = db.collections()
        unions = [{"$unionWith": {"coll": name, "pipeline": [_named(name)]}} for name in others]
        raw = db.__getattr__(first).with_options(CodecOptions(document_class=RawBSONDocument))
        rows = [(row["of"], row["row"].raw) async for row in await raw.aggregate([_named(first), *unions])]
        files = ((path, path.read_bytes()) for path in folder().rglob("*") if path.is_file())
        return cls(frozenset(rows), frozenset(files))

    async def restore(self, found: Stored) -> None:
        """Restore this state; `found` is what is stored now."""
        for name in {name for name, _ in self.rows ^ found.rows}:
            rows = db.__getattr__(name)
            others = [row["_id"] for row in _rows_of(name, found.rows - self.rows)]
            await rows.delete_many({"_id": {"$in": others}})
            if missing := _rows_of(name, self.rows - found.rows):
                await rows.insert_many(missing)
        for path, _ in found.files - self.files:
            path.unlink()
        for path, content in self.files - found.files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    @functools.cached_property
    def _varying(self) -> set[str]:
        return _varying(_texts(self.rows, ()))

    def changes_since(self, before: Stored) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return what was added and what was removed since; new ids and times are numbered in order."""
        added = _texts(self.rows - before.rows, self.files - before.files)
        removed = _texts(before.rows - self.rows, before.files - self.files)
        new = _varying(added) - before._varying
        numbers = {
            value: f"#{number}"
            for number, value in enumerate(sorted(new, key=lambda value: (len(value), value)))
        }

        def numbered(text: str) -> str:
            return VARYING.sub(lambda match: numbers.get(match[0], match[0]), text)

        return tuple(sorted(map(numbered, added))), tuple(sorted(removed))

    def summary(self) -> dict[str, Any]:
        """Return the number of rows and files of each kind, all counts, and flags such as private posts."""
        rows = {name: [decode(row.raw) for row in _rows_of(name, self.rows)] for name in db.collections()}
        found: dict[str, Any] = {name: len(found_rows) for name, found_rows in rows.items()}
        # Attempts are counted whatever their outcome.
        del found["throttles"]
        for name, fields in COUNTS.items():
            for field in fields:
                found[f"{name}.{field}"] = sorted(row.get(field, 0) for row in rows[name])
        found["uses"] = sorted(row["use"] for row in rows["media"])
        found["private"] = sum(row.get("private") is True for row in rows["posts"])
        hidden = (any(member.get("hidden") for member in row["members"]) for row in rows["conversations"])
        found["hidden"] = sum(hidden)
        found["blocked"] = sum(bool(row.get("blocked_by")) for row in rows["conversations"])
        uncut = {row["_id"] for row in rows["media"] if row["use"] == media.DRAFT}
        # By width. Renditions cut from a draft in vain are removed together with the draft.
        found["files"] = sorted(
            path.name
            for path, _ in self.files
            if not (path.parent.name in uncut and int(path.name) > drafts.PREVIEW)
        )
        return found


def _named(collection: str) -> dict[str, Any]:
    return {"$project": {"_id": 0, "of": {"$literal": collection}, "row": "$$ROOT"}}


def _rows_of(collection: str, rows: Iterable[tuple[str, bytes]]) -> list[RawBSONDocument]:
    return [RawBSONDocument(row) for name, row in rows if name == collection]


def _varying(texts: Iterable[str]) -> set[str]:
    return {value for text in texts for value in VARYING.findall(text)}


def _texts(rows: Iterable[tuple[str, bytes]], files: Iterable[tuple[Path, bytes]]) -> list[str]:
    options = json_util.CANONICAL_JSON_OPTIONS
    found = [f"{name} {json_util.dumps(decode(row), json_options=options)}" for name, row in rows]
    return found + [f"{path} {hashlib.sha256(content).hexdigest()}" for path, content in files]
