"""For whom something is: what an item says, and how a viewer stands to its author. Asks no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

EVERYONE, FOLLOWERS, CLOSE_FRIENDS, ONLY_ME = "everyone", "followers", "close_friends", "only_me"
FIELDS = {"author": 1, "audience": 1, "expires_at": 1, "archived_at": 1}
"""What `item_of` needs of a row."""


@dataclass(frozen=True)
class Item:
    """What decides who may see something. Everyone is whoever the author's account is open to."""

    author: ObjectId
    audience: str = EVERYONE
    expires_at: datetime | None = None
    archived_at: datetime | None = None


def item_of(row: dict[str, Any]) -> Item:
    """Return a row as an item; fields that it does not have take nothing away."""
    audience = row.get("audience") or EVERYONE
    return Item(row["author"], audience, row.get("expires_at"), row.get("archived_at"))


@dataclass(frozen=True)
class Relation:
    """How a viewer, or a visitor, stands to the author of an item."""

    own: bool = False
    blocked: bool = False
    private: bool = False
    follows: bool = False
    close_friend: bool = False

    @property
    def audiences(self) -> tuple[str, ...]:
        """The audiences of the author's that the viewer is in."""
        if self.own:
            return (EVERYONE, FOLLOWERS, CLOSE_FRIENDS, ONLY_ME)
        if self.blocked or (self.private and not self.follows):
            return ()
        close = (CLOSE_FRIENDS,) if self.close_friend else ()
        return (EVERYONE, FOLLOWERS, *close) if self.follows else (EVERYONE, *close)

    def shows(self, item: Item, now: datetime) -> bool:
        """Tell whether the viewer may see an item of the author's."""
        ended = item.archived_at is not None or (item.expires_at is not None and item.expires_at <= now)
        return self.own or (not ended and item.audience in self.audiences)

    def query(self, now: datetime) -> dict[str, Any]:
        """Return a query that finds, of the author's items, those that `shows` is true of."""
        if self.own:
            return {}
        not_ended = {"archived_at": None, "expires_at": {"$not": {"$lte": now}}}
        return {"audience": {"$in": [None, *self.audiences]}, **not_ended}


Relations = dict[Relation, list[ObjectId]]
"""Authors, by how a viewer stands to them."""


def query_for(relations: Relations, now: datetime) -> dict[str, Any]:
    """Return the query that finds, of items by some authors, just those that their relation shows."""
    relations = {relation: authors for relation, authors in relations.items() if relation.audiences}
    others = [relation for relation in relations if not relation.own]
    shown: list[dict[str, Any]] = []
    for relation, authors in relations.items():
        # Whom somebody follows may be thousands: they are named once.
        named = {} if [relation] == others else {"author": {"$in": authors}}
        shown.append({**named, **relation.query(now)})
    authors = [author for authors in relations.values() for author in authors]
    return {"author": {"$in": authors}, **({"$or": shown} if shown else {})}


def public_query() -> dict[str, Any]:
    """Return a query for what everyone may see of those whose accounts are open to all."""
    return Relation().query(datetime.now(UTC))
