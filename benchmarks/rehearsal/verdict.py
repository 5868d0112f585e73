"""Checks of what tabs show and were sent, against what is stored. Pure, so that they can be tested."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

Screen = tuple[str, bool, list[tuple[str, int, bool]]]
"""The tab's user, whether it is connected, and each post with its likes and the viewer's own heart."""

Change = tuple[str, int, int, float]
"""A change of a count on a screen: of which post, from and to which revision, and when."""


@dataclass
class Like:
    """A tap on a heart. `rev` is the post's revision after it, 0 unless it was acknowledged as stored."""

    post_id: str
    user_id: str
    sent: float
    answered: float = 0.0
    rev: int = 0


@dataclass(frozen=True)
class Truth:
    """What is stored: the like count of each post, and the individual likes."""

    counts: dict[str, int]
    rows: list[tuple[str, str]]


@dataclass(frozen=True)
class Phase:
    """A part of the storm, by the time at which likes were sent."""

    name: str
    began: float
    ended: float


@dataclass
class Summary:
    """The outcome of the likes of a phase. Waits are in ms, from a tap to a tab that shows the post."""

    sent: int = 0
    stored: int = 0
    waits: list[float] = field(default_factory=list)
    failed: list[float] = field(default_factory=list)

    def wait(self, part: float) -> float:
        """Return the wait that a given fraction of all waits do not exceed, 0 if there are none."""
        waits = sorted(self.waits)
        return waits[min(len(waits) - 1, int(len(waits) * part))] if waits else 0.0

    @property
    def failing_seconds(self) -> float:
        """The time from the first to the last like that failed."""
        return max(self.failed) - min(self.failed) if self.failed else 0.0


def wrong_screens(screens: Iterable[Screen], truth: Truth) -> list[str]:
    """Return a message for each tab that is not connected or differs from the database."""
    rows, found = set(truth.rows), []
    for user_id, connected, posts in screens:
        if not connected or not posts:
            found.append(f"A tab of {user_id} is {'empty' if connected else 'not connected'}.")
        for post_id, likes, liked in posts:
            stored = truth.counts.get(post_id, 0)
            if likes != stored:
                found.append(
                    f"A tab of {user_id} shows {likes} likes of {post_id}, but {stored} are stored."
                )
            if liked != ((post_id, user_id) in rows):
                found.append(
                    f"A tab of {user_id} shows its heart {'full' if liked else 'empty'} at {post_id}."
                )
    return found


def wrong_likes(likes: Iterable[Like], truth: Truth) -> list[str]:
    """Return the acknowledged likes not stored exactly once, and the counts that differ from their rows."""
    rows: dict[tuple[str, str], int] = defaultdict(int)
    of_post: dict[str, int] = defaultdict(int)
    for row in truth.rows:
        rows[row] += 1
        of_post[row[0]] += 1
    found = [
        f"The like of {like.post_id} by {like.user_id} was acknowledged and is stored {times} times."
        for like in likes
        if like.rev and (times := rows.get((like.post_id, like.user_id), 0)) != 1
    ]
    found += [
        f"{post_id} counts {count} likes and has {of_post[post_id]} rows."
        for post_id, count in truth.counts.items()
        if count != of_post[post_id]
    ]
    return found


def summaries(phases: list[Phase], likes: list[Like], changes: Iterable[Change]) -> dict[str, Summary]:
    """Summarize each phase. A change of a count answers all likes between its two revisions."""
    found = {phase.name: Summary() for phase in phases}
    acknowledged: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for like in likes:
        summary = found[_phase_of(phases, like.sent)]
        summary.sent += 1
        summary.stored += like.rev > 0
        if like.rev:
            acknowledged[like.post_id].append((like.rev, like.sent))
        else:
            summary.failed.append(like.sent)
    for pairs in acknowledged.values():
        pairs.sort()
    for post_id, before, rev, at in changes:
        if before < 0:
            continue  # the first load of a page
        pairs = acknowledged.get(post_id, [])
        first, last = (bisect_right(pairs, (one, float("inf"))) for one in (before, rev))
        for _, sent in pairs[first:last]:
            found[_phase_of(phases, sent)].waits.append((at - sent) * 1000)
    return found


def longest_silence(likes: Iterable[Like], began: float, ended: float) -> float:
    """Return the longest time, in seconds, during which no like was acknowledged as stored."""
    times = sorted(like.answered for like in likes if like.rev and began <= like.answered <= ended)
    times = [began, *times, ended]
    return max((later - sooner for sooner, later in pairwise(times)), default=0.0)


def _phase_of(phases: list[Phase], at: float) -> str:
    return next((phase.name for phase in reversed(phases) if phase.began <= at), phases[0].name)
