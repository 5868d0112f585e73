"""A crowd with names and captions as skewed as real ones, the same each time it is made.

Its rows, and those it is found by, are like those the domain writes one by one; their indexes are built
when all are there, as an import would do it.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from pymongo import WriteConcern

from instagram_clone.domain.core import db, schema
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import people_index, posts_index, spellings

LOT = 5000
FOLLOWED, THEY_FOLLOW = 200, 40
INDEXES = ("people_index", "posts_index", "spellings")
FILLED = ("users", "posts", *INDEXES)

_FIRST = (
    "maria ana anna laura sofia julia emma olivia lea mia nina elena sara lucas david daniel martin"
    " michael alexander christopher marco paul peter thomas jan leo max noah felix josé andré zoë rené"
)
_LAST = "garcia smith müller silva santos kim lee nguyen rossi novak kowalski ivanov tanaka jensen brown"
_WORDS = (
    "the a of in and with at my on for this to light morning sunset coffee mountain sea city blue home"
    " window street summer winter rain snow river bridge garden bread harbour fog moon forest lisbon"
)
_SYLLABLES = (
    "ba be bi bo ca ce co da de di do fa fe ga go ha he hi ka ke ki ko la le li lo ma me mi mo na ne ni"
    " no pa pe pi po ra re ri ro sa se si so ta te ti to va ve vi vo wa we za ze zi zo an en in on ar er"
).split()


class Made:
    """What is made of chance, in the same order each time."""

    def __init__(self, seed: int = 7) -> None:
        self.random = random.Random(seed)
        self._first = self._skewed(_FIRST.split(), 4_000)
        self._last = self._skewed(_LAST.split(), 40_000)
        self._words = self._skewed(_WORDS.split(), 60_000)

    def _skewed(self, known: Sequence[str], number: int) -> tuple[list[str], list[float]]:
        """Return words, and how often each comes as Zipf has it: the n-th a n-th as often as the first."""
        words = dict.fromkeys(known)
        while len(words) < number:
            words["".join(self.random.choices(_SYLLABLES, k=self.random.randint(2, 4)))] = None
        weights = itertools.accumulate(1 / (place + 5) for place in range(len(words)))
        return list(words), list(weights)

    def _some(self, of: tuple[list[str], list[float]], number: int = 1) -> list[str]:
        return self.random.choices(of[0], cum_weights=of[1], k=number)

    def person(self, number: int) -> tuple[str, str]:
        """Return a username and a name."""
        [first], [last] = self._some(self._first), self._some(self._last)
        dot = self.random.choice((".", "_", ""))
        plain = "".join(char for char in f"{first}{dot}{last}" if char.isascii())[:20]
        return f"{plain}{number}", f"{first.title()} {last.title()}"

    def caption(self) -> str:
        """Return some words, most of them common ones."""
        return " ".join(self._some(self._words, self.random.randint(3, 18)))

    def followers(self) -> int:
        """Return how many follow somebody: few most, millions some."""
        return min(int(self.random.paretovariate(0.7) * 10), 5_000_000)


async def fill(people: int, posts: int, example: ObjectId) -> list[ObjectId]:
    """Make so many people and posts like an example; returns whose they are."""
    post = await db.posts.find_one({"_id": example}) or {}
    person = await db.users.find_one({"_id": post["author"]}) or {}
    made = Made()
    for name in FILLED:
        await db.__getattr__(name).drop_indexes()
    begun: set[str] = set()
    ids: list[ObjectId] = []
    await _insert(("users", "people_index"), _people(made, people, person, begun, ids))
    await _insert(("posts", "posts_index"), _posts(made, posts, post, ids))
    await _insert(("spellings",), ((spellings.row(one),) for one in sorted(begun)))
    for name in FILLED:
        await db.__getattr__(name).create_indexes(schema.INDEXES[name])
    await db.users.database.client.admin.command("fsync")
    return ids


def _people(
    made: Made, number: int, example: dict[str, Any], begun: set[str], ids: list[ObjectId]
) -> Iterator[tuple[dict[str, Any], ...]]:
    for one in range(number):
        (username, name), followers, user = made.person(one), made.followers(), ObjectId()
        ids.append(user)
        words = people_index.words_of(username, name)
        begun |= spellings.beginnings(words)
        keys = {"username": username, "username_key": username, "email": username, "email_key": username}
        yield (
            {**example, "_id": user, **keys, "name": name, "followers": followers},
            {
                "_id": user,
                "words": words,
                "keys": people_index.keys_of(username, words),
                "order": people_index.order_of(followers, user),
                "rev": 0,
            },
        )


def _posts(
    made: Made, number: int, example: dict[str, Any], authors: list[ObjectId]
) -> Iterator[tuple[dict[str, Any], ...]]:
    example = {name: value for name, value in example.items() if name != "key"}
    [photo] = example["media"]
    for _ in range(number):
        caption, alt, post = (
            made.caption(),
            made.caption() if made.random.random() < 0.3 else "",
            ObjectId(),
        )
        author = made.random.choice(authors)
        yield (
            {
                **example,
                "_id": post,
                "author": author,
                "caption": caption,
                "media": [{**photo, "alt": alt}],
            },
            {"_id": post, "keys": posts_index.keys_of(caption, alt)},
        )


async def _insert(names: tuple[str, ...], rows: Iterator[tuple[dict[str, Any], ...]]) -> None:
    """Insert rows of several collections, lot after lot, while the next one is made."""
    kept = WriteConcern(w=1, j=False)
    running: list[asyncio.Task[Any]] = []
    while lot := list(itertools.islice(rows, LOT)):
        await asyncio.gather(*running)
        running = [
            asyncio.create_task(
                db.__getattr__(name).with_options(write_concern=kept).insert_many(list(own), ordered=False)
            )
            for name, own in zip(names, zip(*lot, strict=True), strict=True)
        ]
        # Have them be sent before the next lot keeps this process busy.
        await asyncio.sleep(0.01)
    await asyncio.gather(*running)


async def acquaint(viewers: list[Viewer], crowd: list[ObjectId]) -> None:
    """Have each viewer follow some of the crowd, and those some others."""
    chance = random.Random(8)
    now = datetime.now(UTC)
    for viewer in viewers:
        friends = chance.sample(crowd, min(FOLLOWED, len(crowd)))
        edges = {(viewer.oid, friend) for friend in friends}
        edges |= {
            (friend, other)
            for friend in friends
            for other in chance.sample(crowd, min(THEY_FOLLOW, len(crowd)))
        }
        rows = [{"follower": one, "followee": other, "created": now} for one, other in edges]
        # Two viewers may have a friend in common, who may follow somebody already.
        there = {
            (row["follower"], row["followee"])
            async for row in db.follows.find({"follower": {"$in": friends}}, {"follower": 1, "followee": 1})
        }
        await db.follows.insert_many([r for r in rows if (r["follower"], r["followee"]) not in there])
