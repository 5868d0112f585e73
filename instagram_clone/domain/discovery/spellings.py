"""Prefixes of the words in people's names, and which of them are one typing error away from a search.

A prefix is stored along with all its variants that lack one letter. Two prefixes can only be one insertion,
deletion, substitution or swap apart if they share one of these variants, so a few exact lookups find all
candidates, in any alphabet. The only writer of `spellings`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pymongo import UpdateOne

from instagram_clone.domain.core import db

FUZZY_MIN_LENGTH = 5
"""A typing error is tolerated in words of at least this many letters."""

REACH = 8
"""How many letters of a word are looked up. The rest is compared with the names of the people found."""

_SHORTEST = FUZZY_MIN_LENGTH - 1
_READ = 600


def is_near(typed: str, word: str) -> bool:
    """Return whether a word starts with what was typed, allowing for one typing error."""
    length = len(typed)
    if length < FUZZY_MIN_LENGTH:
        return False
    return any(within_one_error(typed, word[:end]) for end in (length - 1, length, length + 1))


def within_one_error(one: str, other: str) -> bool:
    """Return whether two words differ by at most one insertion, deletion, substitution or swap."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    same = 0
    while same < len(one) and one[same] == other[same]:
        same += 1
    if len(one) < len(other):
        return one[same:] == other[same + 1 :]
    if one[same + 1 :] == other[same + 1 :]:
        return True
    return one[same : same + 2] == other[same : same + 2][::-1] and one[same + 2 :] == other[same + 2 :]


def prefixes(words: Iterable[str]) -> set[str]:
    """Return the prefixes by which words are found despite a typing error."""
    return {word[:end] for word in words for end in range(_SHORTEST, min(len(word), REACH) + 1)}


def row(prefix: str) -> dict[str, object]:
    """Return the row that is stored for a prefix."""
    # No lookup is shorter than the shortest prefix, so that one needs no variants.
    near = _deletions(prefix) if len(prefix) > _SHORTEST else set()
    return {"_id": prefix, "near": sorted(near | {prefix})}


async def learn(words: Iterable[str]) -> None:
    """Make words findable despite a typing error. Idempotent. Words that are no longer used do no harm."""
    new = prefixes(words)
    new -= {one["_id"] async for one in db.spellings.find({"_id": {"$in": list(new)}}, {"_id": 1})}
    if new:
        rows = [row(one) for one in sorted(new)]
        await db.spellings.bulk_write(
            [UpdateOne({"_id": one["_id"]}, {"$set": {"near": one["near"]}}, upsert=True) for one in rows],
            ordered=False,
        )


async def near(typed: Collection[str]) -> dict[str, list[str]]:
    """Return, for each word that is long enough, the prefixes that may be meant, in one query.

    For a word longer than the stored prefixes, these are the ones it may continue.
    """
    long = (word for word in typed if len(word) >= FUZZY_MIN_LENGTH)
    variants = {word: {word[:REACH]} | _deletions(word[:REACH]) for word in long}
    if not variants:
        return {}
    query = {"near": {"$in": sorted(set().union(*variants.values()))}}
    found = [one["_id"] async for one in db.spellings.find(query, {"_id": 1}).limit(_READ)]
    return {word: [one for one in found if _is_candidate(word, one)] for word in variants}


def _deletions(word: str) -> set[str]:
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


def _is_candidate(typed: str, prefix: str) -> bool:
    if len(typed) < REACH or len(prefix) < REACH:
        # Exact prefix matches are found without tolerating any error.
        return not prefix.startswith(typed) and within_one_error(typed, prefix)
    return any(within_one_error(typed[:end], prefix) for end in (REACH - 1, REACH, REACH + 1))
