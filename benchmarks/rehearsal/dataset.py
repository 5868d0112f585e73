"""The people with tabs open, and what those show: circles of people who follow the authors among them.

The first of each kind is created by the domain, through the site's own MongoDB and S3; the rest are copies.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bson import ObjectId

import instagram_clone
from benchmarks.cost import PASSWORD
from benchmarks.rehearsal.environment import DATABASE
from benchmarks.rehearsal.tabs import Planned
from benchmarks.walls.crowds import copies_of, insert
from instagram_clone import routes
from instagram_clone.domain import migrations, repair
from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.credentials import passwords, sessions
from instagram_clone.domain.posts import posts
from instagram_clone.web import cookies

CIRCLE_TABS = 40
CIRCLE_PEOPLE = 32
"""Every fourth person has a second tab, which shows a post."""

CIRCLE_POSTS = 10


@dataclass
class Dataset:
    """The tabs in the order in which they open, grouped by circle, all posts, and the photo they share."""

    tabs: list[Planned] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)
    photo: str = ""


async def build(uri: str, tabs: int) -> Dataset:
    """Create the people, follows and posts for a number of tabs."""
    passwords.COST = 4
    await db.connect(uri, DATABASE)
    await migrations.apply()
    user_id = await accounts.sign_up("first@example.com", "first", "first", PASSWORD, "First")
    first = Viewer(user_id, "first", "")
    session = await db.sessions.find_one({"_id": _session_in(await sessions.start(user_id, "rehearsal"))})
    number = -(-tabs // CIRCLE_TABS)
    people = await copies_of(first, number * CIRCLE_PEOPLE)
    picture = Path(instagram_clone.__file__).parent / "seed_pictures" / "mist.webp"
    post_id = await posts.publish(first, (await drafts.store(first, picture)).id, "Mist")
    post = await db.posts.find_one({"_id": ObjectId(post_id)}) or {}
    data = Dataset(photo=post["media"][0]["id"])
    rows: dict[str, list[dict[str, Any]]] = {"sessions": [], "posts": [], "follows": []}
    for at in range(0, len(people), CIRCLE_PEOPLE):
        _circle(data, people[at : at + CIRCLE_PEOPLE], post, session or {}, rows)
    for name, some in rows.items():
        await insert(name, some)
    # A circle's authors are its first people, so all authors have the same counts.
    authors = [one.oid for at in range(0, len(people), CIRCLE_PEOPLE) for one in people[at:][:CIRCLE_POSTS]]
    others = [one.oid for one in people if one.oid not in set(authors)]
    counts = {"posts": 1, "followers": CIRCLE_PEOPLE - 1, "following": CIRCLE_POSTS - 1}
    await db.users.update_many({"_id": {"$in": authors}}, {"$set": counts})
    await db.users.update_many({"_id": {"$in": others}}, {"$set": {"following": CIRCLE_POSTS}})
    # The copies must be in the search indexes too.
    await repair.everything()
    await db.close()
    data.tabs = data.tabs[:tabs]
    return data


def _circle(
    data: Dataset,
    people: list[Viewer],
    post: dict[str, Any],
    session: dict[str, Any],
    rows: dict[str, list[dict[str, Any]]],
) -> None:
    now = datetime.now(UTC)
    shared = [{**post, "_id": ObjectId(), "author": one.oid} for one in people[:CIRCLE_POSTS]]
    rows["posts"] += shared
    data.posts += [str(one["_id"]) for one in shared]
    for number in range(CIRCLE_TABS):
        person = people[number % CIRCLE_PEOPLE]
        path = (
            routes.HOME
            if number < CIRCLE_PEOPLE
            else routes.post_url(str(shared[number % CIRCLE_POSTS]["_id"]))
        )
        log_in = secrets.token_hex(16)
        rows["sessions"].append({**session, "_id": log_in, "user": person.oid})
        cookie = f"{cookies.NAME}={sessions._token(log_in, now)}"
        # Every hundred tabs share an IP address, like a household or an office.
        home = len(data.tabs) // 100
        data.tabs.append(Planned(person.id, cookie, path, f"127.1.{home // 250}.{home % 250 + 1}"))
    for person in people:
        rows["follows"] += [
            {"follower": person.oid, "followee": one["author"]}
            for one in shared
            if one["author"] != person.oid
        ]


def _session_in(token: str) -> str:
    return sessions._session_id(token) or ""
