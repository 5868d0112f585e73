"""Fill a database with the peer's data set, from NDJSON to this app's rows; see the README.md here.

Prints nothing. Writes the cookies of those who may connect, and the conversations, to a JSON file.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from bson import ObjectId

from instagram_clone.config import settings
from instagram_clone.domain import migrations
from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import conversations, membership
from instagram_clone.domain.people.credentials import passwords, sessions
from instagram_clone.web import cookies

PASSWORD = "correct horse"
SIGNED_IN = 2100
"""The number of people with a session; a scenario connects up to 2,000 of them."""

PAIRS = 100
BATCH = 20_000
_PHOTO = {
    "id": "none",
    "width": 1080,
    "height": 1080,
    "widths": [320, 640, 1080],
    "alt": "",
    "thumbhash": "",
}


async def main(out: Path) -> None:
    """Read the data set from standard input."""
    settings_uri = settings().mongodb_uri
    assert settings_uri, "MONGODB_URI names the database to fill"
    await db.connect(settings_uri, settings().database)
    await db.clear()
    # While it is empty, so that it is recorded as being of the current version.
    await migrations.apply()
    hashed = await passwords.hash_password(PASSWORD)
    rows: dict[str, list[dict[str, Any]]] = {}
    people: list[str] = []
    placeholder = "data:image/png;base64," + "A" * 400
    for line in sys.stdin:
        item = json.loads(line)
        if item["kind"] == "user":
            me = ObjectId(item["id"])
            people.append(item["id"])
            name = item["username"]
            rows.setdefault("users", []).append(
                {
                    "_id": me,
                    "username": name,
                    "username_key": name,
                    "name": name,
                    "password": hashed,
                    "email": f"{name}@example.com",
                    "email_key": f"{name}@example.com",
                    "bio": "",
                    "website": "",
                    "avatar": "",
                    "private": False,
                    "posts": 0,
                    "followers": 0,
                    "following": len(item["following"]),
                    "rev": 0,
                }
            )
            rows.setdefault("pending", []).extend(
                {"follower": me, "followee": followee} for followee in item["following"]
            )
        else:
            if "pending" in rows:
                pending = rows.pop("pending")
                rows["follows"] = [
                    {**row, "followee": ObjectId(people[row["followee"]])} for row in pending
                ]
            post, author = ObjectId(item["id"]), ObjectId(people[item["author"]])
            rows.setdefault("posts", []).append(
                {
                    "_id": post,
                    "author": author,
                    "caption": item["caption"],
                    "rev": 0,
                    "likes": len(item["likes"]),
                    "comments": len(item["comments"]),
                    "media": [{**_PHOTO, "placeholder": placeholder}],
                }
            )
            rows.setdefault("likes", []).extend(
                {"user": ObjectId(people[one]), "post": post} for one in item["likes"]
            )
            rows.setdefault("comments", []).extend(
                {"post": post, "author": ObjectId(people[one["user"]]), "text": one["text"]}
                for one in item["comments"]
            )
        await _flush(rows, BATCH)
    await _flush(rows, 1)
    tokens = [await sessions.start(one, "bench") for one in people[:SIGNED_IN]]
    chats = []
    for pair in range(PAIRS):
        one, other = people[2 * pair], people[2 * pair + 1]
        chat = await conversations.start(Viewer(one, "", ""), [other])
        await membership.accept(Viewer(other, "", ""), chat)
        chats.append(chat)
    out.write_text(json.dumps({"cookies": [f"{cookies.NAME}={token}" for token in tokens], "chats": chats}))
    await db.close()


async def _flush(rows: dict[str, list[dict[str, Any]]], min_rows: int) -> None:
    for name, batch in rows.items():
        if name != "pending" and len(batch) >= min_rows:
            await db.__getattr__(name).insert_many(batch, ordered=False)
            batch.clear()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
