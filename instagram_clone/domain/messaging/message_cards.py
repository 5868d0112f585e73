"""Messages as screens show them, with the messages they answer and the posts they share. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from instagram_clone import routes
from instagram_clone.domain.core import db
from instagram_clone.domain.core.text import richtext
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import imaging
from instagram_clone.domain.people import accounts
from instagram_clone.domain.posts import post_cards

TEXT, PHOTO, POST, LIKE = "text", "photo", "post", "like"
LINE_LENGTH = 80
_QUOTED = {PHOTO: "Photo", POST: "Shared post", LIKE: "❤️"}


@dataclass(frozen=True)
class Message:
    """A message as a screen shows it. `at` is ISO 8601 UTC; `reactions` maps people's ids to emoji.

    `rev` grows with every change. `photo` is {id, width, height, placeholder, widths}. `post` is only the
    id of a shared post: `shared` checks who may see it. `quote` is {id, by, username, line} of the message
    that this one answers; all but the id are empty once that has been unsent.
    """

    id: str
    seq: int
    rev: int
    by: str
    username: str
    avatar: str
    kind: str
    text: list[richtext.Piece]
    photo: dict[str, Any]
    post: str
    quote: dict[str, str]
    reactions: dict[str, str]
    at: str
    key: str


@dataclass(frozen=True)
class SharedPost:
    """The card of a post in a conversation; `username` is "" when the viewer may not see it."""

    id: str
    username: str
    avatar: str
    photo: str
    caption: str


async def cards(rows: list[dict[str, Any]]) -> list[Message]:
    """Turn rows of `messages` into what a screen shows, in the same order. Does no permission checks."""
    answered = await _load_answered(rows)
    people = await accounts.people(list({row["author"] for row in (*rows, *answered.values())}))
    return [
        _card(row, people[row["author"]], _quote(row, answered, people))
        for row in rows
        if row["author"] in people
    ]


def fields(message: Message) -> dict[str, Any]:
    """Return a message as the payload of an event. Equivalent to `asdict`, whose deep copies took a third
    of the domain's time per message.
    """
    return {**vars(message), "text": [dict(vars(piece)) for piece in message.text]}


async def shared(viewer: Viewer, post_ids: list[str]) -> list[SharedPost]:
    """Return the cards of shared posts, empty but for the id if the viewer may not see the post."""
    ids = [db.oid(post_id) for post_id in dict.fromkeys(post_ids)]
    found = {card.id: card for card in await post_cards.visible(viewer, ids)}
    cards = []
    for post_id in map(str, ids):
        card = found.get(post_id)
        if card is None:
            cards.append(SharedPost(post_id, "", "", "", ""))
            continue
        caption = "".join(piece.text for piece in card.caption)[:LINE_LENGTH]
        photo = routes.media_url(card.photo.id, imaging.WIDTHS[0])
        cards.append(SharedPost(post_id, card.username, card.avatar, photo, caption))
    return cards


async def _load_answered(rows: list[dict[str, Any]]) -> dict[ObjectId, dict[str, Any]]:
    """Return the messages that these answer, as far as they still exist, by id."""
    ids = [row["answers"] for row in rows if "answers" in row]
    if not ids:
        return {}
    found = db.messages.find({"_id": {"$in": ids}}, {"author": 1, "kind": 1, "line": 1})
    return {row["_id"]: row async for row in found}


def _quote(
    row: dict[str, Any],
    answered: dict[ObjectId, dict[str, Any]],
    people: dict[ObjectId, accounts.Person],
) -> dict[str, str]:
    if "answers" not in row:
        return {}
    quoted = answered.get(row["answers"])
    author = people.get(quoted["author"]) if quoted else None
    if quoted is None or author is None:
        return {"id": str(row["answers"]), "by": "", "username": "", "line": ""}
    line: str = _QUOTED.get(quoted["kind"]) or quoted["line"]
    return {"id": str(row["answers"]), "by": author.id, "username": author.username, "line": line}


def _card(row: dict[str, Any], author: accounts.Person, quote: dict[str, str]) -> Message:
    photo = row.get("photo") or {}
    return Message(
        id=str(row["_id"]),
        seq=row["seq"],
        rev=row["rev"],
        by=author.id,
        username=author.username,
        avatar=author.avatar,
        kind=row["kind"],
        text=richtext.pieces(row.get("text", "")),
        photo={name: photo[name] for name in ("id", "width", "height", "placeholder", "widths") if photo},
        post=str(row["post"]) if row.get("post") else "",
        quote=quote,
        reactions=row["reactions"],
        at=row["at"].isoformat(),
        key=row["key"],
    )
