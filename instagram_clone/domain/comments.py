"""Comments on posts. The only writer of `comments`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from instagram_clone.domain import accounts, db, events, posts, richtext
from instagram_clone.domain.accounts import Person
from instagram_clone.domain.errors import Invalid, NotFound, Refused
from instagram_clone.domain.viewer import Viewer

PAGE = 20
LENGTH = 2200
KEY_LENGTH = 64


@dataclass(frozen=True)
class CommentCard:
    """A comment as a screen shows it. `created` is ISO 8601 UTC; `key` was made by its author's tab."""

    id: str
    author_id: str
    username: str
    avatar: str
    text: list[richtext.Piece]
    created: str
    key: str
    removable: bool


async def add(viewer: Viewer, post_id: str, text: str, key: str = "") -> str:
    """Comment on a post and return the comment's id. Publishes CommentAdded.

    A retry with the same client-made key adds nothing. Raises Invalid, NotFound.
    """
    text = richtext.tidy(text)
    if not text:
        raise Invalid("Write something first.", "comment")
    if len(text) > LENGTH:
        raise Invalid(f"Use up to {LENGTH:,} characters.", "comment")
    if len(key) > KEY_LENGTH:
        raise Invalid("That cannot be sent. Write it again.", "comment")
    post = await posts.access_post(viewer, post_id)
    row = {"_id": ObjectId(), "post": post["_id"], "author": viewer.oid, "text": text}
    if key:
        row["key"] = key
    try:
        await db.comments.insert_one(row)
    except DuplicateKeyError:
        old = await db.comments.find_one({"author": viewer.oid, "key": key}, {"_id": 1})
        return str(old["_id"]) if old else ""
    counts = await posts.count(post["_id"], comments=1)
    if counts is None:
        await db.comments.delete_one({"_id": row["_id"]})
        raise NotFound("This post is not here any more.")
    who = (await accounts.people([viewer.oid]))[viewer.oid]
    await events.publish(
        events.CommentAdded(
            post_id=post_id,
            post_author_id=str(counts.author),
            comment_id=str(row["_id"]),
            author_id=viewer.id,
            username=who.username,
            avatar=who.avatar,
            text=text,
            created=row["_id"].generation_time.isoformat(),
            key=key,
            likes=counts.likes,
            comments=counts.comments,
            rev=counts.rev,
        )
    )
    return str(row["_id"])


async def delete(viewer: Viewer, comment_id: str) -> None:
    """Delete the viewer's own comment, or any on the viewer's own post. Publishes CommentDeleted.

    Raises NotFound, Refused.
    """
    row = await db.comments.find_one({"_id": db.oid(comment_id)})
    if row is None:
        raise NotFound("This comment is not here any more.")
    post = await posts.access_post(viewer, str(row["post"]))
    if viewer.oid not in (row["author"], post["author"]):
        raise Refused("You can delete your own comments, and any on your own posts.")
    done = await db.comments.delete_one({"_id": row["_id"]})
    if not done.deleted_count:
        return
    counts = await posts.count(post["_id"], comments=-1)
    if counts is not None:
        await events.publish(
            events.CommentDeleted(
                post_id=str(post["_id"]),
                comment_id=comment_id,
                likes=counts.likes,
                comments=counts.comments,
                rev=counts.rev,
            )
        )


async def page(viewer: Viewer | None, post_id: str, before: str = "") -> tuple[list[CommentCard], str]:
    """Return a page of a post's comments, newest first, and the next page's cursor or "".

    Raises NotFound.
    """
    post = await posts.access_post(viewer, post_id)
    query: dict[str, Any] = {"post": post["_id"]}
    if before:
        query["_id"] = {"$lt": db.oid(before)}
    rows = await db.comments.find(query).sort("_id", -1).limit(PAGE + 1).to_list()
    cursor = str(rows[PAGE - 1]["_id"]) if len(rows) > PAGE else ""
    known = await accounts.people(list({row["author"] for row in rows[:PAGE]}))
    cards = [
        _card(row, known[row["author"]], may_delete(viewer, str(row["author"]), str(post["author"])))
        for row in rows[:PAGE]
        if row["author"] in known
    ]
    return cards, cursor


def may_delete(viewer: Viewer | None, author_id: str, post_author_id: str) -> bool:
    """Tell whether the viewer may delete a comment."""
    return viewer is not None and viewer.id in (author_id, post_author_id)


def arrived(event: events.CommentAdded, viewer_id: str) -> CommentCard:
    """Return the card of a comment that was just added, as one viewer sees it."""
    return CommentCard(
        id=event.comment_id,
        author_id=event.author_id,
        username=event.username,
        avatar=event.avatar,
        text=richtext.pieces(event.text),
        created=event.created,
        key=event.key,
        removable=bool(viewer_id) and viewer_id in (event.author_id, event.post_author_id),
    )


def _card(row: dict[str, Any], author: Person, removable: bool) -> CommentCard:
    return CommentCard(
        id=str(row["_id"]),
        author_id=author.id,
        username=author.username,
        avatar=author.avatar,
        text=richtext.pieces(row["text"]),
        created=row["_id"].generation_time.isoformat(),
        key=row.get("key", ""),
        removable=removable,
    )


async def _heard_delete(event: events.PostDeleted) -> None:
    await db.comments.delete_many({"post": db.oid(event.post_id)})


events.subscribe(events.PostDeleted, _heard_delete)
