"""The rows of a crowd, created and inserted by several processes at once, each a part of every kind.

They are like those the domain writes one by one, and their index entries come from the same functions. Ids
are derived from numbers, so a post can be created in a different process from its author.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from bson import ObjectId
from pymongo import MongoClient, WriteConcern

from benchmarks.search.names import Generator
from instagram_clone.domain.discovery import folding, people_index, posts_index, spellings

PROCESSES = 8
BATCH = 2000
PRIVATE = 5
"""One in this many accounts is private; hardly anyone can find their posts."""

_PEOPLE, _POSTS = 0x60000000, 0x66000000
"""The time, in Unix seconds, of the first sign-up and of the first post."""

Row = dict[str, Any]


def person_id(number: int) -> ObjectId:
    """Return the id of a person, by number."""
    return ObjectId(f"{_PEOPLE + number:08x}{number:016x}")


def insert_people(uri: str, database: str, number: int, example: Row) -> set[str]:
    """Create and insert a number of people, and return the prefixes of all the words in their names."""
    return set().union(*_in_processes(_insert_people, uri, database, number, example))


def insert_posts(uri: str, database: str, number: int, example: Row, people: int) -> None:
    """Create and insert a number of posts by a number of people."""
    _in_processes(_insert_posts, uri, database, number, example, people)


def insert_spellings(uri: str, database: str, beginnings: Iterable[str]) -> None:
    """Insert the spelling rows for some prefixes."""
    ordered = sorted(beginnings)
    parts = [ordered[part::PROCESSES] for part in range(PROCESSES)]
    with _pool() as pool:
        list(pool.map(_insert_spellings, [uri] * PROCESSES, [database] * PROCESSES, parts))


def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn"))


def _in_processes(work: Any, uri: str, database: str, number: int, *more: Any) -> list[Any]:
    bounds = [number * part // PROCESSES for part in range(PROCESSES + 1)]
    with _pool() as pool:
        parts = [pool.submit(work, uri, database, range(*two), *more) for two in itertools.pairwise(bounds)]
        return [part.result() for part in parts]


def _insert_people(uri: str, database: str, numbers: range, example: Row) -> set[str]:
    prefixes: set[str] = set()
    _insert(uri, database, ("users", "people_index"), _people(numbers, example, prefixes))
    return prefixes


def _people(numbers: range, example: Row, prefixes: set[str]) -> Iterator[tuple[Row, ...]]:
    generator, known = Generator(numbers.start), set[str]()
    for one in numbers:
        (username, name), followers, user = generator.person(one), generator.followers(), person_id(one)
        words = folding.name_words(username, name)
        prefixes |= spellings.prefixes(word for word in words if word not in known)
        known.update(words)
        keys = {"username": username, "username_key": username, "email": username, "email_key": username}
        own = {"_id": user, "name": name, "followers": followers, "private": one % PRIVATE == 0}
        yield (
            {**example, **own, **keys},
            {
                "_id": user,
                "words": words,
                "keys": people_index.keys_of(username, words),
                "order": people_index.order_of(followers, user),
                "rev": 0,
            },
        )


def _insert_posts(uri: str, database: str, numbers: range, example: Row, people: int) -> None:
    _insert(uri, database, ("posts", "posts_index"), _posts(numbers, example, people))


def _posts(numbers: range, example: Row, people: int) -> Iterator[tuple[Row, ...]]:
    generator = Generator(numbers.start)
    [photo] = example["media"]
    for one in numbers:
        author, post = generator.random.randrange(people), ObjectId(f"{_POSTS + one:08x}{one:016x}")
        caption, alt = generator.caption(), generator.caption() if generator.random.random() < 0.3 else ""
        own: Row = {"_id": post, "author": person_id(author), "caption": caption}
        own |= {"private": True} if author % PRIVATE == 0 else {}
        yield (
            {**example, **own, "media": [{**photo, "alt": alt}]},
            {"_id": post, **posts_index.fields_of(person_id(author), caption, alt)},
        )


def _insert_spellings(uri: str, database: str, beginnings: list[str]) -> None:
    _insert(uri, database, ("spellings",), ((spellings.row(one),) for one in beginnings))


def _insert(uri: str, database: str, names: tuple[str, ...], rows: Iterator[tuple[Row, ...]]) -> None:
    with MongoClient(uri) as client:
        unjournaled = client.get_database(database, write_concern=WriteConcern(w=1, j=False))
        while batch := list(itertools.islice(rows, BATCH)):
            for name, own in zip(names, zip(*batch, strict=True), strict=True):
                unjournaled[name].insert_many(own, ordered=False)
