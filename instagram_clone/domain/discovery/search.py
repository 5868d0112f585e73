"""Finding people by their names and posts by their words. Reads only.

People come in this order: whoever has just that username; whom the viewer follows; whom those follow;
others, the most followed first; and all of these again for a name with one typing error. What the viewer
may not see is neither found nor counted: whether there is more is decided by what they may see.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from bson import ObjectId

from instagram_clone.domain.core import db, rate_limits
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import circles, folding, people_index, posts_index, spellings
from instagram_clone.domain.discovery.circles import Circle
from instagram_clone.domain.discovery.people_index import Found
from instagram_clone.domain.media.media import Photo
from instagram_clone.domain.people import accounts, directory, visibility
from instagram_clone.domain.people.directory import PersonRow
from instagram_clone.domain.posts import captions
from instagram_clone.domain.posts.captions import Captioned

TEXT_LENGTH = 100
"""So much of what was typed is looked for."""

PAGE = 20
_MAX_PAGE = 50
_ROUNDS = 4
"""So often more is read in place of what may not be seen, each time more than before."""

_NEAR = 300
_EXACT, _FOLLOWED, _MUTUAL, _OTHERS, _NEAR_TIER = range(5)


@dataclass(frozen=True)
class PersonHit(PersonRow):
    """Somebody who was found; the note says why they are where they are."""


@dataclass(frozen=True)
class PostHit:
    """A post that was found, as a tile shows it. `author` is a username; counts belong to `rev`."""

    post_id: str
    author: str
    caption: str
    alt: str
    photo: Photo
    likes: int = 0
    comments: int = 0
    rev: int = 0


@dataclass(frozen=True)
class Results:
    """Some of what was found of everything."""

    people: list[PersonHit] = field(default_factory=list)
    posts: list[PostHit] = field(default_factory=list)


@dataclass(frozen=True)
class PeoplePage:
    """People who were found, and the cursor of those after them, "" at the end."""

    people: list[PersonHit]
    cursor: str


@dataclass(frozen=True)
class PostsPage:
    """Posts that were found, newest first, and the cursor of those after them, "" at the end."""

    posts: list[PostHit]
    cursor: str


@dataclass(frozen=True, order=True)
class _Place:
    """Where somebody comes among the people found: by `tier`, and within it by the highest `order`."""

    tier: int
    order: bytes

    def is_after(self, other: _Place | None) -> bool:
        return other is None or (self.tier, other.order) > (other.tier, self.order)


@dataclass(frozen=True)
class _Candidate:
    id: ObjectId
    place: _Place


async def everything(viewer: Viewer, text: str, people_limit: int = 8, posts_limit: int = 12) -> Results:
    """Return some people and some posts that a text finds. Raises TooMany."""
    await rate_limits.take("search", viewer.id)
    found, shown = await asyncio.gather(
        _people(viewer, text, people_limit, None), _posts(viewer, text, posts_limit, None)
    )
    return Results(found.people, shown.posts)


async def people(viewer: Viewer, text: str, limit: int = PAGE, after: str | None = None) -> PeoplePage:
    """Return a page of people whose names have words that begin like those of a text. Raises TooMany, and
    NotFound for a cursor that is none.
    """
    await rate_limits.take("search", viewer.id)
    return await _people(viewer, text, limit, after)


async def posts(viewer: Viewer, text: str, limit: int = PAGE, after: str | None = None) -> PostsPage:
    """Return a page of posts that say, or show, every word of a text, the last of which may be unfinished.

    Raises TooMany, and NotFound for a cursor that is none.
    """
    await rate_limits.take("search", viewer.id)
    return await _posts(viewer, text, limit, after)


async def _people(viewer: Viewer, text: str, limit: int, after: str | None) -> PeoplePage:
    text, limit = text[:TEXT_LENGTH], _bounded(limit)
    words, place = folding.asked(text), _place(after)
    if not words:
        return PeoplePage([], "")
    circle = await circles.of(viewer)
    found = _Collected(viewer, place, limit + 1)
    if place is None or place.tier <= _OTHERS:
        await _collect(found, circle, text, words)
    if not found.is_enough:
        await found.add(await _nearly(circle, text, words))
    page = found.candidates[:limit]
    cursor = _cursor(page[-1].place) if len(found.candidates) > limit else ""
    return PeoplePage(await _hits(viewer, circle, [one.id for one in page]), cursor)


class _Collected:
    """Candidates for a page: after a place, each once, none whom a block parts from the viewer."""

    def __init__(self, viewer: Viewer, after: _Place | None, enough: int) -> None:
        self.candidates: list[_Candidate] = []
        self.after, self._viewer, self._enough = after, viewer, enough
        # Nobody looks for themselves.
        self._seen = {viewer.oid}

    @property
    def is_enough(self) -> bool:
        return len(self.candidates) >= self._enough

    async def add(self, found: Iterable[_Candidate]) -> None:
        """Add people in the order of their places; who was added before stays where they are."""
        new = {}
        for one in found:
            if one.id not in self._seen and one.id not in new:
                new[one.id] = one
        self._seen |= new.keys()
        blocked = await visibility.blocked_either_way(self._viewer, list(new)) if new else set()
        self.candidates += [
            one for one in new.values() if one.id not in blocked and one.place.is_after(self.after)
        ]


async def _collect(found: _Collected, circle: Circle, text: str, words: list[str]) -> None:
    """Collect people whose names begin so: by their username, those one knows, and others."""
    known = [_ranked(circle, one.id, one.order) for one in circle.begins(words)]
    username = text.strip().removeprefix("@")
    exact = await people_index.by_username(username) if _may_be_username(username) else []
    await found.add([_Candidate(one.id, _Place(_EXACT, one.order)) for one in exact])
    await found.add(_in_order(known))
    below = found.after.order if found.after and found.after.tier == _OTHERS else None
    many = found._enough + len(known) + 10
    for _ in range(_ROUNDS):
        if found.is_enough:
            return
        others = await people_index.by_words(words, many, below)
        await found.add([_Candidate(one.id, _Place(_OTHERS, one.order)) for one in others])
        if len(others) < many:
            return
        below, many = others[-1].order, many * 3


def _ranked(circle: Circle, user: ObjectId, order: bytes, later: int = 0) -> _Candidate:
    tier = _FOLLOWED if user in circle.followed else _MUTUAL if user in circle.mutual else _OTHERS
    return _Candidate(user, _Place(tier + later, order))


def _in_order(found: list[_Candidate]) -> list[_Candidate]:
    found.sort(key=lambda one: one.place.order, reverse=True)
    return sorted(found, key=lambda one: one.place.tier)


async def _nearly(circle: Circle, text: str, words: list[str]) -> list[_Candidate]:
    """Return people whose names begin so but for a typing error in words that are long enough for one."""
    ways = [words]
    # A dot, or one that is missing, is no error, but makes of one name two.
    joined = [folding.joined(part) or folding.fold(part) for part in text.split()]
    if joined != words and all(joined):
        ways.append([word for part in joined for word in folding.asked(part)])
    long = {word for way in ways for word in way if len(word) >= spellings.FORGIVEN_FROM}
    if not long:
        return []
    meant = await spellings.near(long)
    found: dict[ObjectId, Found] = {}
    for way in ways:
        # Whoever has the longest word is asked for the others.
        longest = max(way, key=len)
        begun = {*meant.get(longest, ()), longest[: people_index.REACH]}
        if len(longest) >= spellings.FORGIVEN_FROM:
            for one in await people_index.by_beginnings(begun, _NEAR):
                if _are_meant(way, one.words) and not _are_begun(words, one.words):
                    found[one.id] = one
    return _in_order([_ranked(circle, one.id, one.order, _NEAR_TIER - 1) for one in found.values()])


def _are_meant(typed: list[str], words: list[str]) -> bool:
    return all(any(own.startswith(one) or spellings.is_near(one, own) for own in words) for one in typed)


def _are_begun(typed: list[str], words: list[str]) -> bool:
    return all(any(own.startswith(one) for own in words) for one in typed)


async def _hits(viewer: Viewer, circle: Circle, ids: list[ObjectId]) -> list[PersonHit]:
    known = {one: circle.mutual[one] for one in ids if one in circle.mutual}
    friends = list({by for by, _ in known.values()})
    blocked = await visibility.blocked_either_way(viewer, friends) if friends else set()
    rows, named, followers = await asyncio.gather(
        directory.rows(viewer, ids), accounts.people([*ids, *friends]), accounts.followers(ids)
    )
    hits = []
    for row in rows:
        one = ObjectId(row.id)
        by, number = known.get(one, (None, 0))
        friend = named[by].username if by and by in named and by not in blocked else ""
        note = _why(row.followed, friend, number, followers.get(one, 0))
        hits.append(PersonHit(**{**vars(row), "note": note}))
    return hits


def _why(followed: bool, friend: str, friends: int, followers: int) -> str:
    if followed:
        return "Following"
    if friend:
        others = f" and {friends - 1} you follow" if friends > 1 else ""
        return f"Followed by {friend}{others}"
    return f"{followers:,} follower{'s' * (followers != 1)}" if followers else "New to Instaclone"


async def _posts(viewer: Viewer, text: str, limit: int, after: str | None) -> PostsPage:
    words, limit = folding.asked(text[:TEXT_LENGTH]), _bounded(limit)
    before = db.oid(after) if after else None
    if not words:
        return PostsPage([], "")
    reader, seen, many = visibility.Reader(viewer), list[Captioned](), limit + 1
    for _ in range(_ROUNDS):
        ids = await posts_index.by_words(words, many, before)
        seen += await reader.visible(await captions.of(ids) if ids else [], lambda one: one.item)
        if len(seen) > limit or len(ids) < many:
            break
        before, many = ids[-1], many * 3
    page = seen[:limit]
    known = await accounts.people(list({one.item.author for one in page})) if page else {}
    hits = [
        PostHit(
            post_id=str(one.id),
            author=known[one.item.author].username,
            caption=one.caption,
            alt=one.alt,
            photo=one.photo,
            likes=one.likes,
            comments=one.comments,
            rev=one.rev,
        )
        for one in page
        if one.item.author in known
    ]
    return PostsPage(hits, str(page[-1].id) if len(seen) > limit else "")


def _bounded(limit: int) -> int:
    return max(1, min(limit, _MAX_PAGE))


def _may_be_username(text: str) -> bool:
    return text.isascii() and 0 < len(text) <= 30


def _cursor(place: _Place) -> str:
    return f"{place.tier}{place.order.hex()}"


def _place(cursor: str | None) -> _Place | None:
    if not cursor:
        return None
    try:
        return _Place(int(cursor[0]), bytes.fromhex(cursor[1:]))
    except ValueError:
        raise NotFound from None
