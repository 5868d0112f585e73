"""Comments and replies as screens show them, to people who may see them. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from instagram_clone.domain.core import db
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.text import richtext
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts, visibility
from instagram_clone.domain.people.accounts import Person
from instagram_clone.domain.posts import comments, posts
from instagram_clone.domain.posts.events import CommentAdded

PAGE = 20


@dataclass(frozen=True)
class CommentCard:
    """A comment or reply as a screen shows it; counts belong to revision `rev`.

    `created` is ISO 8601 UTC. The author's tab generated `key`. `live` marks a comment that just arrived.
    """

    id: str
    author_id: str
    username: str
    avatar: str
    text: list[richtext.Piece]
    created: str
    key: str
    removable: bool
    likes: int = 0
    liked: bool = False
    replies: int = 0
    rev: int = 0
    live: bool = False


@dataclass(frozen=True)
class Thread:
    """A comment and some of its replies. `more` says whether others follow; `dropped` counts the earlier
    replies that a screen has dropped.
    """

    comment: CommentCard
    replies: list[CommentCard]
    more: bool
    dropped: int = 0


async def page(viewer: Viewer | None, post_id: str, before: str = "") -> tuple[list[Thread], str]:
    """Return a page of a post's comments, newest first, and the next page's cursor or "".

    Takes four queries besides loading the post, however many there are. Raises NotFound.
    """
    post = await posts.access_post(viewer, post_id)
    query: dict[str, Any] = {"post": post["_id"], "parent": None}
    if before:
        query["_id"] = {"$lt": db.oid(before)}
    rows = await db.comments.find(query).sort("_id", -1).limit(PAGE + 1).to_list()
    cursor = str(rows[PAGE - 1]["_id"]) if len(rows) > PAGE else ""
    rows = rows[:PAGE]
    first = await _first_replies([row["_id"] for row in rows if row.get("replies")])
    cards = {card.id: card for card in await _cards(viewer, post, [*rows, *first.values()])}
    threads = []
    for row in rows:
        if str(row["_id"]) in cards:
            reply = cards.get(str(first[row["_id"]]["_id"])) if row["_id"] in first else None
            more = row.get("replies", 0) > 1
            threads.append(Thread(cards[str(row["_id"])], [reply] if reply else [], more))
    return threads, cursor


async def replies(viewer: Viewer | None, comment_id: str, after: str = "") -> tuple[list[CommentCard], str]:
    """Return a page of the replies to a comment, oldest first, and the next page's cursor or "".

    Raises NotFound.
    """
    row, post = await comments.access_comment(viewer, comment_id)
    query: dict[str, Any] = {"parent": row["_id"]}
    if after:
        query["_id"] = {"$gt": db.oid(after)}
    rows = await db.comments.find(query).sort("_id", 1).limit(PAGE + 1).to_list()
    cursor = str(rows[PAGE - 1]["_id"]) if len(rows) > PAGE else ""
    return await _cards(viewer, post, rows[:PAGE]), cursor


async def show(viewer: Viewer, comment_id: str) -> CommentCard:
    """Return one comment. Raises NotFound."""
    row, post = await comments.access_comment(viewer, comment_id)
    cards = await _cards(viewer, post, [row])
    if not cards:
        raise NotFound(comments.GONE)
    return cards[0]


def from_event(event: CommentAdded, viewer_id: str) -> CommentCard:
    """Return the card of a comment that was just added, as the given viewer sees it."""
    return CommentCard(
        id=event.comment_id,
        author_id=event.author_id,
        username=event.username,
        avatar=event.avatar,
        text=richtext.pieces(event.text),
        created=event.created,
        key=event.key,
        removable=bool(viewer_id) and viewer_id in (event.author_id, event.post_author_id),
        live=True,
    )


async def _first_replies(parents: list[ObjectId]) -> dict[ObjectId, dict[str, Any]]:
    if not parents:
        return {}
    # Sorted in index order and grouped by the first: MongoDB examines one index entry per comment.
    stages: list[dict[str, Any]] = [
        {"$match": {"parent": {"$in": parents}}},
        {"$sort": {"parent": 1, "_id": 1}},
        {"$group": {"_id": "$parent", "first": {"$first": "$$ROOT"}}},
    ]
    return {row["_id"]: row["first"] async for row in await db.comments.aggregate(stages)}


async def _cards(
    viewer: Viewer | None, post: dict[str, Any], rows: list[dict[str, Any]]
) -> list[CommentCard]:
    authors = {row["author"] for row in rows}
    authors -= await visibility.blocked_either_way(viewer, authors) if viewer else set()
    people = await accounts.people(list(authors))
    liked: set[ObjectId] = set()
    if viewer is not None and rows:
        query = {"user": viewer.oid, "comment": {"$in": [row["_id"] for row in rows]}}
        liked = {row["comment"] async for row in db.comment_likes.find(query, {"_id": 0, "comment": 1})}
    return [
        _card(row, people[row["author"]], viewer, post["author"], row["_id"] in liked)
        for row in rows
        if row["author"] in people
    ]


def _card(
    row: dict[str, Any], author: Person, viewer: Viewer | None, post_author: ObjectId, liked: bool
) -> CommentCard:
    return CommentCard(
        id=str(row["_id"]),
        author_id=author.id,
        username=author.username,
        avatar=author.avatar,
        text=richtext.pieces(row["text"]),
        created=row["_id"].generation_time.isoformat(),
        key=row.get("key", ""),
        removable=viewer is not None and viewer.oid in (row["author"], post_author),
        likes=row.get("likes", 0),
        liked=liked,
        replies=row.get("replies", 0),
        rev=row.get("rev", 0),
    )
