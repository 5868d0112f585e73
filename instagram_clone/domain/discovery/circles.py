"""Whom somebody knows, as their searches ask for it: whom they follow, and whom those follow.

Both are bounded, and remembered for a moment with the words of their names: a letter more of a name that is
being typed asks nobody again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from bson import ObjectId

from instagram_clone.domain.core.cache import TTLCache
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import people_index
from instagram_clone.domain.people import directory
from instagram_clone.domain.people.events import Followed
from instagram_clone.domain.people.relations import graph

KNOWN_SECONDS = 120.0
"""How long somebody may be found as one whom friends follow after none of them does."""

_ASKED = 100
"""So many of those one follows are asked whom they follow."""

_EDGES, _OF_FRIENDS = 5000, 500
_CIRCLES = 300
"""So many are remembered at once, at some 250 KB each."""


Mutual = dict[ObjectId, tuple[ObjectId, int]]
"""People, with one of those somebody follows who follows them, and how many do."""


class Member(NamedTuple):
    """Somebody in a circle: the words of their names, spaced, and where they come in the order of all."""

    id: ObjectId
    text: str
    order: bytes


class Circle:
    """Whom somebody knows: whom they follow, and whom those do."""

    def __init__(self, members: list[Member], followed: frozenset[ObjectId], mutual: Mutual) -> None:
        self.followed = followed
        self.mutual = mutual
        self._members = members
        # In one text, which is looked through a hundred times as fast as a thousand are.
        self._text = "\n".join(one.text for one in members)
        self._starts = [0]
        for one in members:
            self._starts.append(self._starts[-1] + len(one.text) + 1)

    def begins(self, words: list[str]) -> list[Member]:
        """Return those whose names have words that begin so."""
        first, *others = (f" {word}" for word in sorted(words, key=len, reverse=True))
        return [one for one in self._having(first) if all(word in one.text for word in others)]

    def _having(self, text: str) -> Iterator[Member]:
        at = self._text.find(text)
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            yield self._members[number]
            at = self._text.find(text, self._starts[number + 1])


async def of(viewer: Viewer) -> Circle:
    """Return whom the viewer knows."""
    return (await _known.of([viewer.oid]))[viewer.oid]


async def followed(event: Followed) -> None:
    _known.forget(ObjectId(event.by))


async def _read(users: list[ObjectId]) -> dict[ObjectId, Circle]:
    return {user: await _circle(user) for user in users}


async def _circle(user: ObjectId) -> Circle:
    followees = await graph.followees(user)
    followed = frozenset(followees)
    theirs = await directory.followed_by(followees[:_ASKED], _EDGES, _OF_FRIENDS) if followees else {}
    mutual = {whom: by for whom, by in theirs.items() if whom not in followed and whom != user}
    ids = [*followees, *mutual]
    members = await people_index.by_ids(ids) if ids else []
    return Circle(
        [Member(one.id, f" {' '.join(one.words)}", one.order) for one in members], followed, mutual
    )


_known = TTLCache(_read, KNOWN_SECONDS, _CIRCLES)
