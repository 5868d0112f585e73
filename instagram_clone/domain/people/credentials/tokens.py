"""Secrets that are mailed as links: each for one purpose of one account, for a while. Writes `tokens`.

Only a SHA-256 of them is stored. Passwords need bcrypt because people choose them; 256 random bits cannot
be guessed however fast, so a slow hash would only cost time, and could not be looked up by an index.
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
    """Make a token and return it; `facts` are what must still be true of the account when it is used."""
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
    """Return the row of a token that is good for one of some purposes. Uses nothing up."""
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
    """Take a token back that nobody was given."""
    await db.tokens.delete_one({"_id": _digest(token)})


async def revoke(transaction: Transaction, user: ObjectId, *purposes: str) -> None:
    """Invalidate every token of an account for some purposes."""
    query = {"user": user, "purpose": {"$in": list(purposes)}}
    await db.tokens.delete_many(query, session=transaction.session)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
