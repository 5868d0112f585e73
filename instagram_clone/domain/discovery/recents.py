"""Recent searches: the people the viewer opened and the texts they searched for. Nobody else sees them. The
only writer of `recents`, which has one row per person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.text.characters import is_encodable, is_visible, normalize
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import folding
from instagram_clone.domain.discovery.events import RecentsChanged
from instagram_clone.domain.discovery.search import TEXT_LENGTH
from instagram_clone.domain.people import directory
from instagram_clone.domain.people.directory import PersonRow

KEPT = 20


@dataclass(frozen=True)
class Recent:
    """A person who was opened, or a text that was searched for, in which case `person` is None."""

    id: str
    text: str = ""
    person: PersonRow | None = None


async def recent(viewer: Viewer) -> list[Recent]:
    """Return the viewer's recent searches, latest first, without people they may no longer see."""
    row = await db.recents.find_one({"_id": viewer.oid}) or {"items": []}
    ids = [item["person"] for item in row["items"] if "person" in item]
    people = {one.id: one for one in await directory.rows(viewer, ids)} if ids else {}
    return [
        Recent(str(item["id"]), item.get("text", ""), people.get(str(item.get("person"))))
        for item in row["items"]
        if "text" in item or str(item["person"]) in people
    ]


async def remember(viewer: Viewer, *, person_id: str | None = None, text: str | None = None) -> None:
    """Put a person the viewer opened, or a text they searched for, at the top of their recent searches.

    Replaces an earlier entry for the same. A text without visible characters is ignored. Publishes
    RecentsChanged. Raises NotFound for a person they may not see.
    """
    if person_id:
        person = db.oid(person_id)
        if not await directory.rows(viewer, [person]):
            raise NotFound
        await _put(viewer, f"person {person_id}", {"person": person})
    elif text and is_encodable(text):
        text = normalize(" ".join(text.split()))[:TEXT_LENGTH]
        if is_visible(text):
            await _put(viewer, f"text {folding.fold(text)}", {"text": text})


async def remove(viewer: Viewer, recent_id: str) -> None:
    """Remove one of the viewer's recent searches. Idempotent. Publishes RecentsChanged. Raises NotFound for
    an invalid id.
    """
    change = {"$pull": {"items": {"id": db.oid(recent_id)}}}
    done = await db.recents.update_one({"_id": viewer.oid}, change)
    if done.modified_count:
        await events.publish(RecentsChanged(viewer.id))


async def clear(viewer: Viewer) -> None:
    """Remove all of the viewer's recent searches. Idempotent. Publishes RecentsChanged."""
    done = await db.recents.delete_one({"_id": viewer.oid})
    if done.deleted_count:
        await events.publish(RecentsChanged(viewer.id))


async def _put(viewer: Viewer, key: str, entry: dict[str, Any]) -> None:
    # Literal, because what people type may start with a dollar sign.
    new = {"$literal": [{"id": ObjectId(), "key": key, **entry}]}
    others = {
        "$filter": {
            "input": {"$ifNull": ["$items", []]},
            "cond": {"$ne": ["$$this.key", {"$literal": key}]},
        }
    }
    items = {"$slice": [{"$concatArrays": [new, others]}, KEPT]}
    await db.recents.update_one({"_id": viewer.oid}, [{"$set": {"items": items}}], upsert=True)
    await events.publish(RecentsChanged(viewer.id))
