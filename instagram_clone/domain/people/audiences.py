"""Who an item is for, by its audience and the viewer's relation to its author. Queries no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

EVERYONE, FOLLOWERS, CLOSE_FRIENDS, ONLY_ME = "everyone", "followers", "close_friends", "only_me"
FIELDS = {"author": 1, "audience": 1, "expires_at": 1, "archived_at": 1}
"""The fields of a row that `item_of` needs."""


@dataclass(frozen=True)
class Item:
    """What decides who may see something. EVERYONE means everyone who may see the author's account."""

    author: ObjectId
    audience: str = EVERYONE
    expires_at: datetime | None = None
    archived_at: datetime | None = None


def item_of(row: dict[str, Any]) -> Item:
    """Return a row as an item; missing fields restrict nothing."""
    audience = row.get("audience") or EVERYONE
    return Item(row["author"], audience, row.get("expires_at"), row.get("archived_at"))


@dataclass(frozen=True)
class Relation:
    """How a viewer, or a visitor who is not signed in, is related to the author of an item."""

    own: bool = False
    blocked: bool = False
    private: bool = False
    follows: bool = False
    close_friend: bool = False

    @property
    def audiences(self) -> tuple[str, ...]:
        """The author's audiences that the viewer belongs to."""
        if self.own:
            return (EVERYONE, FOLLOWERS, CLOSE_FRIENDS, ONLY_ME)
        if self.blocked or (self.private and not self.follows):
            return ()
        close = (CLOSE_FRIENDS,) if self.close_friend else ()
        return (EVERYONE, FOLLOWERS, *close) if self.follows else (EVERYONE, *close)

    def shows(self, item: Item, now: datetime) -> bool:
        """Return whether the viewer may see one of the author's items."""
        ended = item.archived_at is not None or (item.expires_at is not None and item.expires_at <= now)
        return self.own or (not ended and item.audience in self.audiences)

    def query(self, now: datetime) -> dict[str, Any]:
        """Return a query that finds the author's items for which `shows` is true. Not for relations without
        any audiences, which `query_for` leaves out.
        """
        if self.own:
            return {}
        not_ended = {"archived_at": None, "expires_at": {"$not": {"$lte": now}}}
        return {"audience": {"$in": [None, *self.audiences]}, **not_ended}


Relations = dict[Relation, list[ObjectId]]
"""Authors, grouped by how a viewer is related to them."""


def query_for(relations: Relations, now: datetime) -> dict[str, Any]:
    """Return a query for items by these authors that finds exactly those their relation shows."""
    relations = {relation: authors for relation, authors in relations.items() if relation.audiences}
    others = [relation for relation in relations if not relation.own]
    shown: list[dict[str, Any]] = []
    for relation, authors in relations.items():
        # The viewer may follow thousands of authors: list their ids only once.
        by_author = {} if [relation] == others else {"author": {"$in": authors}}
        shown.append({**by_author, **relation.query(now)})
    authors = [author for authors in relations.values() for author in authors]
    return {"author": {"$in": authors}, **({"$or": shown} if shown else {})}


def public_query() -> dict[str, Any]:
    """Return a query for what everyone may see of people whose accounts are public."""
    return Relation().query(datetime.now(UTC))
