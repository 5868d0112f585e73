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
fact = st.fixed_dictionaries(
    {"seq": number, "by": by, "who": by, "told": st.integers(0, 4000), "quiet": st.booleans(),
     "line": st.just("received"), "at": st.sampled_from(["1", "2", "3"])}
)  # fmt: skip
received = st.dictionaries(ids, fact).map(lambda drawn: {f"chat_{key}": one for key, one in drawn.items()})
read = st.dictionaries(ids, number).map(
    lambda drawn: {f"read_{key}": {"seq": one} for key, one in drawn.items()}
)


def unread_twin(loaded: dict, at: int, received: dict, read: dict) -> int:
    last = dict(loaded)
    for key, one in received.items():
        if not one["quiet"] and one["by"] != "me" and one["told"] > at - 1000:
            last[key[5:]] = one["seq"]
    own = {key[5:]: one["seq"] for key, one in received.items() if one["by"] == "me"}
    return sum(
        seq > max(own.get(key, 0), read.get(f"read_{key}", {"seq": 0})["seq"]) for key, seq in last.items()
    )


@settings(max_examples=8)
@given(st.lists(st.tuples(st.dictionaries(ids, number), st.integers(0, 4000), received, read), min_size=50))
def test_unread_are_those_loaded_or_received_since_but_not_read_or_answered(cases: list[Any]) -> None:
    rule = lambda loaded, at, received, read: unread.unread(loaded, at, "me", received, read)  # noqa: E731
    assert run(rule, cases) == [unread_twin(*case) for case in cases]


def test_messages_missed_after_an_own_one_are_unread() -> None:
    own = {"chat_a": {"seq": 100, "by": "me", "told": 1}}
    rule = lambda loaded, read: unread.unread(loaded, 5000, "me", own, read)  # noqa: E731
    assert call(rule, {"a": 110}, {}) == 1
    assert call(rule, {"a": 99}, {}) == 0


row = st.builds(
    lambda id_, last, seen, at: {
        "id": id_, "title": f"Title {id_}", "last": last, "seen": seen, "line": "read", "line_by": "ben",
        "at": at, "group": False, "members": [{"id": id_}],
    },
    ids, number, number, st.sampled_from(["1", "2", "3"]),
)  # fmt: skip


def current_twin(row: dict, fact: dict | None, read: dict | None) -> dict:
    newer = fact is not None and fact["seq"] > row["last"]
    own = fact["seq"] if fact and fact["by"] == "me" else 0
    fresh = (
        {"last": fact["seq"], "line": fact["line"], "line_by": fact["who"], "at": fact["at"]}
        if fact is not None and newer
        else {}
    )
    return {**row, **fresh, "seen": max(row["seen"], read["seq"] if read else 0, own)}


@settings(max_examples=8)
@given(
    st.lists(
        st.tuples(row, st.none() | fact, st.none() | st.builds(lambda seq: {"seq": seq}, number)),
        min_size=50,
    )
)
def test_a_row_is_as_loaded_unless_a_newer_fact_arrived(cases: list[Any]) -> None:
    rule = lambda row, fact, read: inbox.current(row, fact, read, "me")  # noqa: E731
    assert run(rule, cases) == [current_twin(*case) for case in cases]


def test_the_newest_comes_first_and_a_query_filters_titles() -> None:
    rows = [
        {"id": "a", "title": "Ana", "last": 1, "seen": 1, "at": "2"},
        {"id": "b", "title": "Ben", "last": 1, "seen": 1, "at": "1"},
    ]

    def rule(rows: Any, received: Any, query: Any) -> Any:
        return inbox.rows_to_show(rows, received, {}, "me", query).map(lambda row: row.id)

    assert call(rule, rows, {}, "") == ["a", "b"]
    assert call(rule, rows, {"chat_b": {"seq": 2, "by": "x", "at": "3"}}, "") == ["b", "a"]
    assert call(rule, rows, {}, "be") == ["b"]


def test_newer_conversations_missing_from_the_list_are_found() -> None:
    rule = lambda rows, received: inbox.missing(rows, received, 10)  # noqa: E731
    assert call(rule, [{"id": "a"}], {"chat_a": {"seq": 3, "told": 20}}) == ""
    assert call(rule, [{"id": "a"}], {"chat_b": {"seq": 3, "told": 20}}) == "chat_b 3"
    assert call(rule, [], {"chat_b": {"seq": 3, "told": 5}}) == ""


def test_the_last_line_names_its_author_where_that_is_not_obvious() -> None:
    rule = lambda row: inbox.preview(row, "ana")  # noqa: E731
    assert call(rule, {"line": "hi", "line_by": "ana", "group": False}) == "You: hi"
    assert call(rule, {"line": "hi", "line_by": "ben", "group": False}) == "hi"
    assert call(rule, {"line": "hi", "line_by": "ben", "group": True}) == "ben: hi"
    assert call(rule, {"line": "", "line_by": "", "group": True}) == "New conversation"
