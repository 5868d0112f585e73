"""Usernames: which are taken, which are free, and whom a text mentions. Only reads."""

from __future__ import annotations

from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.text import richtext
from instagram_clone.domain.people import validation


async def is_taken(username: str) -> bool:
    """Return whether a username is taken, ignoring case."""
    return await db.users.find_one({"username_key": username.casefold()}, {"_id": 1}) is not None


async def suggest_similar(username: str) -> list[str]:
    """Suggest up to two free usernames similar to a taken one."""
    stem = username[:24].rstrip("._") or "friend"
    ideas = [f"{stem}.{end}" for end in ("pics", "photo", "frames", "studio")] + [f"{stem}_2"]
    ideas = [idea for idea in ideas if validation.USERNAME.fullmatch(idea)]
    keys = [idea.casefold() for idea in ideas]
    found = db.users.find({"username_key": {"$in": keys}}, {"username_key": 1})
    taken = {row["username_key"] async for row in found}
    return [idea for idea in ideas if idea.casefold() not in taken][:2]


async def mentioned(text: str) -> list[ObjectId]:
    """Return the people a text mentions with @, at most ten; beyond that it is noise."""
    keys = [piece.text[1:].casefold() for piece in richtext.pieces(text) if piece.text.startswith("@")]
    if not keys:
        return []
    found = db.users.find({"username_key": {"$in": list(dict.fromkeys(keys))[:10]}}, {"_id": 1})
    return [row["_id"] async for row in found]
