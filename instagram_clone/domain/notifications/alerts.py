"""The lines people read, and their numbers. The only writer of `alerts` and `alert_counters`.

Likes of one post or comment within 24 hours share one line, however many there are.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne

from instagram_clone.domain.core import db
from instagram_clone.domain.core.db import Session
from instagram_clone.domain.notifications.recipients import Notification

SHOWN_ACTORS = 2
"""How many actors a line shows by name and avatar; the others are only counted."""

SNIPPET_LENGTH = 120
"""Characters of a text that a line shows; a longer text is cut and ends in "…"."""

LINE_KEY = ("to", "kind", "subject", "day")


async def next_number(to: ObjectId, session: Session, count: int = 1) -> int:
    """Return the number of a person's next notification, or the first of `count`.

    Nobody else gets one until the transaction ends, so no number is readable before a lower one.
    """
    previous = await db.alert_counters.find_one_and_update(
        {"_id": to}, {"$inc": {"last": count}}, upsert=True, session=session
    )
    return 1 + (previous["last"] if previous else 0)


async def last_number(to: ObjectId) -> int:
    """Return the number of a person's latest notification, 0 if there is none."""
    row = await db.row("alert_counters", to)
    return row["last"] if row is not None else 0


async def day(notification: Notification, session: Session) -> str:
    """Return the starting hour of the line that a notification goes into now; a line spans 24 hours.

    An hour, not an exact time: processes that start a line at the same time start the same one.
    """
    line = {"to": notification.to, "kind": notification.kind, "subject": notification.subject}
    order = [*((key, 1) for key in line), ("day", 1)]
    last = await db.alerts.find_one(line, {"day": 1}, sort=[("day", -1)], hint=order, session=session)
    now = _now()
    return last["day"] if last and last["day"] > _hour(now - timedelta(days=1)) else _hour(now)


def _snippet(text: str) -> str:
    return text if len(text) <= SNIPPET_LENGTH else text[: SNIPPET_LENGTH - 1].rstrip() + "…"


def _hour(moment: datetime) -> str:
    return moment.isoformat(timespec="hours")


def _now() -> datetime:
    return datetime.now(UTC)


async def add(notification: Notification, lines: list[list[dict[str, Any]]], session: Session) -> None:
    """Add rows of `notifications` to their lines, one list of rows per line."""
    changes = [_line_update(notification, rows) for rows in lines]
    await db.alerts.bulk_write(changes, ordered=False, session=session)


def _line_update(notification: Notification, rows: list[dict[str, Any]]) -> UpdateOne:
    newest = [row["actor"] for row in reversed(rows)][:SHOWN_ACTORS]
    return UpdateOne(
        {key: rows[0][key] for key in LINE_KEY},
        {
            "$inc": {"count": len(rows)},
            "$set": {
                "at": rows[-1]["_id"],
                "seq": rows[-1]["seq"],
                "post": notification.post,
                "text": _snippet(notification.text),
                **({"thread": notification.thread} if notification.thread else {}),
            },
            "$push": {"actors": {"$each": newest, "$position": 0, "$slice": SHOWN_ACTORS}},
        },
        upsert=True,
    )


async def update_after_deletion(line: dict[str, Any], deleted: int, session: Session) -> None:
    """Update a line after `deleted` of its rows are gone; a line with no rows remaining is deleted too."""
    newest = [("seq", -1), ("_id", -1)]
    order = [*((key, 1) for key in line), *newest]
    found = db.notifications.find(line, session=session).sort(newest).hint(order)
    remaining = await found.limit(SHOWN_ACTORS).to_list()
    if remaining:
        change = {"actors": [row["actor"] for row in remaining]}
        change |= {"at": remaining[0]["_id"], "seq": remaining[0]["seq"]}
        await db.alerts.update_one(line, {"$inc": {"count": -deleted}, "$set": change}, session=session)
    else:
        await db.alerts.delete_one(line, session=session)


async def remove_about(post: ObjectId, about: dict[str, Any]) -> None:
    """Remove the lines about a post, or only those that `about` selects."""
    await db.alerts.delete_many({"post": post, **about})


async def remove_orphans() -> int:
    """Remove the lines about deleted posts; returns how many there were."""
    removed = 0
    async for batch in db.orphans("alerts", "post", "posts"):
        removed += (await db.alerts.delete_many({"_id": {"$in": batch}})).deleted_count
    return removed


async def set_number(line_id: ObjectId, seq: int) -> None:
    """Assign its number to a line that an older version wrote."""
    await db.alerts.update_one({"_id": line_id}, {"$set": {"seq": seq}})


async def start_counter(to: ObjectId, last: int) -> None:
    """Start numbering a person's notifications after their last line."""
    await db.alert_counters.insert_one({"_id": to, "last": last})


async def recount(line_id: ObjectId) -> bool:
    """Set a line's count to what its rows say; returns whether it was wrong."""

    async def work(session: Session) -> bool:
        row = await db.alerts.find_one({"_id": line_id}, session=session)
        if row is None:
            return False
        line = {key: row[key] for key in LINE_KEY}
        count = await db.notifications.count_documents(line, session=session)
        if count != row["count"]:
            await update_after_deletion(line, row["count"] - count, session)
        return count != row["count"]

    return await db.transact(work)
