"""How often something may be tried: counters in the database, so that a restart resets nothing."""

from __future__ import annotations

import hashlib
import math
from datetime import UTC, datetime, timedelta

from pymongo import ReturnDocument

from instagram_clone.config import settings
from instagram_clone.domain.core import db


async def wait_after(name: str, who: str, limit: int, seconds: int) -> int:
    """Count one attempt; return 0, or the seconds to wait if it was one too many.

    An attempt is counted before it is made, so twenty concurrent ones count as twenty, not as one.
    """
    now = datetime.now(UTC)
    fresh = {"$lte": [{"$ifNull": ["$expires", now]}, now]}
    row = await db.throttles.find_one_and_update(
        {"_id": _id(name, who)},
        [
            {
                "$set": {
                    "count": {"$cond": [fresh, 1, {"$add": ["$count", 1]}]},
                    "expires": {"$cond": [fresh, now + timedelta(seconds=seconds), "$expires"]},
                }
            }
        ],
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    assert row is not None, "an upsert returns what it wrote"
    return max(1, math.ceil((row["expires"] - now).total_seconds())) if row["count"] > limit else 0


async def give_back(name: str, who: str) -> None:
    """Uncount one attempt."""
    if settings().limits:
        await db.throttles.update_one({"_id": _id(name, who), "count": {"$gt": 0}}, {"$inc": {"count": -1}})


async def forget(name: str, who: str) -> None:
    """Uncount every attempt."""
    await db.throttles.delete_one({"_id": _id(name, who)})


def _id(name: str, who: str) -> str:
    # Hashed, so that neither addresses nor passwords mistyped into the user field are stored in plain text.
    return f"{name}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
