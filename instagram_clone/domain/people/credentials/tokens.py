"""Secrets mailed as links, each for one purpose of one account and a limited time. Writes `tokens`.

Only their SHA-256 is stored. Passwords need bcrypt because people choose them; 256 random bits cannot be
guessed however fast the hash, so a slow one would only cost time and could not be looked up by an index.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.outbox import Transaction

MAX_LENGTH = 100


async def issue(purpose: str, user: ObjectId, lifetime: timedelta, **facts: Any) -> str:
    """Create a token and return it; `facts` must still be true of the account when it is used."""
    token = secrets.token_urlsafe(32)
    await db.tokens.insert_one(
        {
            "_id": _digest(token),
            "purpose": purpose,
            "user": user,
            "expires": datetime.now(UTC) + lifetime,
            "facts": facts,
        }
    )
    return token


async def find(token: str, *purposes: str) -> dict[str, Any] | None:
    """Return the row of a token that is valid for one of these purposes. Does not use it up."""
    if not token or len(token) > MAX_LENGTH:
        return None
    return await db.tokens.find_one(
        {
            "_id": _digest(token),
            "purpose": {"$in": list(purposes)},
            "expires": {"$gt": datetime.now(UTC)},
        }
    )


async def spend(transaction: Transaction, row: dict[str, Any]) -> None:
    """Use a token up."""
    await db.tokens.delete_one({"_id": row["_id"]}, session=transaction.session)


async def discard(token: str) -> None:
    """Delete a token that was never handed out."""
    await db.tokens.delete_one({"_id": _digest(token)})


async def revoke(transaction: Transaction, user: ObjectId, *purposes: str) -> None:
    """Invalidate every token of an account for these purposes."""
    query = {"user": user, "purpose": {"$in": list(purposes)}}
    await db.tokens.delete_many(query, session=transaction.session)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
