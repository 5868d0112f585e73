"""People who match a search text, in the order in which they are shown. Reads only."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from bson import ObjectId

from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import circles, folding, people_index, spellings
from instagram_clone.domain.discovery.circles import Circle
from instagram_clone.domain.discovery.people_index import IndexedPerson
from instagram_clone.domain.people import accounts, directory, validation, visibility
from instagram_clone.domain.people.directory import PersonRow

_ROUNDS = 4
"""How many times more people are read to make up for those who may not be shown, in growing numbers."""

_FUZZY_LIMIT = 100
"""How many people with similar names are considered, most followed first."""

_EXACT, _FOLLOWED, _MUTUAL, _OTHERS = range(4)
_FUZZY_TIERS = _OTHERS
"""Matches that tolerate a typing error rank this many tiers lower."""


@dataclass(frozen=True)
class PersonHit(PersonRow):
    """Someone who was found. The note explains their rank."""


@dataclass(frozen=True)
class PeoplePage:
    """People who were found, and the cursor of the next page, "" at the end."""

    people: list[PersonHit]
    cursor: str


class _Candidate(NamedTuple):
    """Someone who may be shown, and their rank: the lowest `tier` first, and in it the highest `order`."""

    tier: int
    order: bytes
    id: ObjectId | None = None

    def is_after(self, other: _Candidate | None) -> bool:
        return other is None or (self.tier, other.order) > (other.tier, self.order)


async def page(viewer: Viewer, text: str, limit: int, after: str | None) -> PeoplePage:
    """Return a page of people. Raises NotFound for an invalid cursor."""
    words, start = folding.query_words(text), _parse_cursor(after)
    if not words:
        return PeoplePage([], "")
    circle = await circles.of(viewer)
    found = _Collector(viewer, start, limit + 1)
    if start is None or start.tier <= _OTHERS:
        username = text.strip().removeprefix("@")
        username = username if validation.USERNAME.fullmatch(username) else ""
        await _collect(found, circle, words, username)
    if not found.is_enough:
        await found.add(await _fuzzy_matches(circle, text, words))
    shown = found.candidates[:limit]
    cursor = f"{shown[-1].tier}{shown[-1].order.hex()}" if len(found.candidates) > limit else ""
    return PeoplePage(await _hits(viewer, circle, [one.id for one in shown if one.id]), cursor)


class _Collector:
    """Candidates for a page: ranked after the cursor, without duplicates or anyone hidden by a block."""

    def __init__(self, viewer: Viewer, after: _Candidate | None, enough: int) -> None:
        self.candidates: list[_Candidate] = []
        self.after, self.enough = after, enough
        self._viewer = viewer
        # Nobody searches for themselves.
        self._seen = {viewer.oid}

    @property
    def is_enough(self) -> bool:
        return len(self.candidates) >= self.enough

    async def add(self, found: Iterable[_Candidate]) -> None:
        """Add people in the given order until there are enough. Anyone already added keeps their place."""
        remaining = iter(found)
        while not self.is_enough and (some := list(itertools.islice(remaining, self.enough))):
            new = {one.id: one for one in some if one.id and one.id not in self._seen}
            self._seen |= new.keys()
            blocked = await visibility.blocked_either_way(self._viewer, list(new)) if new else ()
            self.candidates += [
                one for user, one in new.items() if one.is_after(self.after) and user not in blocked
            ]


async def _collect(found: _Collector, circle: Circle, words: list[str], username: str) -> None:
    """Collect people whose names match: by exact username, then the viewer's circle, then others."""
    in_circle = _sorted(_ranked(circle, order) for order in circle.matching_prefixes(words))
    below = found.after.order if found.after and found.after.tier == _OTHERS else None
    # Read a few more: some of the others are in the circle and already added, or blocked.
    number = found.enough + min(len(in_circle), found.enough) + 5
    others, exact = await people_index.by_words(words, number, below, username)
    await found.add([_candidate(_EXACT, order) for order in exact])
    await found.add(in_circle)
    await found.add([_candidate(_OTHERS, order) for order in others])
    for _ in range(_ROUNDS):
        if found.is_enough or len(others) < number:
            return
        below, number = others[-1], number * 3
        others, _ = await people_index.by_words(words, number, below)
        await found.add([_candidate(_OTHERS, order) for order in others])


