"""Where pending comments are shown, and how drafts change: the rules in node against twins in Python."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.posts.comments import is_newer, pending_in, with_name, without_name
from tests.web.node_runner import run

ids = st.sampled_from(["", "a", "b", "c"])
pending = st.fixed_dictionaries({"key": st.uuids().map(str), "thread": ids, "text": st.text(max_size=3)})
place = st.tuples(
    st.lists(pending, max_size=6), ids, st.lists(st.sampled_from(["a", "b", "c"]), unique=True)
)
texts = st.text(alphabet="@ab \n", max_size=8)


def twin(given: list[Any], thread: str, threads: list[str]) -> list[Any]:
    if thread:
        return [one for one in given if one["thread"] == thread]
    return [one for one in given if one["thread"] not in threads]


@settings(max_examples=8, deadline=None)
@given(st.lists(place, min_size=60, max_size=120))
def test_a_pending_comment_is_shown_where_it_will_be_listed(cases: list[Any]) -> None:
    assert run(pending_in, cases) == [twin(*case) for case in cases]


@settings(max_examples=8, deadline=None)
@given(st.lists(place, min_size=60, max_size=120))
def test_each_pending_comment_is_shown_exactly_once(cases: list[Any]) -> None:
    every = [
        [(written, "", threads), *((written, one, threads) for one in threads)]
        for written, _, threads in cases
    ]
    shown = iter(run(pending_in, [place for places in every for place in places]))
    for (written, _, _), places in zip(cases, every, strict=True):
        keys = [one["key"] for _ in places for one in next(shown)]
        assert sorted(keys) == sorted(one["key"] for one in written)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(texts, st.sampled_from(["ana", "ben.k"])), min_size=60, max_size=120))
def test_a_reply_starts_with_a_name_and_keeps_the_draft(cases: list[Any]) -> None:
    named = run(with_name, cases)
    assert named == [f"@{who} " + re.sub("^@[^ \n]*[ \n]", "", text, count=1) for text, who in cases]
    assert run(with_name, [(text, who) for text, (_, who) in zip(named, cases, strict=True)]) == named
    left = run(without_name, [(text, who) for text, (_, who) in zip(named, cases, strict=True)])
    assert left == [
        "" if text.strip() == f"@{who}" else text for text, (_, who) in zip(named, cases, strict=True)
    ]


def test_only_later_comments_are_newer() -> None:
    cases = {
        (None, None): False,
        ("5b", None): False,
        ("5b", ""): True,
        ("5b", "5a"): True,
        ("5a", "5b"): False,
    }
    assert run(is_newer, list(cases)) == list(cases.values())
    assert run(is_newer, [("5a", "5a"), (None, "5a")]) == [False, False]
