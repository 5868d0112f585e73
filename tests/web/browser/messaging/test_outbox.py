"""The pending messages of a conversation, and quotes and their wording."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.messaging import outbox, quotes
from tests.web.node_runner import call, run

ME = "ana"
keys = st.sampled_from("abcdef")
noted = st.dictionaries(keys, st.booleans())
arrived = st.lists(st.fixed_dictionaries({"by": st.sampled_from(["ana", "ben"]), "key": keys}))


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(noted, arrived), min_size=100, max_size=200))
def test_what_was_noted_waits_until_it_has_arrived_or_was_discarded(cases: list[Any]) -> None:
    given_ = [
        ({key: {"key": key} if kept else None for key, kept in known.items()}, messages)
        for known, messages in cases
    ]
    assert run(lambda known, messages: outbox.waiting(known, messages, ME), given_) == [
        [{"key": key} for key, kept in known.items() if kept and {"by": ME, "key": key} not in messages]
        for known, messages in cases
    ]


def test_who_answers_whom_is_said_in_words() -> None:
    def words(quoted: dict[str, str], by: str) -> str:
        return call(lambda quoted: quotes.words(quoted, by, by, ME), quoted)

    ben = {"id": "1", "by": "ben", "username": "ben"}
    assert words(ben, "ana") == "You replied to ben"
    assert words(ben, "ben") == "ben replied to their own message"
    assert words(ben, "cleo") == "cleo replied to ben"
    assert words({"id": "1", "by": "ana", "username": "ana"}, "ben") == "ben replied to you"
    assert words({"id": "1", "by": "ana", "username": "ana"}, "ana") == "You replied to yourself"
    assert words({"id": "1"}, "ben") == "ben replied to a message that was unsent"


def test_a_quote_is_the_beginning_of_a_text_or_the_name_of_a_kind() -> None:
    def line(kind: str, *pieces: str) -> str:
        message = {"id": "1", "by": "ben", "username": "ben", "kind": kind}
        return call(quotes.quote_of, {**message, "text": [{"text": one} for one in pieces]})["line"]

    assert line("text", "Shall\n we ", "go?") == "Shall we go?"
    assert line("text", "a" * 100) == "a" * 80
    assert [line(kind) for kind in ("photo", "post", "like")] == ["Photo", "Shared post", "❤️"]