def _candidate(tier: int, order: bytes) -> _Candidate:
    return _Candidate(tier, order, people_index.id_of(order))


def _ranked(circle: Circle, order: bytes, extra_tiers: int = 0) -> _Candidate:
    user = people_index.id_of(order)
    tier = _FOLLOWED if user in circle.followed else _MUTUAL if user in circle.mutual else _OTHERS
    return _Candidate(tier + extra_tiers, order, user)


def _sorted(found: Iterable[_Candidate]) -> list[_Candidate]:
    return sorted(sorted(found, key=lambda one: one.order, reverse=True), key=lambda one: one.tier)


async def _fuzzy_matches(circle: Circle, text: str, words: list[str]) -> list[_Candidate]:
    """Return people whose names match but for a typing error in any of the words that are long enough."""
    variants = [words]
    # A missing or extra dot is not a typing error, but turns two words into one, or one into two.
    joined = [folding.join_words(part) or folding.fold(part) for part in text.split()]
    if joined != words:
        variants.append([word for part in joined for word in folding.query_words(part)])
    corrections = await spellings.near({word for variant in variants for word in variant})
    found: dict[ObjectId, IndexedPerson] = {}
    for variant in variants:
        prefixes = [[*corrections.get(word, ()), word] for word in variant]
        if len(variant) == 1 and len(variant[0]) <= people_index.REACH:
            # Exact matches have already been found.
            prefixes[0].pop()
        if not any(corrections.get(word) for word in variant):
            continue
        for one in await people_index.by_prefixes(prefixes, _FUZZY_LIMIT):
            if _matches_fuzzily(variant, one.words) and not _matches_prefixes(words, one.words):
                found[one.id] = one
    return _sorted(_ranked(circle, one.order, _FUZZY_TIERS) for one in found.values())


def _matches_fuzzily(typed: list[str], words: list[str]) -> bool:
    return all(any(own.startswith(one) or spellings.is_near(one, own) for own in words) for one in typed)


def _matches_prefixes(typed: list[str], words: list[str]) -> bool:
    return all(any(own.startswith(one) for own in words) for one in typed)


async def _hits(viewer: Viewer, circle: Circle, ids: list[ObjectId]) -> list[PersonHit]:
    mutual = {one: circle.mutual[one] for one in ids if one in circle.mutual}
    friends = list({by for by, _ in mutual.values()})
    blocked = await visibility.blocked_either_way(viewer, friends) if friends else set()
    # Load everyone at once, so that the calls below find them in the cache.
    named = await accounts.people([*ids, *friends])
    rows, followers = await directory.rows(viewer, ids), await accounts.followers(ids)
    hits = []
    for row in rows:
        one = ObjectId(row.id)
        by, number = mutual.get(one, (None, 0))
        friend = named[by].username if by and by in named and by not in blocked else ""
        note = _note(row.followed, friend, number, followers.get(one, 0))
        hits.append(PersonHit(**{**vars(row), "note": note}))
    return hits


def _note(followed: bool, friend: str, friends: int, followers: int) -> str:
    if followed:
        return "Following"
    if friend:
        others = f" and {friends - 1} you follow" if friends > 1 else ""
        return f"Followed by {friend}{others}"
    return f"{followers:,} follower{'s' * (followers != 1)}" if followers else "New to Instaclone"


def _parse_cursor(cursor: str | None) -> _Candidate | None:
    if not cursor:
        return None
    try:
        place = _Candidate(int(cursor[0]), bytes.fromhex(cursor[1:]))
    except ValueError:
        raise NotFound from None
    if len(place.order) != people_index.ORDER_BYTES:
        raise NotFound
    return place
