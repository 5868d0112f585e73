"""Where pending comments are shown, and how drafts change: the rules in node against twins in Python."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.posts.comments import addressed, is_news, pending_in, without_name
from tests.web.node_runner import run

ids = st.sampled_from(["", "a", "b", "c"])
pending = st.fixed_dictionaries({"key": st.uuids().map(str), "thread": ids, "text": st.text(max_size=3)})
known = st.lists(st.none() | pending, max_size=6).map(
    lambda all_: {f"pending_comment_p_{at}": one for at, one in enumerate(all_)}
)
place = st.tuples(known, ids, st.lists(st.sampled_from(["a", "b", "c"]), unique=True))
texts = st.text(alphabet="@ab \n", max_size=8)


def twin(known: dict[str, Any], thread: str, threads: list[str]) -> list[Any]:
    given = [one for one in known.values() if one]
    if thread:
        return [one for one in given if one["thread"] == thread]
    return [one for one in given if one["thread"] not in threads]


@settings(max_examples=8, deadline=None)
@given(st.lists(place, min_size=60, max_size=120))
def test_what_is_on_its_way_stands_where_it_will(cases: list[Any]) -> None:
    assert run(pending_in, cases) == [twin(*one) for one in cases]


@settings(max_examples=8, deadline=None)
@given(st.lists(place, min_size=60, max_size=120))
def test_nothing_on_its_way_is_out_of_sight_or_shown_twice(cases: list[Any]) -> None:
    every = [
        [(known, "", threads), *((known, one, threads) for one in threads)] for known, _, threads in cases
    ]
    shown = iter(run(pending_in, [place for places in every for place in places]))
    for (known, _, _), places in zip(cases, every, strict=True):
        keys = [one["key"] for _ in places for one in next(shown)]
        assert sorted(keys) == sorted(one["key"] for one in known.values() if one)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(texts, st.sampled_from(["ana", "ben.k"])), min_size=60, max_size=120))
def test_an_answer_begins_with_a_name_and_leaves_what_was_written(cases: list[Any]) -> None:
    begun = run(addressed, cases)
    assert begun == [f"@{who} " + re.sub("^@[^ \n]*[ \n]", "", text, count=1) for text, who in cases]
    assert run(addressed, [(text, who) for text, (_, who) in zip(begun, cases, strict=True)]) == begun
    left = run(without_name, [(text, who) for text, (_, who) in zip(begun, cases, strict=True)])
    assert left == [
        "" if text.strip() == f"@{who}" else text for text, (_, who) in zip(begun, cases, strict=True)
    ]


def test_only_what_came_since_is_news() -> None:
    cases = {
        (None, None): False,
        ("5b", None): False,
        ("5b", ""): True,
        ("5b", "5a"): True,
        ("5a", "5b"): False,
    }
    assert run(is_news, list(cases)) == list(cases.values())
    assert run(is_news, [("5a", "5a"), (None, "5a")]) == [False, False]
