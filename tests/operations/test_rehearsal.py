"""The rehearsal's verdict: unless it can see who is wrong, finding everybody right means nothing."""

from __future__ import annotations

import re

from benchmarks.rehearsal.verdict import (
    Like,
    Phase,
    Truth,
    longest_silence,
    summaries,
    wrong_likes,
    wrong_screens,
)
from tests.server import ROOT

TRUTH = Truth({"wall": 2, "hill": 0}, [("wall", "ana"), ("wall", "ben")])


def test_a_tab_that_shows_what_is_stored_is_right() -> None:
    assert wrong_screens([("ana", True, [("wall", 2, True), ("hill", 0, False)])], TRUTH) == []


def test_wrong_counts_wrong_hearts_and_lost_tabs_are_reported() -> None:
    found = wrong_screens(
        [("ana", True, [("wall", 1, True)]), ("cleo", True, [("hill", 0, True)]), ("ben", False, [])], TRUTH
    )
    assert [line.split(" ", 3)[3] for line in found] == [
        "ana shows 1 likes of wall, but 2 are stored.",
        "cleo shows its heart full at hill.",
        "ben is not connected.",
    ]


def test_acknowledged_likes_are_stored_once_and_counts_match_their_rows() -> None:
    likes = [Like("wall", "ana", 1, 1, rev=1), Like("hill", "ben", 1, 1, rev=1), Like("hill", "cleo", 1)]
    assert wrong_likes(likes, TRUTH) == ["The like of hill by ben was acknowledged and is stored 0 times."]
    twice = Truth({"wall": 3}, [("wall", "ana"), ("wall", "ana")])
    assert wrong_likes(likes[:1], twice) == [
        "The like of wall by ana was acknowledged and is stored 2 times.",
        "wall counts 3 likes and has 2 rows.",
    ]


def test_a_change_of_a_count_acknowledges_every_like_between_its_revisions() -> None:
    phases = [Phase("before", 0, 10), Phase("after", 10, 20)]
    likes = [Like("wall", "ana", 9, 9.5, 4), Like("wall", "ben", 11, 11.5, 5), Like("wall", "cleo", 12)]
    changes = [("wall", -1, 3, 1.0), ("wall", 3, 5, 12.0), ("wall", 4, 5, 11.5), ("hill", 0, 1, 13.0)]
    found = summaries(phases, likes, changes)
    assert (found["before"].sent, found["before"].stored, found["before"].waits) == (1, 1, [3000.0])
    assert sorted(found["after"].waits) == [500.0, 1000.0] and found["after"].failed == [12]


def test_the_longest_silence_counts_from_the_event_and_to_the_end() -> None:
    likes = [Like("wall", "ana", 1, 2.0, 1), Like("wall", "ben", 1, 5.0, 2), Like("hill", "ben", 1, 7.0)]
    assert longest_silence(likes, 1.0, 7.5) == 3.0
    assert longest_silence([], 1.0, 7.5) == 6.5


def test_the_rehearsals_proxy_is_the_one_in_the_readme() -> None:
    balanced = re.compile(r"reverse_proxy [^{]*(\{[^}]*\})")
    [documented] = re.findall(r"```caddy\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    machines = (ROOT / "benchmarks" / "rehearsal" / "machines.py").read_text()
    [rehearsed] = balanced.findall(
        machines.replace("{instances}", "").replace("{{", "{").replace("}}", "}")
    )
    assert balanced.findall(documented) == [rehearsed]
