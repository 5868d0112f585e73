"""Posts as screens show them, to people who may see them. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId

from instagram_clone import routes
from instagram_clone.domain.core import db
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.core.text import richtext
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import imaging
from instagram_clone.domain.media.media import Photo
from instagram_clone.domain.people import accounts, visibility
from instagram_clone.domain.people.accounts import Person
from instagram_clone.domain.posts import posts


@dataclass(frozen=True)
class Saved:
    """Whether the viewer has saved a post. `rev` is the revision of that fact, not of the post."""

    saved: bool = False
    rev: int = 0


@dataclass(frozen=True)
class PostCard:
    """A post as a screen shows it. `created` is ISO 8601 UTC; counts belong to revision `rev`.

    `private` means that the author's account is private. `likers` names a few other people who like
    the post, and is empty for visitors who are not signed in.
    """

    id: str
    author_id: str
    username: str
    name: str
    avatar: str
    caption: list[richtext.Piece]
    caption_long: bool
    photo: Photo
    likes: int
    liked: bool
    comments: int
    rev: int
    created: str
    mine: bool
    followed: bool = False
    private: bool = False
    likers: list[Person] = field(default_factory=list)
    saved: Saved = Saved()


async def show(viewer: Viewer | None, post_id: str) -> PostCard:
    """Return one post. Raises NotFound."""
    [card] = await cards(viewer, [await posts.access_post(viewer, post_id)])
    return card


async def visible(viewer: Viewer | None, ids: list[ObjectId]) -> list[PostCard]:
    """Return cards for the given posts that the viewer may see, in a fixed number of queries."""
    return await visible_cards(viewer, await db.posts.find({"_id": {"$in": ids}}).to_list())


async def newest_photos(
    reader: visibility.Reader, authors: list[ObjectId], number: int
) -> dict[ObjectId, list[str]]:
    """Return thumbnail URLs of each author's newest posts that the reader may see, in one query."""
    query = await reader.query(authors)
    visible_authors: list[ObjectId] = query["author"]["$in"]
    if not visible_authors:
        return {}
    first, *others = (
        [
            {"$match": {**query, "author": author}},
            {"$sort": {"_id": -1}},
            {"$limit": number},
            {"$project": {"author": 1, "media.id": 1}},
        ]
        for author in visible_authors
    )
    unions = [{"$unionWith": {"coll": "posts", "pipeline": part}} for part in others]
    urls: dict[ObjectId, list[str]] = {author: [] for author in visible_authors}
    async for row in await db.posts.aggregate([*first, *unions]):
        urls[row["author"]].append(routes.media_url(row["media"][0]["id"], imaging.WIDTHS[0]))
    return urls


async def by_author(author_id: str, post_ids: list[str]) -> list[str]:
    """Return which of the given posts a person has shared."""
    query = {"_id": {"$in": [ObjectId(one) for one in post_ids]}, "author": ObjectId(author_id)}
    return [str(row["_id"]) async for row in db.posts.find(query, {"_id": 1})]


async def revisions(post_ids: list[str]) -> dict[str, int]:
    """Return the revision of each of the given posts that still exists."""
    query = {"_id": {"$in": [ObjectId(one) for one in post_ids]}}
    return {str(row["_id"]): row["rev"] async for row in db.posts.find(query, {"rev": 1})}


async def visible_cards(viewer: Viewer | None, rows: list[dict[str, Any]]) -> list[PostCard]:
    """Turn the rows of `posts` that the viewer may see into cards, in the same order."""
    return await cards(viewer, await visibility.Reader(viewer).visible(rows))


async def cards(viewer: Viewer | None, rows: list[dict[str, Any]]) -> list[PostCard]:
    """Turn rows of `posts` into cards, in the same order, in two queries however many there are."""
    likers = {user for row in rows for user in row.get("likers", ())} if viewer else set()
    if viewer and likers:
        likers -= {viewer.oid, *await visibility.blocked_either_way(viewer, likers)}
    people = await accounts.people(list({row["author"] for row in rows} | likers))
    named = {user: people[user] for user in likers if user in people}
    liked, saved = await _marks(viewer, [row["_id"] for row in rows])
    return [
        _card(row, people[row["author"]], viewer, named, liked=row["_id"] in liked, saved=saved)
        for row in rows
        if row["author"] in people
    ]


def _card(
    row: dict[str, Any],
    author: Person,
    viewer: Viewer | None,
    named: dict[ObjectId, Person],
    *,
    liked: bool,
    saved: dict[ObjectId, Saved],
) -> PostCard:
    return PostCard(
        id=str(row["_id"]),
        author_id=author.id,
        username=author.username,
        name=author.name,
        avatar=author.avatar,
        caption=richtext.pieces(row["caption"]),
        caption_long=richtext.is_long(row["caption"]),
        photo=Photo(**row["media"][0]),
        likes=row["likes"],
        liked=liked,
        comments=row["comments"],
        rev=row["rev"],
        created=row["_id"].generation_time.isoformat(),
        mine=viewer is not None and row["author"] == viewer.oid,
        private=row.get("private", False),
        likers=[named[user] for user in row.get("likers", ()) if user in named],
        saved=saved.get(row["_id"], Saved()),
    )


_Marks = tuple[set[ObjectId], dict[ObjectId, Saved]]


async def _marks(viewer: Viewer | None, post_ids: list[ObjectId]) -> _Marks:
    return await _batched_marks.submit("", (viewer.oid, post_ids)) if viewer else (set(), {})


async def _read_marks(_: str, requests: list[tuple[ObjectId, list[ObjectId]]]) -> list[_Marks | Exception]:
    """Return which of their posts each reader likes and has saved, in one query for the whole batch."""
    query = {"$or": [{"user": user, "post": {"$in": post_ids}} for user, post_ids in requests]}
    fields = {"_id": 0, "user": 1, "post": 1, "saved": 1, "rev": 1}
    mine = [{"$match": query}, {"$project": fields}]
    union = {"$unionWith": {"coll": "saves", "pipeline": mine}}
    likes, saves = set(), {}
    async for row in await db.likes.aggregate([*mine, union], hint="user_1_post_1"):
        mark = row["user"], row["post"]
        if "rev" in row:
            saves[mark] = Saved(row["saved"], row["rev"])
        else:
            likes.add(mark)
    return [
        (
            {one for one in post_ids if (user, one) in likes},
            {one: saves[user, one] for one in post_ids if (user, one) in saves},
        )
        for user, post_ids in requests
    ]


_batched_marks: Batcher[str, tuple[ObjectId, list[ObjectId]], _Marks] = Batcher(_read_marks, gathers=True)
