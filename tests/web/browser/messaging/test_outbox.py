"""The pending messages of a conversation, and quotes and their wording."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.messaging import outbox, quotes, thread
from tests.web.node_runner import call, run

ME = "ana"
keys = st.sampled_from("abcdef")
pending = st.dictionaries(keys, st.booleans())
arrived = st.lists(st.fixed_dictionaries({"by": st.sampled_from(["ana", "ben"]), "key": keys}))


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(pending, arrived, arrived), min_size=40, max_size=80))
def test_a_message_is_pending_until_it_has_arrived_or_was_discarded(cases: list[Any]) -> None:
    given_ = [
        (
            {key: {"key": key, "by": ME} if kept else None for key, kept in recorded.items()},
            messages,
            {str(at): message for at, message in enumerate(received)},
        )
        for recorded, messages, received in cases
    ]
    rule = lambda recorded, messages, received: outbox.not_arrived(recorded, messages, received, ME)  # noqa: E731
    assert run(rule, given_) == [
        [
            {"key": key, "by": ME}
            for key, kept in recorded.items()
            if kept and {"by": ME, "key": key} not in messages + received
        ]
        for recorded, messages, received in cases
    ]


def test_a_message_sent_again_arrives_although_it_is_older_than_those_on_screen() -> None:
    loaded = [{"id": "m130", "seq": 130, "by": "ben", "key": "other"}]
    received = {
        "m_c_m100": {"id": "m100", "seq": 100, "by": ME, "key": "a"},
        "m_c_m101": {"id": "m101", "gone": True},
    }

    def rule(recorded: Any, loaded: Any, received: Any) -> Any:
        return outbox.not_arrived(recorded, thread.merge("c", loaded, received, 0), received, ME)

    recorded = {key: {"key": key, "by": ME} for key in "ab"}
    assert call(rule, recorded, loaded, received) == [recorded["b"]]


def test_a_message_waits_for_the_one_before_it_in_its_conversation_but_for_no_photo() -> None:
    def waits_for(*pending: tuple[str, str, bool]) -> list[str]:
        messages = [{"key": key, "chat": chat, "file": file} for key, chat, file in pending]
        return call(lambda all_: all_.map(lambda _, at: outbox.previous(all_, at)), messages)

    assert waits_for() == []
    assert waits_for(("a", "c", False), ("b", "d", False), ("e", "c", False), ("f", "d", False)) == [
        "", "", "a", "b",
    ]  # fmt: skip
    assert waits_for(("a", "c", False), ("b", "c", True), ("e", "c", False)) == ["", "a", "a"]


def test_messages_of_somebody_else_are_not_shown_as_pending() -> None:
    recorded = {"a": {"key": "a", "by": "ben"}, "b": {"key": "b", "by": ME}}
    rule = lambda recorded: outbox.not_arrived(recorded, [], {}, ME)  # noqa: E731
    assert call(rule, recorded) == [recorded["b"]]


def test_who_replied_to_whom_is_worded() -> None:
    def words(quoted: dict[str, str], by: str) -> str:
        return call(lambda quoted: quotes.words(quoted, by, by, ME), quoted)

    ben = {"id": "1", "by": "ben", "username": "ben"}
    assert words(ben, "ana") == "You replied to ben"
    assert words(ben, "ben") == "ben replied to their own message"
    assert words(ben, "cleo") == "cleo replied to ben"
    assert words({"id": "1", "by": "ana", "username": "ana"}, "ben") == "ben replied to you"
    assert words({"id": "1", "by": "ana", "username": "ana"}, "ana") == "You replied to yourself"
    assert words({"id": "1"}, "ben") == "ben replied to a message that was unsent"


def test_a_quote_is_the_beginning_of_the_text_or_the_name_of_its_kind() -> None:
    def line(kind: str, *pieces: str) -> str:
        message = {"id": "1", "by": "ben", "username": "ben", "kind": kind}
        return call(quotes.quote_of, {**message, "text": [{"text": one} for one in pieces]})["line"]

    assert line("text", "Shall\n we ", "go?") == "Shall we go?"
    assert line("text", "a" * 100) == "a" * 80
    assert [line(kind) for kind in ("photo", "post", "like")] == ["Photo", "Shared post", "❤️"]
