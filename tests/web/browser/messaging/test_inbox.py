"""Unread conversations, and how the list of conversations changes, against twins in Python."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.messaging import inbox, unread
from tests.web.node_runner import call, run

ids = st.sampled_from(["a", "b", "c"])
number = st.integers(0, 6)
by = st.sampled_from(["me", "ben"])
told = st.fixed_dictionaries(
    {"seq": number, "by": by, "who": by, "told": st.integers(0, 4000), "quiet": st.booleans(),
     "line": st.just("heard"), "at": st.sampled_from(["1", "2", "3"])}
)  # fmt: skip
heard = st.dictionaries(ids, told).map(lambda known: {f"chat_{key}": one for key, one in known.items()})
read = st.dictionaries(ids, number).map(lambda known: {f"read_{key}": one for key, one in known.items()})


def unread_twin(loaded: dict, at: int, heard: dict, read: dict) -> int:
    last = dict(loaded)
    for key, one in heard.items():
        if not one["quiet"] and one["by"] != "me" and one["told"] > at - 1000:
            last[key[5:]] = one["seq"]
    for key, one in heard.items():
        if one["by"] == "me":
            last.pop(key[5:], None)
    return sum(seq > read.get(f"read_{key}", 0) for key, seq in last.items())


@settings(max_examples=8)
@given(st.lists(st.tuples(st.dictionaries(ids, number), st.integers(0, 4000), heard, read), min_size=50))
def test_what_is_new_is_what_was_loaded_and_heard_less_what_was_read_or_written(cases: list[Any]) -> None:
    rule = lambda loaded, at, heard, read: unread.unread(loaded, at, "me", heard, read)  # noqa: E731
    assert run(rule, cases) == [unread_twin(*one) for one in cases]


row = st.builds(
    lambda id_, last, seen, at: {
        "id": id_, "title": f"Title {id_}", "last": last, "seen": seen, "line": "read", "line_by": "ben",
        "at": at, "group": False, "members": [{"id": id_}],
    },
    ids, number, number, st.sampled_from(["1", "2", "3"]),
)  # fmt: skip


def current_twin(row: dict, heard: dict | None, read: int | None) -> dict:
    newer = heard is not None and heard["seq"] > row["last"]
    own = heard["seq"] if heard and heard["by"] == "me" else 0
    fresh = (
        {"last": heard["seq"], "line": heard["line"], "line_by": heard["who"], "at": heard["at"]}
        if heard is not None and newer
        else {}
    )
    return {**row, **fresh, "seen": max(row["seen"], read or 0, own)}


@settings(max_examples=8)
@given(st.lists(st.tuples(row, st.none() | told, st.none() | number), min_size=50))
def test_a_row_is_as_it_was_read_unless_something_newer_was_heard(cases: list[Any]) -> None:
    rule = lambda row, heard, read: inbox.current(row, heard, read, "me")  # noqa: E731
    assert run(rule, cases) == [current_twin(*one) for one in cases]


def test_the_newest_comes_first_and_a_query_narrows_the_titles() -> None:
    rows = [
        {"id": "a", "title": "Ana", "last": 1, "seen": 1, "at": "2"},
        {"id": "b", "title": "Ben", "last": 1, "seen": 1, "at": "1"},
    ]
    rule = lambda rows, heard, query: inbox.shown(rows, heard, {}, "me", query).map(lambda row: row.id)  # noqa: E731
    assert call(rule, rows, {}, "") == ["a", "b"]
    assert call(rule, rows, {"chat_b": {"seq": 2, "by": "x", "at": "3"}}, "") == ["b", "a"]
    assert call(rule, rows, {}, "be") == ["b"]


def test_a_conversation_that_is_not_in_the_list_is_news_once() -> None:
    rule = lambda rows, heard: inbox.unknown(rows, heard, 10)  # noqa: E731
    assert call(rule, [{"id": "a"}], {"chat_a": {"seq": 3, "told": 20}}) == ""
    assert call(rule, [{"id": "a"}], {"chat_b": {"seq": 3, "told": 20}}) == "chat_b 3"
    assert call(rule, [], {"chat_b": {"seq": 3, "told": 5}}) == ""


def test_the_last_line_says_who_wrote_it_where_that_is_not_plain() -> None:
    rule = lambda row: inbox.preview(row, "ana")  # noqa: E731
    assert call(rule, {"line": "hi", "line_by": "ana", "group": False}) == "You: hi"
    assert call(rule, {"line": "hi", "line_by": "ben", "group": False}) == "hi"
    assert call(rule, {"line": "hi", "line_by": "ben", "group": True}) == "ben: hi"
    assert call(rule, {"line": "", "line_by": "", "group": True}) == "New conversation"
