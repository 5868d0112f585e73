"""How often something may be tried: counters in the database, so that a restart forgives nothing."""

from __future__ import annotations

import hashlib
import math
from datetime import UTC, datetime, timedelta

from pymongo import ReturnDocument

from instagram_clone.config import settings
from instagram_clone.domain.core import db


async def wait_after(name: str, who: str, most: int, seconds: int) -> int:
    """Count one try; return 0, or how many seconds to wait when it was one too many.

    The try is counted before it is made, so twenty at once are twenty and not one.
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
    return max(1, math.ceil((row["expires"] - now).total_seconds())) if row["count"] > most else 0


async def give_back(name: str, who: str) -> None:
    """Uncount one try, for those that succeeded."""
    if settings().limits:
        await db.throttles.update_one({"_id": _id(name, who), "count": {"$gt": 0}}, {"$inc": {"count": -1}})


async def forget(name: str, who: str) -> None:
    """Uncount every try."""
    await db.throttles.delete_one({"_id": _id(name, who)})


def _id(name: str, who: str) -> str:
    # Hashed: neither addresses nor mistyped passwords in the user field are kept in clear.
    return f"{name}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
